import { describe, expect, test } from 'vitest';
import { cholesky } from '../../../src/base/cholesky.js';
import { gaussian } from '../../../src/families/gaussian.js';
import { inverseOf } from '../../../src/families/dense.js';
import { ExactShard } from '../../../src/sweep/exact/shard.js';
import type { PlanModel } from '../../../src/sweep/model.js';
import { mulberry32, normal } from '../../oracle/index.js';
import { expectAllWithin, expectWithin } from '../../within.js';

const d = 4;
const means = [
  [0.5, -1, 2, 0],
  [-0.5, 0.3, 0, 1],
];
/** A covariance of each component. */
const covariances = [
  [2, 0.6, -0.3, 0.2, 0.6, 1, 0.1, 0.4, -0.3, 0.1, 1.5, -0.2, 0.2, 0.4, -0.2, 0.8],
  [1, -0.3, 0.2, 0.1, -0.3, 0.7, 0, 0.2, 0.2, 0, 2, 0.5, 0.1, 0.2, 0.5, 1.2],
].map((values) => Float64Array.from(values));
const weights = Float64Array.of(0.4, 0.6);

const random = mulberry32(4);
const rows = Array.from({ length: 300 }, (_, i) =>
  Array.from({ length: d }, (_, j) => (random() < 0.3 || (i === 7 && j >= 0) ? NaN : 2 * normal(random))),
);

/** Covariances of a form, that of `tied` being the first. */
function covarianceOf(form: string, c: number): number[][] {
  const own = covariances[form === 'tied' ? 0 : c];
  const variance = [0, 1, 2, 3].reduce((sum, j) => sum + own[j * d + j], 0) / d;
  return Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_, j) => {
      if (form === 'full' || form === 'tied') return own[i * d + j];
      if (i !== j) return 0;
      return form === 'diag' ? own[i * d + i] : variance;
    }),
  );
}

/** log p of what a row has, and its conditional mean and covariance of all columns, by the inverse of Σ_oo. */
function conditional(row: readonly number[], mean: readonly number[], covariance: readonly (readonly number[])[]) {
  const there = [0, 1, 2, 3].filter((j) => !Number.isNaN(row[j]));
  const m = there.length;
  const block = Float64Array.from(there.flatMap((i) => there.map((j) => covariance[i][j])));
  const inverse = m > 0 ? inverseOf(block, m) : new Float64Array();
  const delta = there.map((j) => row[j] - mean[j]);
  const solved = there.map((_, i) => delta.reduce((sum, value, j) => sum + inverse[i * m + j] * value, 0));
  const lower = m > 0 ? cholesky(block, m)! : new Float64Array();
  const logDeterminant = there.reduce((sum, _, i) => sum + 2 * Math.log(lower[i * m + i]), 0);
  const square = delta.reduce((sum, value, i) => sum + value * solved[i], 0);
  return {
    log: -(square + logDeterminant + m * Math.log(2 * Math.PI)) / 2,
    mean: mean.map((value, i) => value + there.reduce((sum, j, at) => sum + covariance[i][j] * solved[at], 0)),
    rest: mean.map((_, i) =>
      mean.map((_, j) => {
        let sum = covariance[i][j];
        there.forEach((a, p) =>
          there.forEach((b, q) => (sum -= covariance[i][a] * inverse[p * m + q] * covariance[b][j])),
        );
        return sum;
      }),
    ),
  };
}

describe.each(['full', 'tied', 'diag', 'spherical'] as const)('%s Gaussians of rows with gaps', (form) => {
  const family = gaussian({ covariance: form });
  const components = family.fromParameters({ means, covariances: [0, 1].map((c) => covarianceOf(form, c)) }, 'test');
  const model: PlanModel<Float64Array> = {
    ...{ components: family.packExactly(components), weights, potential: new Float64Array(2), epsilon: 1 },
  };
  const block = { start: 0, values: Float64Array.from(rows.flat()), weights: new Float64Array(rows.length).fill(1) };
  const shard = new ExactShard(d, [block]);
  const own = rows.map((row) => means.map((mean, c) => conditional(row, mean, covarianceOf(form, c))));
  const plan = own.map((row) => {
    const logs = row.map(({ log }, c) => Math.log(weights[c]) + log);
    const most = Math.max(...logs);
    const sum = logs.reduce((total, log) => total + Math.exp(log - most), 0);
    return { density: most + Math.log(sum), shares: logs.map((log) => Math.exp(log - most) / sum) };
  });

  test('have the density of what is there', async () => {
    for await (const { logDensity } of shard.rows(model)) expectAllWithin(logDensity, plan.map(({ density }) => density), 1e-10); // prettier-ignore
    const [{ objective }] = await shard.sweep([{ model }]);
    expectWithin(-objective, plan.reduce((sum, { density }) => sum + density, 0), 1e-8); // prettier-ignore
  });

  test('have an M-step from conditional means and covariances, or from the columns that are there', async () => {
    const [moments] = await shard.sweep([{ model }]);
    const { components: next } = family.estimate(moments, model.components, { regularization: new Float64Array(d) });
    const { means: found, covariances: spreads } = family.toParameters(next);
    const mass = [0, 1].map((c) => plan.reduce((sum, { shares }) => sum + shares[c], 0));
    const sums = (c: number, of: (row: number) => number): number => plan.reduce((sum, { shares }, row) => sum + shares[c] * of(row), 0); // prettier-ignore
    if (form === 'full' || form === 'tied') {
      const expected = [0, 1].map((c) => means[c].map((_, j) => sums(c, (row) => own[row][c].mean[j]) / mass[c]));
      expectAllWithin(found.flat(), expected.flat(), 1e-10);
      const scatter = (c: number, i: number, j: number): number =>
        sums(c, (row) => {
          const { mean, rest } = own[row][c];
          return (mean[i] - expected[c][i]) * (mean[j] - expected[c][j]) + rest[i][j];
        });
      const all = (i: number, j: number): number => (scatter(0, i, j) + scatter(1, i, j)) / (mass[0] + mass[1]);
      [0, 1].forEach((c) =>
        spreads[c].forEach((line, i) =>
          line.forEach((value, j) =>
            expectWithin(value, form === 'tied' ? all(i, j) : scatter(c, i, j) / mass[c], 1e-9),
          ),
        ),
      );
      return;
    }
    [0, 1].forEach((c) => {
      const there = (row: number, j: number): number => (Number.isNaN(rows[row][j]) ? 0 : 1);
      const counts = [0, 1, 2, 3].map((j) => sums(c, (row) => there(row, j)));
      const centres = counts.map((count, j) => sums(c, (row) => (there(row, j) ? rows[row][j] : 0)) / count);
      const squares = centres.map((centre, j) => sums(c, (row) => (there(row, j) ? (rows[row][j] - centre) ** 2 : 0)));
      expectAllWithin(found[c], centres, 1e-10);
      const pooled = squares.reduce((a, b) => a + b) / counts.reduce((a, b) => a + b);
      squares.forEach((square, j) =>
        expectWithin(spreads[c][j][j], form === 'diag' ? square / counts[j] : pooled, 1e-9),
      );
    });
  });

  test('a row without anything says nothing', async () => {
    const blank = new ExactShard(d, [{ start: 0, values: new Float64Array(d).fill(NaN), weights: Float64Array.of(1) }]);
    for await (const { logDensity, responsibilities } of blank.rows(model, { responsibilities: true })) {
      expectWithin(logDensity[0], 0, 1e-12);
      expect(Array.from(responsibilities)).toEqual(Array.from(Float32Array.from(weights)));
    }
  });
});
