import * as tf from '@tensorflow/tfjs';
import { describe, expect, test, vi } from 'vitest';
import { remember } from '../../kernels/webgpu/speed.js';
import { matrixSource } from '../../src/data/arrays.js';
import { loadDataset } from '../../src/data/dataset.js';
import type { EmRun } from '../../src/em/em.js';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture } from '../../src/fit/fit.js';
import { fitSettings, type FitOptions } from '../../src/fit/options.js';
import { runRestarts } from '../../src/fit/restarts.js';
import { Stopwatch } from '../../src/base/stopwatch.js';
import type { Shard } from '../../src/sweep/shard.js';
import { cases, size } from '../cases.js';
import { onGpu, simd, withLimits } from '../devices.js';
import { componentsOf, expectSameAlone, requestsOf, withShard } from '../sweep/joint.js';
import { expectWithin } from '../within.js';
import { submissionsOf } from './submissions.js';
import { load, modelOf, rowsOf, sweepOn } from './sweep-on.js';
import { watch } from './watched.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';

describe('the sums of a sweep', () => {
  test('are the same bit for bit again, and whatever the size of chunks and passes', async () => {
    const [n, d, k] = [size(60_000, 6000), 10, 6]; // rows and plan exceed the lesser device's bindings, no sums do
    const here = await onGpu();
    const once = await sweepOn(here.device, n, d, k);
    expect(await sweepOn(here.device, n, d, k)).toEqual(once);
    const gpu = withLimits(here.gpu, { maxStorageBufferBindingSize: size(2 ** 20, 2 ** 17) });
    expect(await sweepOn(webgpuDevice({ name: 'webgpu', gpu }), n, d, k)).toEqual(once);
  });

  test('keep their digits over hundreds of thousands of rows', async () => {
    const [n, d, k] = [300_000, 2, 3];
    const { mass, objective, weight } = await sweepOn((await onGpu()).device, n, d, k);
    const cpu = await sweepOn(simd(1), n, d, k);
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

describe('sweeps made at once', () => {
  const forms = ['full', 'tied', 'diag', 'spherical'] as const;

  const isDense = (form: string): boolean => form === 'full' || form === 'tied';

  test.each(cases(forms, (form) => [isDense(form)]))('are the same bit for bit as alone, %s', async (form) => {
    // With and without coupling; the last is too large for the kernel that does all at once.
    const requests = [...requestsOf(form, 3, 2), ...requestsOf(form, 2, 2), ...requestsOf(form, 30, 2).slice(0, 2)];
    await withShard((await onGpu()).device, { n: size(9000, 2500), d: 2 }, (shard) => expectSameAlone(shard, requests));
  });

  test('cost one submission, where they are of one kind', async () => {
    const here = await onGpu();
    await withShard(here.device, { n: 2000, d: 2 }, async (shard) => {
      const same = requestsOf('full', 3, 2).filter(({ model, coupling }) => model.epsilon > 0 && !coupling);
      const { device } = here.gpu;
      expect(same.length).toBeGreaterThan(2);
      expect(await submissionsOf(device, () => shard.sweep(same))).toBe(1);
      expect(await submissionsOf(device, () => shard.sweep(requestsOf('full', 3, 2)))).toBe(3);
    });
  });

  test('are as many as are little work, of models that are small enough', async () => {
    const here = await onGpu();
    const most = (n: number, k: number): Promise<number> =>
      withShard(here.device, { n, d: 2 }, (shard) => Promise.resolve(shard.atOnce(componentsOf('full', k, 2))));
    // Three components have 19 sums, 76 operations per row.
    expect([await most(80_000, 3), await most(400_000, 3), await most(80_000, 30)]).toEqual([16, 3, 1]);
  });

  test('serve the restarts of a fit, which are the same as one after the other', async () => {
    const here = await onGpu();
    const { device } = here.gpu;
    const n = size(3000, 600);
    const dataset = await loadDataset(matrixSource({ data: rowsOf(n, 2), shape: [n, 2] }), {
      device: here.device,
      missing: 'error',
    });
    const common = { components: 3, restarts: 4, maxIterations: size(40, 4), tolerance: 0 } as const;
    const runs = async (shard: Shard, way: Partial<FitOptions>): Promise<[EmRun[], number]> => {
      let found: EmRun[] = [];
      const fitting = async (): Promise<void> => {
        found = await runRestarts({ ...dataset, shard }, fitSettings({ ...common, ...way }), new Stopwatch());
      };
      const submissions = await submissionsOf(device, fitting);
      return [found, submissions];
    };
    try {
      const ways: readonly Partial<FitOptions>[] = [
        { seeding: 'random' },
        { seeding: 'k-means', strategy: 'warm-up' },
        { strategy: 'short-runs' },
        { strategy: 'race' },
      ];
      for (const way of cases(ways, ({ strategy }) => [strategy === 'race' || strategy === 'short-runs'])) {
        const [atOnce, few] = await runs(dataset.shard, way);
        const [oneByOne, many] = await runs(sweptOneByOne(dataset.shard), way);
        expect(atOnce).toEqual(oneByOne);
        const sweeps = oneByOne.reduce((sum, run) => sum + run.sweeps, 0);
        expect(many - few).toBeGreaterThan(sweeps / 2); // of four runs that end at different times
      }
    } finally {
      dataset.shard.dispose();
    }
  });
});

/** The same rows, swept one model after the other. */
function sweptOneByOne(shard: Shard): Shard {
  const { n, d, overlapping } = shard;
  return {
    ...{
      n,
      d,
      overlapping,
      atOnce: () => 1,
      sweep: (...asked) => shard.sweep(...asked),
      rows: (...asked) => shard.rows(...asked),
    },
    ...{ take: (indices) => shard.take(indices), nearestCentres: (...asked) => shard.nearestCentres(...asked) },
    dispose: () => shard.dispose(),
  };
}

test('thousands of components have their masses', async () => {
  const [n, d, k] = [300, 2, 4096];
  const here = await onGpu();
  const { shard } = await load(here.device, n, d);
  const cpu = await load(simd(1), n, d);
  const model = modelOf(k, d);
  try {
    const [moments] = await shard.sweep([{ model }]);
    const [expected] = await cpu.shard.sweep([{ model }]);
    expectWithin(moments.objective / n, expected.objective / n, 1e-6, 'objective');
    moments.mass.forEach((mass, c) => expectWithin(mass, expected.mass[c], 1e-5 * n, 'mass'));
  } finally {
    shard.dispose();
    cpu.shard.dispose();
  }
});

test('components whose tiles of sums are several workgroups’ have their masses once', async () => {
  const [n, d, k] = [300, 200, 2]; // 325 tiles
  const { mass } = await sweepOn((await onGpu()).device, n, d, k);
  const cpu = await sweepOn(simd(1), n, d, k);
  mass.forEach((one, c) => expectWithin(one, cpu.mass[c], 1e-5 * n, 'mass'));
});

test('a sweep is stopped in the middle by its signal, and the next is whole', async () => {
  const here = await onGpu();
  const { device } = here.gpu;
  const { shard } = await load(here.device, size(60_000, 32_000), 16); // passes that are kept have up to 3072 rows
  const model = modelOf(8, 16);
  const stop = new AbortController();
  const reason = new Error('enough');
  const submit = vi.spyOn(device.queue, 'submit');
  try {
    const whole = await shard.sweep([{ model }]);
    remember(device, 1e7, 1); // so slow a device is given a sweep in many pieces
    submit.mockClear().mockImplementationOnce(function (this: GPUQueue, commands) {
      this.submit(commands);
      stop.abort(reason);
    });
    await expect(shard.sweep([{ model }], { signal: stop.signal })).rejects.toBe(reason);
    const given = submit.mock.calls.length;
    remember(device, 1e7, 1);
    submit.mockClear();
    expect(await shard.sweep([{ model }])).toEqual(whole);
    expect(submit.mock.calls.length).toBeGreaterThan(2 * given);
  } finally {
    submit.mockRestore();
    shard.dispose();
  }
});

test('an aborted fit says what it has', async () => {
  const stop = new AbortController();
  const data = { data: rowsOf(3000, 4), shape: [3000, 4] as const };
  const onProgress = ({ iteration }: { readonly iteration?: number }): void => {
    if (iteration === 2) stop.abort();
  };
  const options = { components: 3, backend: 'webgpu', tolerance: 0, signal: stop.signal, onProgress } as const;
  const { status, iterations } = await fitMixture({ data: data.data, shape: [...data.shape] }, options);
  expect([status, iterations]).toEqual(['aborted', 2]);
});

test('many fits leave no buffer, no tensor and no memory behind', async () => {
  const { gpu } = await onGpu();
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
    for (let seed = 0; seed < size(8, 4); seed++) await fit(seed);
    const tensors = tf.memory().numTensors;
    const before = process.memoryUsage().rss;
    const held = watched.alive();
    for (let seed = 0; seed < size(100, 4); seed++) await fit(seed);
    expect(watched.alive()).toBe(held);
    expect(held).toBe(0);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  } finally {
    watched.restore();
  }
});
