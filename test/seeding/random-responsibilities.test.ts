import { describe, expect, test } from 'vitest';
import { gaussian } from '../../src/families/gaussian.js';
import { categorical, fitMixture, poisson, product } from '../../src/index.js';
import { seed } from '../../src/seeding/start.js';
import { problem, sum } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { withRows } from './setting.js';

const { x } = problem('overlapping', { n: 300, d: 3, k: 3, seed: 4 });
const method = 'random-responsibilities';

/** The start of so many components from the rows, in plain arrays. */
async function startOf(rows: readonly (readonly number[])[], k: number, from = 0) {
  const family = gaussian({ covariance: 'full' });
  const d = rows[0].length;
  const { components, weights } = await withRows({ x: rows }, (of) => seed(method, of(k, from), family, new Float64Array(d))); // prettier-ignore
  return { ...family.toParameters(components), weights: Array.from(weights) } as {
    readonly means: number[][];
    readonly covariances: number[][][];
    readonly weights: number[];
  };
}

test('few rows all have a say: means and covariances of the parts add up to those of all', async () => {
  const few = x.slice(0, 12); // d + 1 = 4 for each of three components
  const { means, weights } = await startOf(few, 3);
  expectAllWithin(weights, [1 / 3, 1 / 3, 1 / 3], 1e-12);
  for (const j of [0, 1, 2]) {
    const mean = sum(few.map((row) => row[j])) / few.length;
    expectWithin(sum(means.map((own) => own[j])) / 3, mean, 1e-6, `mean of column ${j}`);
  }
});

test('a component has the mean and, drawn to the pool, the covariance of the rows dealt to it', async () => {
  // Two rows each of two components on a line: whichever they are, squares about means and pool tell all.
  const line = [[0], [1], [5], [9]];
  const { means, covariances } = await startOf(line, 2);
  const pairs = [[0, 1], [0, 5], [0, 9], [1, 5], [1, 9], [5, 9]]; // prettier-ignore
  const own = means.map(([mean]) => pairs.filter(([a, b]) => Math.abs((a + b) / 2 - mean) < 1e-5));
  const among = (at: number): number => Math.min(...own[at].map(([a, b]) => ((b - a) / 2) ** 2));
  const [first, second] = [among(0), among(1)];
  const pool = (first + second) / 2;
  // d + 1 rows of the pool join the two of each.
  expectWithin(covariances[0][0][0], (2 * first + 2 * pool) / 4, 1e-5);
  expectWithin(covariances[1][0][0], (2 * second + 2 * pool) / 4, 1e-5);
});

test('components differ, and other seeds start elsewhere', async () => {
  const { means } = await startOf(x, 3, 1);
  const other = await startOf(x, 3, 2);
  expect(new Set(means.map(([first]) => first)).size).toBe(3);
  expect(other.means).not.toEqual(means);
});

test('rows are drawn by weight: those of weight 0 have no say', async () => {
  const rows = x.map((row, i) => (i % 3 ? row : row.map(() => 1e6)));
  const weights = rows.map((_, i) => (i % 3 ? 1 : 0));
  const family = gaussian({ covariance: 'diag' });
  const { components } = await withRows({ x: rows, weights }, (of) => seed(method, of(4), family, new Float64Array(3)));
  for (const mean of family.toParameters(components).means) {
    expect(Math.max(...mean.map(Math.abs))).toBeLessThan(1e3);
  }
});

describe('levels that no drawn row has', () => {
  // One row in a hundred has a level of its own: 5 drawn rows for each component rarely have it.
  const rows = Array.from({ length: 800 }, (_, i) => {
    const group = i % 2;
    return { a: i % 100 === 7 ? 'rare' : ['x', 'y'][group], b: ['p', 'q'][i % 10 ? group : 1 - group], n: group ? 9 : 1 + (i % 3) }; // prettier-ignore
  });

  test.each([
    ['categorical', categorical(), ['a', 'b']],
    ['a product', product([{ columns: ['a', 'b'], family: categorical() }, { columns: ['n'], family: poisson() }]), ['a', 'b', 'n']], // prettier-ignore
  ] as const)('%s: EM learns them from all rows, whatever the seed', async (_, family, columns) => {
    const own = rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]])));
    for (const from of [0, 1, 2, 3]) {
      const fit = await fitMixture(own, { components: 2, family, seeding: method, seed: from, backend: 'wasm', tolerance: 1e-8, maxIterations: 500 }); // prettier-ignore
      const [{ probabilities }] = fit.mixture.components as unknown as { probabilities: number[][][] }[];
      const levels = fit.mixture.levels?.[0] ?? [];
      const rare = levels.indexOf('rare');
      const shares = fit.mixture.weights.map((weight, c) => weight * probabilities[0][c][rare]);
      expectWithin(sum(shares), 8 / 800, 1e-5, `seed ${from}`);
    }
  });
});
