import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test } from 'vitest';
import { onBackend } from '../../kernels/engine.js';
import { gpuOf, openGpu } from '../../kernels/webgpu/device.js';
import { bufferOf, startGpuBackend } from '../../kernels/webgpu/tfjs.js';
import { resolveBackend } from '../../src/backend/resolve.js';
import { loadDataset, toSource } from '../../src/data/dataset.js';
import { fitMixture } from '../../src/fit/fit.js';
import { vonMisesFisher } from '../../src/families/von-mises-fisher.js';
import { mulberry32, normal, problem } from '../oracle/index.js';
import { onGpu } from '../devices.js';
import { expectComponentsWithin, expectWithin } from '../within.js';
import { gpuOfBackend } from '../../kernels/webgpu/tfjs.js';

const { x } = problem('separated', { n: 60, d: 2, k: 2, seed: 1 });
const options = { components: 2, tolerance: 0, maxIterations: 5 };

afterEach(() => expect(tf.memory().numTensors, 'tensors left behind').toBe(0));

describe('a fit on webgpu', () => {
  test('is the CPU’s, and leaves tfjs’s active backend as it was', async () => {
    await tf.setBackend('cpu');
    const cpu = await fitMixture(x, { ...options, backend: 'wasm' });
    const gpu = await fitMixture(x, { ...options, backend: 'webgpu' });
    expect(tf.getBackend()).toBe('cpu');
    expectComponentsWithin(gpu.mixture, cpu.mixture, 1e-4);
    expectWithin(gpu.objective.at(-1)!, cpu.objective.at(-1)!, 1e-6, 'objective');
    expect(gpu.diagnostics).toMatchObject({ backend: 'webgpu', threads: 1, notes: [] });
    expect(gpu.diagnostics.adapter).toBe((await onGpu()).gpu.adapter);
  });

  test('ends in float64 on the CPU where float32 can’t tell, and in the optimum there', async () => {
    const own = { components: 2, tolerance: 0, maxIterations: 200 };
    const gpu = await fitMixture(x, { ...own, backend: 'webgpu' });
    const all = await fitMixture(x, { ...own, backend: 'wasm', precision: 'float64' });
    expect([gpu.status, all.status]).toEqual(['converged', 'converged']);
    expect(gpu.diagnostics.backend).toBe('webgpu');
    expect(gpu.diagnostics.precision).toBe('float32 sweeps, then float64 ones, float64 host');
    expectWithin(gpu.criteria.logLikelihood / all.criteria.logLikelihood, 1, 1e-12);
  });

  test('of rows with missing values is the CPU’s to the bit, and says that they are swept there', async () => {
    const gaps = x.map((row, i) => (i % 5 === 0 ? [NaN, row[1]] : row));
    const own = { ...options, missing: 'model' } as const;
    const cpu = await fitMixture(gaps, { ...own, backend: 'wasm' });
    const gpu = await fitMixture(gaps, { ...own, backend: 'webgpu' });
    expect(gpu.objective).toEqual(cpu.objective);
    expect(gpu.diagnostics.notes).toEqual(['rows with missing values are swept on the CPU, in float64']);
    expect(cpu.diagnostics.notes).toEqual([]);
  });

  test('of directions, as products and as differences, is the CPU’s', async () => {
    const random = mulberry32(3);
    for (const [spread, d] of [
      [0.3, 40],
      [0.004, 40],
    ] as const) {
      // prettier-ignore
      const rows = Array.from({ length: 120 }, (_, i) =>
        Array.from({ length: d }, (_own, j) => Number(j === i % 3) + spread * normal(random)),
      );
      const own = { family: vonMisesFisher(), components: 3, maxIterations: 4, tolerance: 0 };
      const cpu = await fitMixture(rows, { ...own, backend: 'wasm' });
      const gpu = await fitMixture(rows, { ...own, backend: 'webgpu' });
      expectWithin(gpu.objective.at(-1)! / cpu.objective.at(-1)!, 1, 1e-6, `objective at a spread of ${spread}`);
    }
  });

  test('of a tensor that lives there is on its device, and the tensor stays the user’s', async () => {
    const { name, gpu } = await startGpuBackend();
    const tensor = onBackend(name, () => tf.tensor2d(x));
    expect(bufferOf(tensor).size).toBe(4 * 2 * x.length);
    for (const backend of ['auto', 'webgpu', { device: gpu.device }] as const) {
      const { tensors = '' } = await resolveBackend(backend, { data: tensor });
      expect(gpuOfBackend(tensors) === gpu).toBe(true);
    }
    const { diagnostics } = await fitMixture(tensor, options);
    expect(diagnostics.backend).toBe('webgpu');
    await expect(fitMixture(tensor, { ...options, backend: 'wasm' })).rejects.toThrow(
      'got "wasm" (the tensor lives on "webgpu")',
    );
    expect(tensor.isDisposed).toBe(false);
    tensor.dispose();
  });

  test('runs on a device that the caller gives, which stays his', async () => {
    const { device } = await openGpu();
    const backend = { device };
    const { mixture, diagnostics } = await fitMixture(x, { ...options, backend });
    expect(diagnostics.backend).toBe('webgpu');
    expect(await mixture.predict(x, { backend })).toHaveLength(x.length);
    const { tensors = '' } = await resolveBackend(backend);
    expect(gpuOfBackend(tensors)?.device === device).toBe(true);
    expect(gpuOf(device).isLost).toBe(false);
    device.destroy();
    await device.lost;
    await expect(fitMixture(x, { ...options, backend })).rejects.toThrow(
      /got the given device \(the device .* was lost/,
    );
  });

  test.each([[null], [7], [{}]])('refuses %j for a device', async (device) => {
    const backend = { device: device as unknown as GPUDevice };
    await expect(fitMixture(x, { ...options, backend })).rejects.toThrow(/^backend.device: expected a GPUDevice, got /);
  });
});

describe('a device destroyed in mid-fit', () => {
  test('is an error that says so and what to do; the next fit has another', async () => {
    const { gpu } = await onGpu();
    const onProgress = ({ iteration }: { readonly iteration?: number }): void => {
      if (iteration === 2) gpu.device.destroy();
    };
    const fit = fitMixture(x, { ...options, backend: 'webgpu', onProgress });
    await expect(fit).rejects.toThrow(
      /^webgpu: the device .+ was lost \(destroyed: .*\); fit again; if it is lost again/,
    );
    await expect(fit).rejects.toMatchObject({ name: 'GpuError', code: 'lost' });
    const { status } = await fitMixture(x, { ...options, backend: 'webgpu' });
    expect(status).toBe('maxIterations');
  });

  test('also while rows are read', async () => {
    const { device, gpu } = await onGpu();
    const { shard } = await loadDataset(toSource(x), { device, missing: 'error' });
    gpu.device.destroy();
    const lost = { name: 'GpuError', code: 'lost' };
    await expect(shard.take([1])).rejects.toMatchObject(lost);
    expect(() => shard.nearestCentres(Float64Array.of(1, 1))).toThrow(expect.objectContaining(lost));
    shard.dispose();
  });
});

test('a command that the device refuses in mid-fit ends it, and is never read as zeros', async () => {
  const { gpu } = await onGpu();
  const onProgress = ({ iteration }: { readonly iteration?: number }): void => {
    if (iteration === 2) gpu.device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  };
  await expect(fitMixture(x, { ...options, backend: 'webgpu', onProgress })).rejects.toThrow(
    /^webgpu: the device refused a command \(.*\); please report this/,
  );
});
