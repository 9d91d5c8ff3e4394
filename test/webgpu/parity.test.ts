import { openGpu, type GpuOptions } from '../../kernels/webgpu/device.js';
import type { GpuSweepOptions } from '../../kernels/webgpu/options.js';
import type { Place } from '../../src/backend.js';
import { cases, describeParity, type Case } from '../kernels/parity.js';
import { gpuPlace } from '../places.js';

const place = await gpuPlace();

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

describeParity('fused on webgpu', place, [...cases, ...shapes]);

/** A device that is less than this machine's. */
async function lesser(gpuOptions: GpuOptions, options: GpuSweepOptions = {}): Promise<Place> {
  return { kind: 'webgpu', gpu: await openGpu(gpuOptions), backend: 'webgpu', options };
}

const several = [overlapping(3000, 5, 3), overlapping(2500, 40, 3)];
/** A chunk has 1024 rows of 40 columns, or 7168 of 5. */
const limits = { maxStorageBufferBindingSize: 2 ** 18 };

describeParity('without subgroups', await lesser({ features: [] }), several);
describeParity(
  'more groups than a grid’s side',
  await lesser({ limits: { maxComputeWorkgroupsPerDimension: 3 } }),
  several,
);
describeParity('several chunks and passes', await lesser({ limits }), [...several, overlapping(5000, 16, 33)]);
describeParity('rows on the host', await lesser({ limits }, { residentBytes: 0 }), several);
describeParity('the fastest of several ways', { ...place, options: { tuneFrom: 0 } }, [
  overlapping(2500, 16, 33),
  overlapping(300, 40, 5),
]);
describeParity('rows here and there', await lesser({ limits }, { residentBytes: 2 ** 18 }), several);

// tfjs's own kernels take a millisecond per row on SwiftShader.
describeParity(
  'composites on webgpu',
  { kind: 'tensors', backend: place.backend },
  cases.filter(({ n }) => n <= 1100),
);
