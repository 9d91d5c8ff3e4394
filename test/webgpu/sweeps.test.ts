import * as tf from '@tensorflow/tfjs';
import { describe, expect, test, vi } from 'vitest';
import { openGpu } from '../../kernels/webgpu/device.js';
import { remember } from '../../kernels/webgpu/speed.js';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture } from '../../src/fit.js';
import { gpuPlace } from '../places.js';
import { expectWithin } from '../within.js';
import { load, modelOf, rowsOf, sweepOn } from './sweep-on.js';
import { watch } from './watched.js';

describe('the sums of a sweep', () => {
  test('are the same bit for bit again, and whatever the size of chunks and passes', async () => {
    const [n, d, k] = [60_000, 10, 6]; // rows and plan exceed the lesser device's bindings, no sums do
    const here = await gpuPlace();
    const once = await sweepOn(here, n, d, k);
    expect(await sweepOn(here, n, d, k)).toEqual(once);
    const gpu = await openGpu({ limits: { maxStorageBufferBindingSize: 2 ** 20 } });
    expect(await sweepOn({ kind: 'webgpu', gpu, backend: 'webgpu' }, n, d, k)).toEqual(once);
    gpu.release();
  });

  test('keep their digits over hundreds of thousands of rows', async () => {
    const [n, d, k] = [300_000, 2, 3];
    const { mass, objective, weight } = await sweepOn(await gpuPlace(), n, d, k);
    const cpu = await sweepOn({ kind: 'simd', threads: 1 }, n, d, k);
    expect(weight).toBe(n);
    expectWithin(objective / n, cpu.objective / n, 1e-7, 'objective');
    mass.forEach((one, c) => expectWithin(one / n, cpu.mass[c] / n, 1e-7, 'mass'));
    expectWithin(
      mass.reduce((sum, one) => sum + one, 0),
      n,
      1e-6 * n,
      'mass of all',
    );
  });
});

test('thousands of components have their masses', async () => {
  const [n, d, k] = [300, 2, 4096];
  const place = await gpuPlace();
  const { shard } = await load(place, n, d);
  const cpu = await load({ kind: 'simd', threads: 1 }, n, d);
  const model = modelOf(k, d);
  try {
    const moments = await shard.sweep(model);
    const expected = await cpu.shard.sweep(model);
    expectWithin(moments.objective / n, expected.objective / n, 1e-6, 'objective');
    moments.mass.forEach((mass, c) => expectWithin(mass, expected.mass[c], 1e-5 * n, 'mass'));
  } finally {
    shard.dispose();
    cpu.shard.dispose();
  }
});

test('a sweep is stopped in the middle by its signal, and the next is whole', async () => {
  const place = await gpuPlace();
  const { device } = place.gpu;
  const { shard } = await load(place, 60_000, 16);
  const model = modelOf(8, 16);
  const stop = new AbortController();
  const reason = new Error('enough');
  const submit = vi.spyOn(device.queue, 'submit');
  try {
    const whole = await shard.sweep(model);
    remember(device, 4e7, 1); // so slow a device is given a sweep in many pieces
    submit.mockClear().mockImplementationOnce(function (this: GPUQueue, commands) {
      this.submit(commands);
      stop.abort(reason);
    });
    await expect(shard.sweep(model, { signal: stop.signal })).rejects.toBe(reason);
    const given = submit.mock.calls.length;
    remember(device, 4e7, 1);
    submit.mockClear();
    expect(await shard.sweep(model)).toEqual(whole);
    expect(submit.mock.calls.length).toBeGreaterThan(2 * given);
  } finally {
    submit.mockRestore();
    shard.dispose();
  }
});

test('an aborted fit says what it has', async () => {
  const stop = new AbortController();
  const data = { data: rowsOf(20_000, 4), shape: [20_000, 4] as const };
  const onProgress = ({ iteration }: { readonly iteration?: number }): void => {
    if (iteration === 2) stop.abort();
  };
  const options = { components: 3, backend: 'webgpu', tolerance: 0, signal: stop.signal, onProgress } as const;
  const { status, iterations } = await fitMixture({ data: data.data, shape: [...data.shape] }, options);
  expect([status, iterations]).toEqual(['aborted', 2]);
});

test('a hundred fits leave no buffer, no tensor and no memory behind', async () => {
  const { gpu } = await gpuPlace();
  const { device } = gpu;
  const watched = watch(device);
  const data = { data: rowsOf(600, 3), shape: [600, 3] as [number, number] };
  const forms = ['full', 'diag'] as const;
  const fit = (seed: number): Promise<unknown> =>
    fitMixture(data, {
      components: 2 + 6 * (seed % 2),
      family: gaussian({ covariance: forms[(seed >> 1) % 2] }),
      backend: { device },
      maxIterations: 2,
      seed,
    });
  try {
    for (let seed = 0; seed < 8; seed++) await fit(seed);
    const tensors = tf.memory().numTensors;
    const before = process.memoryUsage().rss;
    const held = watched.alive();
    for (let seed = 0; seed < 100; seed++) await fit(seed);
    expect(watched.alive()).toBe(held);
    expect(held).toBe(0);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  } finally {
    watched.restore();
  }
});
