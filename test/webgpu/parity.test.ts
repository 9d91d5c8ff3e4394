import { openGpu, type GpuLimits } from '../../kernels/webgpu/device.js';
import type { GpuSweepOptions } from '../../kernels/webgpu/options.js';
import type { Device } from '../../src/backend/backend.js';
import { size } from '../cases.js';
import { casesOn, describeParity, describePlaces, shown } from '../kernels/parity.js';
import type { Case } from '../kernels/parity-cases.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';
import { onGpu, withLimits } from '../devices.js';

const { device, backend, gpu } = await onGpu();

const overlapping = (n: number, d: number, k: number): Case => ({
  name: 'overlapping',
  n,
  d,
  k,
  reach: k > 99 ? 40 : 10,
});

// Sizes are cut in every way in shapes.test.ts.
describeParity('fused on webgpu', device, casesOn(device), shown.cases, shown.problems);

/** This machine's device, said to have less. */
function lesser(less: Partial<GpuLimits>, options: GpuSweepOptions = {}): Device {
  return webgpuDevice({ name: 'webgpu', gpu: withLimits(gpu, less) }, options);
}

const withoutSubgroups = webgpuDevice({ name: 'webgpu', gpu: await openGpu({ features: [] }) });

const several = [overlapping(3000, 5, 3), overlapping(2500, 40, 3)];
/** A chunk has 1024 rows of 40 columns, or 7168 of 5. */
const limits = { maxStorageBufferBindingSize: 2 ** 18 };

const place = (name: string, where: Device, some = several) => ({ name, device: where, cases: some });
const sides = { maxComputeWorkgroupsPerDimension: 3 };

describePlaces(
  [
    place('without subgroups', withoutSubgroups),
    place('more groups than a grid’s side', lesser(sides)),
    place('several chunks and passes', lesser(limits), [...several, overlapping(5000, 16, 33)]),
    place('rows on the host', lesser(limits, { residentBytes: 0 })),
    place('rows here and there', lesser(limits, { residentBytes: 2 ** 18 })),
    place('the fastest of several ways', webgpuDevice({ name: backend, gpu }, { tuneFrom: 0 }), [
      // Each way has shaders of its own to compile; 9 columns are one tile or three.
      overlapping(2500, size(16, 9), 33),
      overlapping(300, size(40, 9), 5),
    ]),
  ],
  shown.places,
  { few: shown.spots },
);
