import { describe, expect, test } from 'vitest';
import type { CovarianceForm } from '../../kernels/form.js';
import { gaussian } from '../../src/families/gaussian.js';
import { seedingMethods, type SeedingMethod } from '../../src/seeding/seeding.js';
import { seed, type Start } from '../../src/seeding/start.js';
import { mStep, problem, sum, sweep, type OracleMixture } from '../oracle/index.js';
import { expectComponentsWithin, expectWithin } from '../within.js';
import { withRows, type Rows } from './setting.js';

const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];

/** The start that a method finds, and the same in plain arrays. */
async function startOf(
  rows: Rows,
  k: number,
  method: SeedingMethod = seedingMethods[0],
  covariance: CovarianceForm = 'full',
  regularization = 0,
): Promise<Start & { readonly dense: OracleMixture }> {
  const family = gaussian({ covariance });
  const start = await withRows(rows, (of) =>
    seed(method, of(k), family, new Float64Array(rows.x[0].length).fill(regularization)),
  );
  return { ...start, dense: { ...family.toParameters(start.components), weights: Array.from(start.weights) } };
}

test('there are six methods', () => {
  expect(seedingMethods).toEqual([
    'k-means++',
    'k-means||',
    'k-means',
    'hierarchical',
    'random',
    'random-responsibilities',
  ]);
});

describe.each(seedingMethods)('%s', (method) => {
  const { x } = problem('overlapping', { n: 300, d: 3, k: 3, seed: 4 });

  test.each(forms)('starts from valid components and weights that sum to 1, %s', async (form) => {
    const { dense, weights } = await startOf({ x }, 5, method, form);
    expectWithin(sum(Array.from(weights)), 1, 1e-14);
    expect(Math.min(...weights)).toBeGreaterThan(0);
    expect(() => gaussian({ covariance: form }).fromParameters(dense, 'start')).not.toThrow();
    expect(Number.isFinite(sweep(x, undefined, dense).objective)).toBe(true);
  });

  test.each(forms)('k = 1: the mean and covariance of all rows, %s', async (form) => {
    const one = { weights: [1], means: [[0, 0, 0]], covariances: [[[1, 0, 0], [0, 1, 0], [0, 0, 1]]] }; // prettier-ignore
    const expected = mStep(sweep(x, undefined, one), form, 0.5);
    const { dense, weights } = await startOf({ x }, 1, method, form, 0.5);
    expect(Array.from(weights)).toEqual([1]);
    expectComponentsWithin(dense, expected, 1e-5);
  });

  test.each(forms)('k = n: no component starts as a spike, %s', async (form) => {
    const few = x.slice(0, 6);
    const { dense } = await startOf({ x: few }, 6, method, form, 1e-3);
    const spread = few.map(([first]) => first);
    expect(Math.min(...dense.covariances.map(([[variance]]) => variance))).toBeGreaterThanOrEqual(1e-3);
    expect(Math.max(...spread) - Math.min(...spread)).toBeGreaterThan(0.1);
    expect(dense.means).toHaveLength(6);
  });

  test('rows that are all alike start it all the same', async () => {
    const alike = Array.from({ length: 20 }, () => [2, 3]);
    const { dense } = await startOf({ x: alike }, 3, method, 'full', 1e-6);
    expect(dense.means).toEqual([[2, 3], [2, 3], [2, 3]]); // prettier-ignore
    dense.covariances.forEach((covariance) => expect(covariance[0][0]).toBeGreaterThan(0));
  });

  test('the same seed gives the same start bit for bit', async () => {
    expect(await startOf({ x }, 4, method)).toEqual(await startOf({ x }, 4, method));
  });
});

test('clusters that stand apart start at their means, with their shares of the rows', async () => {
  const { x, labels, truth } = problem('separated', { n: 400, d: 2, k: 4, seed: 3 });
  const { dense } = await startOf({ x }, 4);
  for (let k = 0; k < 4; k++) {
    const own = x.filter((_, i) => labels[i] === k);
    const mean = own[0].map((_, j) => sum(own.map((row) => row[j])) / own.length);
    const found = dense.means.findIndex((centre) => Math.hypot(centre[0] - mean[0], centre[1] - mean[1]) < 1e-4);
    expect(found, `component ${k}`).toBeGreaterThanOrEqual(0);
    // One row is added to every count.
    expectWithin(dense.weights[found], (own.length + 1) / 404, 1e-6);
    expectWithin(truth.weights[k], own.length / 400, 1e-12);
  }
});

test('a small cluster is drawn to the pool of all as if d + 1 of its rows had joined', async () => {
  // Two clusters of 10 and 90 rows on a line, of variance 4 and 1/4 about their means.
  const x = Array.from({ length: 100 }, (_, i) => (i < 10 ? [100 + (i % 2 ? 2 : -2)] : [i % 2 ? 0.5 : -0.5]));
  const { dense } = await startOf({ x }, 2);
  const pool = (10 * 4 + 90 / 4) / 100;
  const expected = [(10 * 4 + 2 * pool) / 12, (90 / 4 + 2 * pool) / 92];
  const variances = dense.covariances.map(([[variance]]) => variance);
  const [small, large] = dense.means[0][0] > 50 ? [0, 1] : [1, 0];
  expectWithin(variances[small], expected[0], 1e-4 * expected[0]);
  expectWithin(variances[large], expected[1], 1e-4 * expected[1]);
});
