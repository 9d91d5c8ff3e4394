/** What mergers of clusters cost, beside the same from the rows themselves. */
import { expect, test } from 'vitest';
import { cholesky } from '../../src/base/cholesky.js';
import { seededRandom } from '../../src/base/random.js';
import { logGamma } from '../../src/base/special/gamma.js';
import { EvidenceClusters, WardClusters, type OwnForm } from '../../src/seeding/clusters.js';
import { sum } from '../oracle/index.js';
import { expectWithin } from '../within.js';

const d = 3;
const random = seededRandom(8);
const rows = Array.from({ length: 12 }, () => Array.from({ length: d }, () => random.normal()));
const weights = rows.map((_, i) => 1 + (i % 3));
const given = { values: Float64Array.from(rows.flat()), weights: Float64Array.from(weights), d };

/** Σ w (x − x̄)(x − x̄)ᵀ of some rows, `[d][d]`. */
function scatter(members: readonly number[]): { weight: number; w: number[][] } {
  const weight = sum(members.map((i) => weights[i]));
  const mean = rows[0].map((_, j) => sum(members.map((i) => weights[i] * rows[i][j])) / weight);
  const w = mean.map((_, s) =>
    mean.map((_, t) => sum(members.map((i) => weights[i] * (rows[i][s] - mean[s]) * (rows[i][t] - mean[t])))),
  );
  return { weight, w };
}

const trace = (w: readonly (readonly number[])[]): number => sum(w.map((row, j) => row[j]));

/** log p of some rows under one Gaussian with the prior, but for what every row has, as the docstring has it. */
function evidence(form: OwnForm, members: readonly number[], k: number): number {
  const { weight, w } = scatter(members);
  const nu = d + 2;
  const scale = nu * k ** (-2 / d);
  const ofMean = (d / 2) * Math.log(0.01 / (0.01 + weight));
  const single = (squares: number, numbers: number): number =>
    logGamma((nu + numbers) / 2) - logGamma(nu / 2) + (nu / 2) * Math.log(scale) - ((nu + numbers) / 2) * Math.log(scale + squares); // prettier-ignore
  if (form === 'spherical') return single(trace(w), weight * d) + ofMean;
  if (form === 'diag') return sum(w.map((row, j) => single(row[j], weight))) + ofMean;
  const l = cholesky(Float64Array.from(w.flatMap((row, i) => row.map((v, j) => v + (i === j ? scale : 0)))), d)!;
  const logDeterminant = 2 * sum(w.map((_, j) => Math.log(l[j * d + j])));
  const gammas = sum(w.map((_, j) => logGamma((nu + weight - j) / 2) - logGamma((nu - j) / 2)));
  return gammas + ((nu * d) / 2) * Math.log(scale) - ((nu + weight) / 2) * logDeterminant + ofMean;
}

test('Ward’s is what the sum of squares about the means rises by', () => {
  const clusters = new WardClusters(given);
  const squares = (members: readonly number[]): number => trace(scatter(members).w);
  expectWithin(clusters.cost(0, 1), squares([0, 1]), 1e-12);
  clusters.merge(0, 1);
  clusters.merge(3, 5);
  expectWithin(clusters.cost(0, 3), squares([0, 1, 3, 5]) - squares([0, 1]) - squares([3, 5]), 1e-12);
});

test.each(['full', 'diag', 'spherical'] as const)('%s: evidence is that of the rows themselves', (form) => {
  const k = 4;
  const clusterOf = Int32Array.of(0, 0, 1, 2, 2, 2, 3, 4, 4, 5, 5, 5);
  const members = Array.from({ length: 6 }, (_, c) => [...clusterOf.keys()].filter((row) => clusterOf[row] === c));
  const clusters = new EvidenceClusters(given, clusterOf, { form, k });
  expect(clusters.count).toBe(6);
  const lost = (a: readonly number[], b: readonly number[]): number =>
    evidence(form, a, k) + evidence(form, b, k) - evidence(form, [...a, ...b], k);
  for (let i = 0; i < 6; i++) {
    for (let j = i + 1; j < 6; j++) expectWithin(clusters.cost(i, j), lost(members[i], members[j]), 1e-10);
  }
  clusters.merge(1, 4);
  clusters.merge(0, 3);
  const [first, second] = [[...members[0], ...members[3]], [...members[1], ...members[4]]]; // prettier-ignore
  expectWithin(clusters.cost(0, 1), lost(first, second), 1e-10);
  expectWithin(clusters.cost(1, 5), lost(second, members[5]), 1e-10);
});
