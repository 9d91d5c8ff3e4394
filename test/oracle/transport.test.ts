import { describe, expect, it } from 'vitest';
import { em } from './em.js';
import { problem } from './problems.js';
import { sum, uniform } from './sweep.js';
import { sinkhornEm, transport } from './transport.js';

/** To the digits printed. */
const near = (got: number[], expected: number[], digits: number): void =>
  expected.forEach((value, i) => expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(0.5 * 10 ** -digits));

describe('transport', () => {
  it('is what POT prints for two points', () => {
    const { plan, cost, objective } = transport([[0, 1], [1, 0]], [0.5, 0.5], [0.5, 0.5]); // prettier-ignore
    near(plan.flat(), [0.36552929, 0.13447071, 0.13447071, 0.36552929], 8);
    near([cost], [0.26894142137], 11);
    // KL(P | ab) in closed form: P = e^{(g − C)} / 4 with log-partition log((1 + 1/e)/2).
    expect(objective).toBeCloseTo(-Math.log((1 + Math.exp(-1)) / 2), 12);
  });

  it('is what POT prints for five points and three', () => {
    const a = [0.3, 0.4, 0.1, 0.1, 0.1];
    const cost = [[0.1, 0.2, 0.3], [0.2, 0.3, 0.4], [0.4, 0.3, 0.2], [0.3, 0.2, 0.1], [0.5, 0.5, 0.4]]; // prettier-ignore
    const found = transport(cost, a, [0.4, 0.5, 0.1], { epsilon: 0.1 });
    const rows = [
      [0.15387266, 0.13773501, 0.00839232],
      [0.20516355, 0.18364669, 0.01118977],
      [0.00944114, 0.06244482, 0.02811404],
      [0.00944114, 0.06244482, 0.02811404],
      [0.0220815, 0.05372866, 0.02418983],
    ];
    found.plan.forEach((row, i) => near(row, rows[i], 8));
    near([found.cost], [0.2399010252], 10);
  });

  it('relaxed: g = −ρ log(m/b), between no pull and exact proportions', () => {
    const { x } = problem('overlapping', { n: 30, d: 2, k: 3, seed: 1 });
    const cost = x.map((row) => [0, 1, 2].map((c) => (row[0] - c) ** 2 + c * row[1]));
    const b = [0.5, 0.3, 0.2];
    const { g, mass } = transport(cost, uniform(30), b, { rho: 0.7 });
    g.forEach((value, k) => expect(value).toBeCloseTo(-0.7 * Math.log(mass[k] / b[k]), 11));
    const distance = (rho: number): number =>
      sum(transport(cost, uniform(30), b, { rho }).mass.map((m, k) => Math.abs(m - b[k])));
    expect(distance(0.1)).toBeGreaterThan(distance(1));
    expect(distance(1e4)).toBeLessThan(1e-3);
  });
});

describe('sinkhornEm', () => {
  it('with proportions that EM would find itself stays where EM is', () => {
    const { x, start } = problem('overlapping', { n: 80, d: 1, k: 2, seed: 5 });
    const { mixture, objective } = em(x, start, { covariance: 'full', maxIterations: 20_000, tolerance: 1e-15 });
    const found = sinkhornEm(x, mixture, { covariance: 'full', proportions: mixture.weights, maxIterations: 3 });
    expect(found.objective[2]).toBeCloseTo(objective[objective.length - 1], 8);
  });

  it('F never rises', () => {
    const { x, start } = problem('overlapping', { n: 60, d: 2, k: 3, seed: 6 });
    const proportions = [0.6, 0.3, 0.1];
    const { objective } = sinkhornEm(x, start, { covariance: 'full', proportions, maxIterations: 10 });
    objective.slice(1).forEach((value, t) => expect(value).toBeLessThanOrEqual(objective[t] + 1e-11));
  });
});
