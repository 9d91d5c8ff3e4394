import { describe, expect, test } from 'vitest';
import { kMeansParallel } from '../../src/seeding/k-means-parallel.js';
import { kMeansPlusPlus } from '../../src/seeding/k-means-plus-plus.js';
import type { SeedingProblem } from '../../src/seeding/seeding.js';
import { size } from '../cases.js';
import { problem, sum } from '../oracle/index.js';
import { seeds, testSeedingByRows } from './laws.js';
import { nearest, rowsOf, withRows } from './setting.js';

describe.each(['cpu', 'wasm'] as const)('k-means|| on %s', (backend) => {
  testSeedingByRows(backend, kMeansParallel, [
    [1, 3],
    [2, 4],
    [3, 20],
  ]);

  test('its centres are about as near to all rows as those of k-means++', async () => {
    const { x } = problem('overlapping', { n: size(1500, 500), d: 2, k: 12, seed: 5 });
    await withRows({ x, backend }, async (of) => {
      const costs = async (method: (problem: SeedingProblem) => Promise<Float64Array>): Promise<number> => {
        let total = 0;
        for (const seed of seeds) {
          const centres = rowsOf(await method(of(12, seed)), 2);
          total += sum(x.map((row) => nearest(row, centres).distance));
        }
        return total;
      };
      expect((await costs(kMeansParallel)) / (await costs(kMeansPlusPlus))).toBeLessThan(1.15);
    });
  });

  test('rows that are all alike, and fewer different rows than centres', async () => {
    const alike = await withRows({ x: Array.from({ length: 30 }, () => [4, 5]), backend }, (of) =>
      kMeansParallel(of(3)),
    );
    expect(rowsOf(alike, 2)).toEqual([[4, 5], [4, 5], [4, 5]]); // prettier-ignore
    const two = await withRows({ x: Array.from({ length: 30 }, (_, i) => [i % 2]), backend }, (of) =>
      kMeansParallel(of(5)),
    );
    expect(new Set(two)).toEqual(new Set([0, 1]));
  });

  test('distances are in units of the columns', async () => {
    // Four clusters apart in the first column, noise a thousand times as wide in the second.
    const x = Array.from({ length: 400 }, (_, i) => [i % 4, 1000 * ((i * 0.618) % 1)]);
    await withRows({ x, backend }, async (of) => {
      const centres = rowsOf(await kMeansParallel(of(4, 1, Float64Array.of(1e-4, 1e8))), 2);
      expect(centres.map(([first]) => first).sort()).toEqual([0, 1, 2, 3]);
    });
  });

  test('reads the data six times, whatever k: k-means++ reads them twice for every centre but the first', async () => {
    const { x } = problem('overlapping', { n: size(1500, 500), d: 2, k: 12, seed: 5 });
    await withRows({ x, backend }, async (of) => {
      expect(await readsOf(kMeansParallel, of(12))).toBe(6);
      expect(await readsOf(kMeansParallel, of(24))).toBe(6);
      expect(await readsOf(kMeansPlusPlus, of(12))).toBe(22);
    });
  });

  test('the same seed gives the same centres bit for bit, another other ones', async () => {
    const { x } = problem('overlapping', { n: size(3000, 800), d: 3, k: 3, seed: 2 });
    await withRows({ x, backend }, async (of) => {
      const centres = await kMeansParallel(of(8, 1));
      expect(await kMeansParallel(of(8, 1))).toEqual(centres);
      expect(await kMeansParallel(of(8, 2))).not.toEqual(centres);
    });
  });

  test('is ended by the signal', async () => {
    const { x } = problem('overlapping', { n: 300, d: 2, k: 3, seed: 2 });
    const reason = new Error('enough');
    await withRows({ x, backend }, async (of) => {
      await expect(kMeansParallel({ ...of(3), signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });
});

/** How often a method reads the data from end to end: sweeps, and calls for distances. */
async function readsOf(
  method: (problem: SeedingProblem) => Promise<Float64Array>,
  problem: SeedingProblem,
): Promise<number> {
  let reads = 0;
  const { shard } = problem;
  const counted: SeedingProblem['shard'] = {
    ...{ n: shard.n, d: shard.d, take: (rows) => shard.take(rows), rows: (model) => shard.rows(model) },
    sweep(requests, options) {
      reads++;
      return shard.sweep(requests, options);
    },
    nearestCentres(metric, signal) {
      const inner = shard.nearestCentres(metric, signal);
      return {
        potentials: (candidates) => (reads++, inner.potentials(candidates)),
        add: (centres) => (reads++, inner.add(centres)),
        draw: (uniforms) => inner.draw(uniforms),
        sums: () => inner.sums(),
        dispose: () => inner.dispose(),
      };
    },
  };
  await method({ ...problem, shard: counted });
  return reads;
}
