/** Rows of a tensor that lies on the GPU, in Node and in browsers: they are swept where they are, and are not read back. */
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { trafficOf } from '../../bench/gpu/traffic.js';
import { onBackend } from '../../kernels/engine.js';
import { bufferOf } from '../../kernels/webgpu/tfjs.js';
import { loadDataset, toSource } from '../../src/data/dataset.js';
import { fitMixture } from '../../src/fit/fit.js';
import { seededRandom } from '../../src/base/random.js';
import { onGpu } from '../devices.js';
import { expectAllWithin } from '../within.js';

/** Rows that float32 has to the bit, about 1000 with deviations of 1, 3 and so on; a column of one value; the last rows far out. */
function valuesOf(n: number, d: number): Float32Array {
  const random = seededRandom(4);
  return Float32Array.from({ length: n * d }, (_, at) => {
    const j = at % d;
    if (j === d - 1) return 7.25;
    return 1000 + (j + 1) * random.normal();
  });
}

export function describeTensorRows(): void {
  test('are encoded to the bits of rows that come by the host, and described as those', async () => {
    const { device, backend } = await onGpu();
    const [n, d] = [2500, 3]; // blocks and tiles that are not full
    const values = valuesOf(n, d);
    const tensor = onBackend(backend, () => tf.tensor2d(values, [n, d]));
    const there = await loadDataset(toSource(tensor), { device, missing: 'error' });
    const here = await loadDataset(toSource({ data: values, shape: [n, d] }), { device, missing: 'error' });
    try {
      expect(there.scaling).toEqual(here.scaling);
      const { constant, columns, dropped, totalWeight, notes } = here;
      expect(there).toMatchObject({ constant, columns, dropped, totalWeight, notes });
      expectAllWithin(there.variances, here.variances, 1e-5 * 9, 'variances');
      const some = [0, 1, 255, 256, 1023, 1024, n - 1];
      expect(await there.shard.take(some)).toEqual(await here.shard.take(some));
      const metric = Float64Array.of(1, 1, 1);
      const sums = await Promise.all([there, here].map(async ({ shard }) => {
        const nearest = shard.nearestCentres(metric);
        await nearest.add(await shard.take([3]));
        return nearest.sums().finally(() => nearest.dispose());
      })); // prettier-ignore
      expect(sums[0]).toEqual(sums[1]); // of all rows, and all weights
    } finally {
      there.shard.dispose();
      here.shard.dispose();
      tensor.dispose();
    }
  });

  test('do not come by the host: what is read and written is a tenth of them at most', async () => {
    const { device, gpu, backend } = await onGpu();
    const [n, d] = [20_000, 64];
    const tensor = onBackend(backend, () => tf.tensor2d(valuesOf(n, d), [n, d]));
    bufferOf(tensor); // it is up there from now on
    const loaded: number[] = [];
    const { read, written } = await trafficOf(gpu.device, async () => {
      const onRows = (rows: number): number => loaded.push(rows);
      const { shard } = await loadDataset(toSource(tensor), { device, missing: 'error', onRows });
      shard.dispose();
    });
    expect(loaded).toEqual([n]);
    expect(read).toBeLessThan((4 * n * d) / 10); // a sample of 1024 rows
    expect(written).toBeLessThan((4 * n * d) / 10);
    tensor.dispose();
  });

  test('are fitted as those that come by the host, and stay the user’s', async () => {
    const { backend } = await onGpu();
    const [n, d] = [700, 2];
    const values = valuesOf(n, d);
    const tensor = onBackend(backend, () => tf.tensor2d(values, [n, d]));
    const options = { components: 2, maxIterations: 2, tolerance: 0 };
    const there = await fitMixture(tensor, options);
    const here = await fitMixture({ data: values, shape: [n, d] }, { ...options, backend: 'webgpu' });
    expect(there.objective).toEqual(here.objective);
    expect(there.diagnostics).toMatchObject({ backend: 'webgpu', rows: n, constantColumns: ['x1'] });
    expect(tensor.isDisposed).toBe(false);
    tensor.dispose();
  });

  test('come by the host where some are missing: refused by row and column, or left out', async () => {
    const { device, backend } = await onGpu();
    const values = valuesOf(300, 2);
    values[2 * 257] = NaN;
    const tensor = onBackend(backend, () => tf.tensor2d(values, [300, 2]));
    await expect(loadDataset(toSource(tensor), { device, missing: 'error' })).rejects.toThrow(
      'got a missing value (NaN or null) in row 257, column x0',
    );
    const { shard, dropped } = await loadDataset(toSource(tensor), { device, missing: 'drop' });
    expect([shard.n, dropped]).toEqual([299, 1]);
    shard.dispose();
    tensor.dispose();
  });
}
