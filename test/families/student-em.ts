/** A Student-t mixture of rows, and EM of it in float64. */
import type { CovarianceForm } from '../../kernels/form.js';
import { digamma, logGamma } from '../../src/base/special/gamma.js';
import { studentT, type FitOptions, type StudentTOptions } from '../../src/index.js';
import { combinations } from '../cases.js';
import { cholesky, forwardSolve, logSumExp, minus, mulberry32, normal, outer, sum } from '../oracle/index.js';

export type Model = { weights: number[]; means: number[][]; scales: number[][][]; degrees: number[] };

const random = mulberry32(12);
export const n = 500;
const d = 2;
/** Two clusters that overlap, and rows far out. */
export const rows = Array.from({ length: n }, (_, i) => {
  const far = i % 50 === 7 ? 40 : 1;
  return [3 * (i % 2) + far * normal(random), 0.5 * far * normal(random) - (i % 2)];
});
export const start: Model = {
  weights: [0.6, 0.4],
  means: [[0.5, -0.2], [2, 0]], // prettier-ignore
  scales: [[[2, 0.2], [0.2, 1]], [[1, -0.1], [-0.1, 2]]], // prettier-ignore
  degrees: [10, 10],
};

/** A root of a falling function, by halves. */
function root(f: (x: number) => number, low: number, high: number): number {
  if (f(high) > 0) return high;
  if (f(low) < 0) return low;
  let [a, b] = [low, high];
  for (let step = 0; step < 200; step++) {
    const middle = Math.sqrt(a * b);
    if (f(middle) > 0) a = middle;
    else b = middle;
  }
  return a;
}

export const shaped = (matrix: number[][], form: CovarianceForm): number[][] => {
  if (form === 'full' || form === 'tied') return matrix;
  const mean = matrix.reduce((all, row, j) => all + row[j], 0) / d;
  return matrix.map((row, i) => row.map((value, j) => (i !== j ? 0 : form === 'diag' ? value : mean)));
};

/** One step of EM in float64, as Peel & McLachlan have it, and F before it. */
export function step(
  model: Model,
  form: CovarianceForm,
  degrees: 'each' | 'common' | number,
): { model: Model; F: number } {
  const factors = model.scales.map(cholesky);
  const distances = rows.map((row) => model.means.map((mean, c) => sum(forwardSolve(factors[c], minus(row, mean)).map((z) => z * z)))); // prettier-ignore
  const logits = distances.map((own) =>
    own.map((q, c) => {
      const nu = model.degrees[c];
      const constant = logGamma((nu + d) / 2) - logGamma(nu / 2) - (d / 2) * Math.log(nu * Math.PI);
      const logRoot = sum(factors[c].map((row, j) => Math.log(row[j])));
      return Math.log(model.weights[c]) + constant - logRoot - ((nu + d) / 2) * Math.log(1 + q / nu);
    }),
  );
  const P = logits.map((row) => row.map((value) => Math.exp(value - logSumExp(row)) / n));
  const u = distances.map((own) => own.map((q, c) => (model.degrees[c] + d) / (model.degrees[c] + q)));
  const over = (f: (i: number) => number): number => sum(rows.map((_, i) => f(i)));
  const mass = [0, 1].map((c) => over((i) => P[i][c]));
  const means = [0, 1].map((c) => [0, 1].map((j) => over((i) => P[i][c] * u[i][c] * rows[i][j]) / over((i) => P[i][c] * u[i][c]))); // prettier-ignore
  const scatters = [0, 1].map((c) =>
    [0, 1].map(
      (i) =>
      [0, 1].map((j) => over((r) => P[r][c] * u[r][c] * outer(minus(rows[r], means[c]), minus(rows[r], means[c]))[i][j])), // prettier-ignore
    ),
  );
  const tied = scatters[0].map((row, i) => row.map((value, j) => value + scatters[1][i][j]));
  const scales = scatters.map((one, c) => (form === 'tied' ? tied : one.map((row) => row.map((value) => value / mass[c])))); // prettier-ignore
  const constants = [0, 1].map((c) => {
    const half = (model.degrees[c] + d) / 2;
    return over((i) => P[i][c] * (Math.log(u[i][c]) - u[i][c])) + mass[c] * (digamma(half) - Math.log(half));
  });
  const solved = (constant: number): number =>
    root((nu) => Math.log(nu / 2) - digamma(nu / 2) + 1 + constant, 0.05, 200);
  const next = [0, 1].map((c) => {
    if (typeof degrees === 'number') return degrees;
    return solved(degrees === 'each' ? constants[c] / mass[c] : sum(constants));
  });
  const F = -sum(logits.map(logSumExp)) / n;
  return { F, model: { weights: mass, means, scales: scales.map((one) => shaped(one, form)), degrees: next } };
}

export const kinds = combinations({
  form: ['full', 'tied', 'diag', 'spherical'] as const,
  degrees: ['each', 'common', 4] as const,
});

export function options({ covariance, degrees }: StudentTOptions): FitOptions {
  const given = { ...start, degrees: start.degrees.map((nu) => (typeof degrees === 'number' ? degrees : nu)) };
  const { weights, ...parameters } = given;
  const seeding = { weights, components: [{ family: 'studentT', ...parameters }] };
  return { family: studentT({ covariance, degrees }), components: 2, seeding, tolerance: 0, regularization: 0 };
}
