import { describe, expect, test } from 'vitest';
import { kMeansPlusPlus } from '../../src/seeding/k-means-plus-plus.js';
import { mulberry32, problem } from '../oracle/index.js';
import { expectWithin } from '../within.js';
import { seeds, testSeedingByRows } from './laws.js';
import { nearest, rowsOf, withRows } from './setting.js';

describe.each(['cpu', 'wasm'] as const)('k-means++ on %s', (backend) => {
  testSeedingByRows(backend, kMeansPlusPlus, [
    [1, 3],
    [2, 4],
  ]);

  test('never picks a row of weight 0 where all other rows are alike', async () => {
    const x = [[1000], ...Array.from({ length: 20 }, () => [3])];
    const weights = [0, ...x.slice(1).map(() => 1)];
    const centres = await withRows({ x, weights, backend }, (of) => kMeansPlusPlus(of(4)));
    expect(Array.from(centres)).toEqual([3, 3, 3, 3]);
  });

  test('distances are in units of the columns', async () => {
    // Clusters apart in the first column, noise 1000 times as wide in the second.
    const random = mulberry32(4);
    const x = Array.from({ length: 200 }, (_, i) => [i % 2, 1000 * random()]);
    const centresBy = (variances: Float64Array): Promise<number> =>
      withRows({ x, backend }, async (of) => {
        let both = 0;
        for (const seed of seeds) {
          const [[a], [b]] = rowsOf(await kMeansPlusPlus(of(2, seed, variances)), 2);
          if (a !== b) both++;
        }
        return both;
      });
    expect(await centresBy(Float64Array.of(1e-4, 1e6))).toBe(seeds.length);
    expect(await centresBy(Float64Array.of(1, 1))).toBeLessThan(seeds.length);
  });

  test('the first centre is drawn in proportion to the weights', async () => {
    const x = [[0], [1], [2], [3]];
    const counts = [0, 0, 0, 0];
    await withRows({ x, weights: [1, 0, 2, 5], backend }, async (of) => {
      for (let seed = 0; seed < 160; seed++) counts[(await kMeansPlusPlus(of(1, seed)))[0]]++;
    });
    // Four standard errors.
    [20, 0, 40, 100].forEach((count, row) => expectWithin(counts[row], count, 4 * Math.sqrt(count)));
  });

  test('the same seed gives the same centres bit for bit, another seed others', async () => {
    const { x } = problem('overlapping', { n: 1500, d: 3, k: 4, seed: 2 });
    const [first, again, other] = await withRows({ x, backend }, async (of) => [
      await kMeansPlusPlus(of(5, 1)),
      await kMeansPlusPlus(of(5, 1)),
      await kMeansPlusPlus(of(5, 2)),
    ]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(await withRows({ x, backend }, (of) => kMeansPlusPlus(of(5, 1)))).toEqual(first);
  });

  test('k = n: every row, once', async () => {
    const x = Array.from({ length: 12 }, (_, i) => [i * i, i % 4]);
    const centres = await withRows({ x, backend }, (of) => kMeansPlusPlus(of(12)));
    expect(rowsOf(centres, 2).sort(([a], [b]) => a - b)).toEqual(x);
  });

  test('k = 1: a row', async () => {
    const x = [[1, 2], [3, 4]]; // prettier-ignore
    expect(x).toContainEqual(Array.from(await withRows({ x, backend }, (of) => kMeansPlusPlus(of(1)))));
  });

  test('rows that are all alike end in centres that are all alike', async () => {
    const x = Array.from({ length: 50 }, () => [4, 5]);
    const centres = await withRows({ x, backend }, (of) => kMeansPlusPlus(of(3)));
    expect(rowsOf(centres, 2)).toEqual([[4, 5], [4, 5], [4, 5]]); // prettier-ignore
  });

  test('fewer different rows than centres: each of them is one', async () => {
    const x = Array.from({ length: 50 }, (_, i) => [i % 3]);
    for (const seed of seeds) {
      const centres = await withRows({ x, backend }, (of) => kMeansPlusPlus(of(5, seed)));
      expect([...new Set(centres)].sort()).toEqual([0, 1, 2]);
    }
  });

  test('ends up better than rows drawn blindly', async () => {
    const { x } = problem('separated', { n: 200, d: 2, k: 9, seed: 5 });
    const random = mulberry32(1);
    const cost = (centres: number[][]): number => x.reduce((total, row) => total + nearest(row, centres).distance, 0);
    const blind = seeds.map(() => cost(Array.from({ length: 9 }, () => x[Math.floor(200 * random())])));
    await withRows({ x, backend }, async (of) => {
      for (const seed of seeds) {
        expect(cost(rowsOf(await kMeansPlusPlus(of(9, seed)), 2))).toBeLessThan(Math.min(...blind));
      }
    });
  });

  test('an aborted signal ends it with its reason, and frees what it held', async () => {
    const x = Array.from({ length: 50 }, (_, i) => [i]);
    const reason = new Error('enough');
    await withRows({ x, backend }, async (of) => {
      const problem = { ...of(3), signal: AbortSignal.abort(reason) };
      await expect(kMeansPlusPlus(problem)).rejects.toBe(reason);
    });
  });
});
