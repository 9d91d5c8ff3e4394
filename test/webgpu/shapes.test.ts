/** What takes long, because every shape has kernels of its own to compile: on one driver is enough (scripts/ci.mjs). */
import { describeComposites, describeParity, shown } from '../kernels/parity.js';
import { cases, type Case } from '../kernels/parity-cases.js';
import { onGpu, tensors } from '../devices.js';

const { device, backend } = await onGpu();

const overlapping = (n: number, d: number, k: number): Case => ({
  name: 'overlapping',
  n,
  d,
  k,
  reach: k > 99 ? 40 : 10,
});

/** Every way in which the kernels cut columns, components and rows, one under and over each. */
const shapes: readonly Case[] = [
  ...[4, 9, 16, 17, 31, 33, 64].map((d) => overlapping(257, d, 3)), // columns in registers, in loops; tiles of 4 and of 8
  overlapping(300, 100, 2), // more tiles of second moments than a workgroup has invocations
  overlapping(260, 256, 2),
  ...[8, 31, 65].map((k) => overlapping(129, 5, k)),
  overlapping(70, 1, 1000),
  ...[255, 256, 2049].map((n) => overlapping(n, 6, 4)), // tiles of 256 rows, blocks of 1024
  { name: 'separated', n: 2100, d: 16, k: 9, reach: 40 },
  { name: 'far', n: 600, d: 8, k: 6, reach: 3000 },
  { name: 'anisotropic', n: 600, d: 8, k: 6, reach: 10_000 },
];

describeParity('fused on webgpu', device, shapes, shown.magnitudes, shown.checks);

// tfjs's own kernels take a millisecond per row on SwiftShader.
describeComposites(
  'composites on webgpu',
  tensors(backend),
  cases.filter(({ n }) => n <= 1100),
);
