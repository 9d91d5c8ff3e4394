import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.js';
import { gaussianMap, buresWasserstein, Roots } from '../../../src/mixture/distances/bures.js';
import { transportMap } from '../../../src/mixture/distances/map.js';
import { expectAllWithin, expectWithin } from '../../within.js';
import { mixtureOf, someMixture } from './setting.js';

describe('the transport map', () => {
  test('of one Gaussian to another gives rows the other’s mean and covariance', async () => {
    const [a, b] = [someMixture(1, 1, 3), someMixture(2, 1, 3)];
    const map = await transportMap(a, b);
    const unit = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]; // prettier-ignore
    const { data, shape } = await map.apply(unit.map((row) => row.map((value, j) => value + a.means[0][j])));
    expect(shape).toEqual([4, 3]);
    expectAllWithin(data.subarray(0, 3), b.means[0], 1e-13);
    const linear = Array.from({ length: 3 }, (_, j) => [0, 1, 2].map((i) => data[3 * (j + 1) + i] - data[i]));
    const [from, to] = [a.covariances[0], b.covariances[0]];
    const pushed = linear.map((row) => linear.map((other) => row.reduce((s, u, i) => s + other.reduce((t, v, j) => t + u * from[i][j] * v, 0), 0))); // prettier-ignore
    expectAllWithin(pushed.flat(), to.flat(), 1e-12);
  });

  test('to the mixture itself changes nothing, and in blocks gives the same', async () => {
    const a = someMixture(4, 3, 2);
    const sample = a.sample(3000);
    const map = await transportMap(a, someMixture(4, 3, 2));
    expectWithin(map.distance, 0, 0);
    expectAllWithin((await map.apply(sample)).data, sample.data, 1e-12);
    let rows = 0;
    for await (const block of map.applyRows(sample)) rows += block.shape[0];
    expect(rows).toBe(3000);
  });

  test('takes rows of a mixture of clusters that are apart to the weights, means and variances of the other', async () => {
    const [a, b] = [[-20, 20], [-100, 60]].map(([low, high], at) => mixtureOf({ weights: [0.3, 0.7], means: [[low], [high]], covariances: [[[1 + at]], [[4]]] })); // prettier-ignore
    const { data } = await (await transportMap(a, b)).apply(a.sample(20_000, { seed: 3 }));
    const [low, high] = [data.filter((x) => x < 0), data.filter((x) => x > 0)];
    expectWithin(low.length / data.length, 0.3, 0.02);
    for (const [values, mean, variance] of [[low, -100, 2], [high, 60, 4]] as const) {
      const middle = values.reduce((x, y) => x + y, 0) / values.length;
      expectWithin(middle, mean, 0.1);
      expectWithin(values.reduce((s, x) => s + (x - middle) ** 2, 0) / values.length, variance, 0.3);
    } // prettier-ignore
  });

  test('refuses rows of other columns, and rows that lack values', async () => {
    const map = await transportMap(someMixture(1, 2, 2), someMixture(2, 2, 2));
    await expect(map.apply([[1, 2, 3]])).rejects.toThrow(InputError);
    await expect(map.apply([[1, NaN]])).rejects.toThrow('row 0, column x1; fill it in, or leave such rows out');
  });
});

describe('singular covariances', () => {
  const mean = Float64Array.of(0, 0);
  const line = Float64Array.of(1, 1, 1, 1); // of rank 1
  const ball = Float64Array.of(2, 0, 0, 3);
  const nothing = new Float64Array(4);

  test('have distances', () => {
    const roots = new Roots(2);
    const w2 = (a: Float64Array, b: Float64Array): number =>
      buresWasserstein({ mean, covariance: a }, { mean, covariance: b }, roots);
    // tr (A^½ B A^½)^½ of A = v vᵀ is √(vᵀ B v).
    expectWithin(w2(line, ball), 2 + 5 - 2 * Math.sqrt(5), 1e-14);
    expectWithin(w2(ball, line), 2 + 5 - 2 * Math.sqrt(5), 1e-14);
    expectWithin(w2(nothing, line), 2, 1e-15);
    expectWithin(w2(Float64Array.of(0, 4), ball), 4 + 5 - 4 * Math.sqrt(3), 1e-14);
  });

  test('have maps that give the width that is there', () => {
    const roots = new Roots(2);
    const map = gaussianMap(line, ball, 2, roots);
    // T A T has the spread of A along T v, and what T leaves is on the line v.
    const onLine = [map[0] + map[1], map[2] + map[3]];
    expectWithin(onLine[0] + onLine[1], Math.sqrt(5), 1e-13);
    expectAllWithin(gaussianMap(Float64Array.of(0, 4), Float64Array.of(1, 1), 2, roots), [0, 0.5], 1e-15);
    expect(gaussianMap(nothing, ball, 2, roots).every((value) => value === 0)).toBe(true);
  });
});
