/** What every way to seed by rows of the data keeps to. */
import { expect, test } from 'vitest';
import type { BackendName } from '../../src/backend/backends.js';
import type { SeedingProblem } from '../../src/seeding/seeding.js';
import { problem } from '../oracle/index.js';
import { rounded, rowsOf, withRows } from './setting.js';

export const seeds = Array.from({ length: 6 }, (_, seed) => seed);

export function testSeedingByRows(
  backend: BackendName,
  seeding: (problem: SeedingProblem) => Promise<Float64Array>,
  clusters: readonly (readonly [d: number, k: number])[],
): void {
  test.each(clusters)('finds one row of every cluster that stands apart, d = %d, k = %d', async (d, k) => {
    const { x, labels } = problem('separated', { n: 400, d, k, seed: 3 });
    const rows = rounded(x);
    await withRows({ x, backend }, async (of) => {
      for (const seed of seeds) {
        const centres = rowsOf(await seeding(of(k, seed)), d);
        const found = centres.map((centre) => rows.findIndex((row) => row.every((value, j) => value === centre[j])));
        expect(found.every((row) => row >= 0)).toBe(true);
        expect(new Set(found.map((row) => labels[row])).size, `seed ${seed}`).toBe(k);
      }
    });
  });

  test('never picks a row of weight 0, however far out it is', async () => {
    const x = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? [1000 + i, 5] : [i % 7, i % 5]));
    const weights = x.map((_, i) => (i % 3 === 0 ? 0 : 1));
    await withRows({ x, weights, backend }, async (of) => {
      for (const seed of seeds) {
        const centres = rowsOf(await seeding(of(6, seed)), 2);
        expect(centres.every(([first]) => first < 1000)).toBe(true);
      }
    });
  });
}
