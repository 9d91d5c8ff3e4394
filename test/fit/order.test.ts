import { describe, expect, test } from 'vitest';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture, type Fit } from '../../src/fit/fit.js';
import type { GivenStart } from '../../src/seeding/given.js';
import { seededRandom } from '../../src/base/random.js';
import { expectComponentsWithin, expectWithin } from '../within.js';

const random = seededRandom(11);
const first = 65_536;

/** Rows whose first block is unlike the rest: two groups with these means and deviations, one after the other. */
function rowsOf(means: number[][], deviations: number[][]): number[][] {
  return Array.from({ length: first + 4000 }, (_, row) => {
    const group = Number(row >= first);
    return means[group].map((mean, j) => mean + deviations[group][j] * random.normal());
  });
}

function startAt(means: number[][], deviations: number[][]): GivenStart {
  const covariances = deviations.map((row) => row.map((value, i) => row.map((_, j) => (i === j ? 4 * value ** 2 + 1e-3 : 0))));
  return { weights: [0.5, 0.5], means, covariances };
} // prettier-ignore

const shuffled = (rows: number[][]): number[][] => {
  const keys = new Map(rows.map((row) => [row, random.uniform()]));
  return [...rows].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
};
const orders: Readonly<Record<string, (rows: number[][]) => number[][]>> = {
  reversed: (rows) => [...rows].reverse(),
  sorted: (rows) => [...rows].sort((a, b) => b[1] - a[1]),
  shuffled,
};

describe.each([
  ['a column that is not set yet', [[0, 0], [1.7e9, 0]], [[0, 1], [30, 2]], ['wasm']],
  ['a column of another unit', [[1, 1e6], [2000, 1e6 + 1]], [[1e-2, 1], [500, 3]], ['wasm', 'cpu']],
] as const)('the order of rows changes nothing: %s', (_, means, deviations, places) => {
  const [m, s] = [means.map((row) => [...row]), deviations.map((row) => [...row])];
  const rows = rowsOf(m, s);
  const fit = (data: number[][], backend: 'wasm' | 'cpu'): Promise<Fit> =>
    fitMixture(data, { components: 2, family: gaussian(), seeding: startAt(m, s), maxIterations: 4, backend });

  test.each(places)('%s', async (backend) => {
    const asTheyAre = await fit(rows, backend);
    expect(asTheyAre.diagnostics.notes.join()).toContain('the data were read twice');
    for (const order of Object.values(orders).slice(0, backend === 'wasm' ? 3 : 1)) {
      const { mixture, criteria } = await fit(order(rows), backend);
      expectComponentsWithin(mixture, asTheyAre.mixture, 1e-5);
      expectWithin(criteria.meanLogLikelihood, asTheyAre.criteria.meanLogLikelihood, 1e-6);
    }
  });
}); // prettier-ignore
