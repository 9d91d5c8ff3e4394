/** Transport on worker threads: the same bits on any number of them, and none is left behind. */
import { describe, expect, test } from 'vitest';
import { simdSupport, type SimdBuild } from '../../kernels/simd/module.js';
import { sinkhorn, sinkhornAt } from '../../src/sinkhorn/sinkhorn.js';
import { simd } from '../devices.js';
import { divergenceAt } from '../../src/sinkhorn/divergence.js';
import { cloud, range, weights } from '../sinkhorn/setting.js';
import { collectWorkers } from './workers.js';

const workers = collectWorkers();
const x = cloud(1201, 3, 1);
const y = cloud(1103, 3, 2, 0.5);
const options = { epsilon: 1, backend: 'wasm' } as const;
/** Not done before something ends it. */
const endless = { ...options, minIterations: 1e6, maxIterations: 1e6 };
const two = simd(2, 'simd');
const builds: readonly SimdBuild[] = simdSupport() === 'relaxed' ? ['simd', 'relaxed'] : ['simd'];

describe('a solution is the same bit for bit on 1, 2, 3 and 5 threads', () => {
  test.each(builds)('by the %s build', async (build) => {
    const given = { epsilon: 0.5, a: weights(1201, 3, true), b: weights(1103, 4) };
    const on = async (threads: number) => {
      const got = await sinkhornAt(simd(threads, build), { x, y }, given);
      const [pushed, pulled] = [await got.apply(y), await got.applyTransposed(x)];
      return { f: got.f, g: got.g, costs: got.costs, iterations: got.iterations, pushed, pulled };
    };
    const one = await on(1);
    expect(workers.started).toHaveLength(0);
    for (const threads of [2, 3, 5]) {
      const before = workers.started.length;
      expect(await on(threads)).toEqual(one);
      // Those of the solution, and of each of two products.
      await workers.ended(before + 3 * threads);
    }
  });

  test('so is a divergence', async () => {
    const one = await divergenceAt(simd(1, 'simd'), x, y, options);
    const three = await divergenceAt(simd(3, 'simd'), x, y, options);
    expect(three).toEqual(one);
    await workers.ended(9);
  });
});

describe('worker threads end', () => {
  test('with the solution, and with every product of it', async () => {
    const got = await sinkhornAt(two, { x, y }, options);
    await workers.ended(2);
    await Promise.all([got.apply(y), got.apply(y)]);
    await workers.ended(6);
    await got.plan();
    await workers.ended(6);
  });

  test('when a progress callback throws', async () => {
    const onProgress = (): never => {
      throw new Error('no more');
    };
    await expect(sinkhornAt(two, { x, y }, { ...options, onProgress })).rejects.toThrow('no more');
    await expect(divergenceAt(two, x, y, { ...options, onProgress })).rejects.toThrow('no more');
    await workers.ended(4);
  });

  test('when it is aborted', async () => {
    const controller = new AbortController();
    workers.onStart = () => controller.abort();
    const got = await sinkhornAt(two, { x, y }, { ...endless, signal: controller.signal });
    expect(got.status).toBe('aborted');
    await workers.ended(2);
  });

  test('when one is lost', async () => {
    workers.onStart = (worker) => void worker.terminate();
    await expect(sinkhornAt(two, { x, y }, endless)).rejects.toThrow('a worker thread was lost');
    await workers.ended(2);
  });
});

test('a number of threads that is none is refused', async () => {
  for (const threads of [0, 1.5, NaN]) {
    await expect(sinkhorn([[0]], { ...options, threads })).rejects.toThrow(
      `sinkhorn: threads: expected a whole number ≥ 1, got ${threads}; correct it`,
    );
  }
});

test('there are no threads where clouds are small, costs are given, JavaScript is asked for or little is to be done', async () => {
  const matrix = {
    data: Float64Array.from({ length: 1100 * 1000 }, (_, at) => Math.sin(at) ** 2),
    shape: [1100, 1000],
  };
  await sinkhorn({ x: x.slice(0, 100), y }, { ...options, threads: 3 });
  await sinkhorn(matrix, { ...options, threads: 3, maxIterations: 2 });
  await sinkhorn({ x, y }, { ...options, backend: 'cpu', threads: 3, maxIterations: 2 });
  await workers.ended(0);
  // Large ones start some when there is enough to do for them.
  const start = (n: number, iterations: number): Promise<unknown> =>
    sinkhorn({ x: cloud(n, 3, 1), y }, { ...options, threads: 2, maxIterations: iterations, tolerance: 1e-15 });
  await start(1000, 4);
  await workers.ended(0);
  await start(1000, 60);
  await workers.ended(2);
  await start(8000, 1);
  await workers.ended(4);
  // Nor more of them than there are parts.
  await sinkhornAt(simd(9, 'simd'), { x: range(9).map((i) => [i]), y: [[1]] }, { epsilon: 1 });
  await workers.ended(6);
});

test('others have their turn all through a solution on the only thread', async () => {
  const controller = new AbortController();
  let turns = 0;
  const timer = setInterval(() => {
    if (++turns === 4) controller.abort();
  }, 1);
  const { status } = await sinkhorn({ x, y }, { ...endless, threads: 1, signal: controller.signal });
  clearInterval(timer);
  expect(status).toBe('aborted'); // by the fourth turn; a fifth may come before the promise
});
