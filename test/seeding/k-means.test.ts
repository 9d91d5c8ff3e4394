import { describe, expect, test } from 'vitest';
import { kMeansPlusPlus } from '../../src/seeding/k-means-plus-plus.js';
import { kMeans } from '../../src/seeding/k-means.js';
import { problem, sum } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { nearest, rowsOf, withRows } from './setting.js';

type Matrix = readonly (readonly number[])[];

const cost = (x: Matrix, weights: readonly number[], centres: Matrix): number =>
  sum(x.map((row, i) => weights[i] * nearest(row, centres).distance));

/** Lloyd's algorithm as textbooks have it, until no row changes its centre. */
function lloyd(x: Matrix, weights: readonly number[], start: Matrix): Matrix {
  let centres = start;
  for (;;) {
    const labels = x.map((row) => nearest(row, centres).k);
    const next = centres.map((centre, k) => {
      const total = sum(weights.filter((_, i) => labels[i] === k));
      if (total === 0) return centre;
      return centre.map((_, j) => sum(x.map((row, i) => (labels[i] === k ? weights[i] * row[j] : 0))) / total);
    });
    if (x.every((row, i) => nearest(row, next).k === labels[i])) return next;
    centres = next;
  }
}

describe.each(['cpu', 'wasm'] as const)('k-means on %s', (backend) => {
  test.each([
    ['separated', 1],
    ['separated', 2],
    ['overlapping', 1],
    ['overlapping', 2],
  ] as const)('%s: from the centres of k-means++ it ends where Lloyd does, seed %d', async (name, seed) => {
    const { x } = problem(name, { n: 90, d: 2, k: 3, seed: 8 });
    const weights = x.map((_, i) => 1 + (i % 3));
    await withRows({ x, weights, backend }, async (of) => {
      const expected = lloyd(x, weights, rowsOf(await kMeansPlusPlus(of(3, seed)), 2));
      const got = rowsOf(await kMeans(of(3, seed)), 2);
      expectWithin(cost(x, weights, got), cost(x, weights, expected), 1e-5 * cost(x, weights, expected));
      expectAllWithin(got.flat(), expected.flat(), 1e-4);
    });
  });

  test('distances are in units of the columns', async () => {
    const x = Array.from({ length: 100 }, (_, i) => [i % 2, (i * 37) % 100]);
    await withRows({ x, backend }, async (of) => {
      const centres = rowsOf(await kMeans(of(2, 0, Float64Array.of(1e-4, 1e6))), 2);
      expect(centres.map(([first]) => first).sort()).toEqual([0, 1]);
    });
  });

  test('the same seed gives the same centres bit for bit', async () => {
    const { x } = problem('overlapping', { n: 300, d: 3, k: 3, seed: 2 });
    await withRows({ x, backend }, async (of) => expect(await kMeans(of(4, 1))).toEqual(await kMeans(of(4, 1))));
  });

  test('k = 1: the mean', async () => {
    const x = [[1, 2], [3, 4], [8, 0]]; // prettier-ignore
    expectAllWithin(await withRows({ x, backend }, (of) => kMeans(of(1))), [4, 2], 1e-6);
  });

  test('k = n: every row', async () => {
    const x = Array.from({ length: 8 }, (_, i) => [i * i]);
    const centres = await withRows({ x, backend }, (of) => kMeans(of(8)));
    expect(Array.from(centres).sort((a, b) => a - b)).toEqual(x.flat());
  });

  test('rows that are all alike end in centres that are all alike', async () => {
    const x = Array.from({ length: 30 }, () => [4, 5]);
    const centres = await withRows({ x, backend }, (of) => kMeans(of(3)));
    expect(rowsOf(centres, 2)).toEqual([[4, 5], [4, 5], [4, 5]]); // prettier-ignore
  });
});
