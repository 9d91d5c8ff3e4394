import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { distancesProgram } from '../../kernels/webgpu/distances.wgsl.js';
import { openGpu, type Gpu } from '../../kernels/webgpu/device.js';
import { programOf } from '../../kernels/webgpu/program.js';
import { reduceProgram } from '../../kernels/webgpu/reduce.wgsl.js';
import { forDevice, SUBGROUP_SIZE, withLanes } from '../../kernels/webgpu/subgroups.js';

const code = 'enable subgroups;\n@compute @workgroup_size(64)\nfn main() {}';

describe('lanes of a subgroup', () => {
  const told = { features: new Set([SUBGROUP_SIZE]), adapterInfo: { vendor: 'intel', subgroupMinSize: 8 } };

  test('are 8 on GPUs of Intel that have as few', () => {
    const eight =
      'enable subgroup_size_control; enable subgroups;\n@compute @subgroup_size(8) @workgroup_size(64)\nfn main() {}';
    expect(forDevice(code, told)).toBe(eight);
  });

  test.each([
    { why: 'another vendor', device: { ...told, adapterInfo: { vendor: 'amd', subgroupMinSize: 8 } } },
    { why: '16 lanes at the least', device: { ...told, adapterInfo: { vendor: 'intel', subgroupMinSize: 16 } } },
    { why: 'nothing told of sizes', device: { ...told, adapterInfo: { vendor: 'intel' } } },
    { why: 'nothing told', device: { features: told.features } },
    { why: 'no such feature', device: { ...told, features: new Set<string>() } },
  ])('are the driver’s choice where there is $why', ({ device }) => {
    expect(forDevice(code, device)).toBe(code);
  });
});

describe('a device that has the feature', () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openGpu();
  });
  afterAll(() => gpu.release());

  test('compiles kernels that say their lanes', async () => {
    expect(gpu.device.features.has(SUBGROUP_SIZE)).toBe(true); // of SwiftShader and lavapipe
    const { subgroups, subgroupSizes } = gpu.features;
    const distances = distancesProgram({ d: 3, candidates: 2, keep: true, subgroups, rows: 'float32' });
    for (const program of [distances, reduceProgram]) {
      const narrow = { ...program, code: withLanes(subgroupSizes[0], program.code) };
      await expect(programOf(gpu.device, narrow)).resolves.toHaveProperty('pipeline');
      const wide = { ...program, code: withLanes(2 * subgroupSizes[1], program.code) };
      await expect(programOf(gpu.device, wide)).rejects.toThrow(/subgroup_size|subgroup/);
    }
  });
});
