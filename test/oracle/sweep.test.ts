import { describe, expect, it } from 'vitest';
import {
  cholesky,
  forwardSolve,
  kmeansPlusPlusDistances,
  logDensities,
  logSumExp,
  objectivePrimal,
  type OracleMixture,
  plan,
  problem,
  problemNames,
  sum,
  sweep,
} from './index.js';

const log2Pi = Math.log(2 * Math.PI);

/** Two unit normals at ±1, one dimension. */
const pair: OracleMixture = { weights: [0.25, 0.75], means: [[-1], [1]], covariances: [[[1]], [[1]]] };

describe('linear algebra', () => {
  it('cholesky([[4, 2], [2, 5]]) is [[2, 0], [1, 2]]', () => {
    const l = cholesky([
      [4, 2],
      [2, 5],
    ]);
    expect(l).toEqual([
      [2, 0],
      [1, 2],
    ]);
    expect(forwardSolve(l, [2, 5])).toEqual([1, 2]);
  });

  it('cholesky refuses a matrix that is not positive definite', () => {
    const singular = [
      [1, 1],
      [1, 1],
    ];
    expect(() => cholesky(singular)).toThrow('cholesky: pivot 1 is 0, not positive');
  });

  it('logSumExp([1000, 1000]) is 1000 + log 2', () => {
    expect(logSumExp([1000, 1000])).toBe(1000 + Math.LN2);
    expect(logSumExp([-Infinity, 3])).toBe(3);
  });
});

describe('logDensities', () => {
  it('is −(2 log 2π + log 16 + 1² + 2²)/2 for the Cholesky example', () => {
    const mixture = { weights: [1], means: [[1, 1]], covariances: [[[4, 2], [2, 5]]] }; // prettier-ignore
    expect(logDensities([[3, 6]], mixture)[0][0]).toBeCloseTo(-(2 * log2Pi + Math.log(16) + 5) / 2, 14);
  });

  it('does not change when data and mean move by 1e6', () => {
    const at = (offset: number): number =>
      logDensities([[offset + 0.5]], { weights: [1], means: [[offset - 0.25]], covariances: [[[0.5]]] })[0][0];
    expect(at(1e6)).toBe(at(0));
  });

  it('is exact 3000 σ out', () => {
    expect(logDensities([[3000]], pair)[0]).toEqual([-(log2Pi + 3001 ** 2) / 2, -(log2Pi + 2999 ** 2) / 2]);
  });
});

describe('sweep', () => {
  it('two points, two components, by hand', () => {
    // p(x|−1)/p(x|1) = e^{−2x}: r_1(0) = 1/4, r_1(log 3 / 2) = (1/4 · 1/3)/(1/4 · 1/3 + 3/4) = 1/10.
    const half = Math.log(3) / 2;
    const result = sweep([[0], [half]], [0.4, 0.6], pair);
    const density = (x: number): number =>
      Math.log((Math.exp(-((x + 1) ** 2) / 2) + 3 * Math.exp(-((x - 1) ** 2) / 2)) / 4) - log2Pi / 2;
    const near = (actual: number[], expected: number[]): void =>
      expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 14));
    near(result.responsibilities.flat(), [0.25, 0.75, 0.1, 0.9]);
    near(result.mass, [0.16, 0.84]);
    near(result.first.flat(), [0.1 + 0.06 * (half + 1), -0.3 + 0.54 * (half - 1)]);
    near(result.second.flat(2), [0.1 + 0.06 * (half + 1) ** 2, 0.3 + 0.54 * (half - 1) ** 2]);
    near(result.coupling.flat(), [0.025 + 0.006, 0.075 + 0.054, 0.075 + 0.054, 0.225 + 0.486]);
    near(result.logDensity, [density(0), density(half)]);
    near([result.objective], [-0.4 * density(0) - 0.6 * density(half)]);
    expect(result.labels).toEqual([1, 1]);
  });

  it('one component: F is −log p averaged, all mass on it', () => {
    const result = sweep([[0], [2]], undefined, { weights: [1], means: [[0]], covariances: [[[1]]] });
    expect(result.objective).toBeCloseTo(log2Pi / 2 + 1, 14);
    expect([result.mass, result.first, result.second]).toEqual([[1], [[1]], [[[2]]]]);
  });

  it('ε = 0 assigns each row to argmin C − g, weights unused, the lowest component of equals', () => {
    const result = sweep([[0], [0.5], [-0.5]], undefined, pair, { epsilon: 0 });
    expect(result.labels).toEqual([0, 1, 0]);
    expect(result.responsibilities).toEqual([[1, 0], [0, 1], [1, 0]]); // prettier-ignore
    expect(result.objective).toBeCloseTo(log2Pi / 2 + (1 + 0.25 + 0.25) / 6, 14);
    const pulled = sweep([[0], [0.5], [-0.5]], undefined, pair, { epsilon: 0, g: [0, 2] });
    expect(pulled.labels).toEqual([1, 1, 1]);
  });

  it('F tends to its ε = 0 value as ε → 0', () => {
    const { x, start } = problem('overlapping', { n: 50, d: 2, k: 3, seed: 1 });
    const hard = sweep(x, undefined, start, { epsilon: 0 });
    const cold = sweep(x, undefined, start, { epsilon: 1e-6 });
    expect(cold.objective).toBeCloseTo(hard.objective, 4);
    expect(cold.labels).toEqual(hard.labels);
  });

  it('is stable where every density underflows', () => {
    const result = sweep([[1e4]], undefined, pair);
    expect(result.responsibilities[0]).toEqual([0, 1]);
    expect(result.objective).toBeCloseTo(log2Pi / 2 - Math.log(0.75) + 9999 ** 2 / 2, 6);
  });

  it.each([0.5, 1, 2])('∂F/∂g = −m and ∂²F/∂g² = (diag m − coupling)·(−1/ε) at ε = %d', (epsilon) => {
    const { x, start } = problem('overlapping', { n: 40, d: 2, k: 3, seed: 2 });
    const at = (g: number[]): ReturnType<typeof sweep> => sweep(x, undefined, start, { epsilon, g });
    const [g, h] = [[0.1, -0.2, 0.3], 1e-5];
    const centre = at(g);
    g.forEach((_, k) => {
      const moved = (by: number): ReturnType<typeof sweep> => at(g.map((value, l) => (l === k ? value + by : value)));
      const [up, down] = [moved(h), moved(-h)];
      expect((up.objective - down.objective) / (2 * h)).toBeCloseTo(-centre.mass[k], 8);
      up.mass.forEach((mass, l) => {
        const curvature = ((l === k ? centre.mass[k] : 0) - centre.coupling[k][l]) / epsilon;
        expect((mass - down.mass[l]) / (2 * h)).toBeCloseTo(curvature, 8);
      });
    });
  });
});

describe('duality', () => {
  const a = [0.1, 0.2, 0.3, 0.15, 0.05, 0.2];

  it.each(problemNames)('%s: ⟨P,C⟩ + KL(P|a⊗w) at the plan is F = −mean log-likelihood', (name) => {
    const { x, start } = problem(name, { n: 60, d: 3, k: 3, seed: 3 });
    const { objective } = sweep(x, undefined, start);
    const primal = objectivePrimal(plan(x, undefined, start), x, undefined, start);
    expect(Math.abs(primal - objective)).toBeLessThan(1e-12 * Math.max(1, Math.abs(objective)));
  });

  it.each([0, 0.3, 1, 4])('ε = %d, weighted rows, potential g: primal − Σ m g = F', (epsilon) => {
    const { x, start } = problem('overlapping', { n: 6, d: 2, k: 3, seed: 4 });
    const g = [0.5, -1, 0.2];
    const result = sweep(x, a, start, { epsilon, g });
    const primal = objectivePrimal(plan(x, a, start, { epsilon, g }), x, a, start, epsilon);
    expect(primal - sum(result.mass.map((mass, k) => mass * g[k]))).toBeCloseTo(result.objective, 13);
  });

  it('no other plan with row sums a does better', () => {
    const { x, start } = problem('overlapping', { n: 6, d: 2, k: 3, seed: 4 });
    const best = plan(x, a, start);
    const least = objectivePrimal(best, x, a, start);
    best.forEach((row, i) => {
      for (const share of [0.01, -0.01]) {
        const by = share * Math.min(row[0], row[1]);
        const other = best.map((p, j) => (i === j ? [p[0] + by, p[1] - by, p[2]] : p));
        expect(objectivePrimal(other, x, a, start)).toBeGreaterThan(least);
      }
    });
  });
});

describe('kmeansPlusPlusDistances', () => {
  it('is the squared distance to the nearest centre, columns divided by their scales', () => {
    const x = [[0, 0], [3, 4], [10, 0]]; // prettier-ignore
    expect(kmeansPlusPlusDistances(x, [[0, 0]])).toEqual([0, 25, 100]);
    expect(kmeansPlusPlusDistances(x, [[0, 0], [10, 1]])).toEqual([0, 25, 1]); // prettier-ignore
    expect(kmeansPlusPlusDistances(x, [[0, 0]], [1, 2])).toEqual([0, 13, 100]);
  });
});
