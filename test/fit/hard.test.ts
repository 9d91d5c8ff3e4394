import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, type BackendName, type CovarianceForm } from '../../src/index.js';
import { cases, combinations, grouped } from '../cases.js';
import { constrain, em, mulberry32, normal, problem, type OracleMixture, type ProblemName } from '../oracle/index.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';

const backends: readonly BackendName[] = ['cpu', 'wasm'];
const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];

const names: readonly ProblemName[] = ['offset', 'scales', 'far', 'duplicates', 'collapsed', 'anisotropic'];

describe.each(backends)('hard data on %s: as good as a float64 fit from the same start', (backend) => {
  const chosen = cases(combinations({ name: names, form: forms }), ({ name, form }) => [name, form]);
  describe.each(grouped(chosen, 'name').map((group) => [group.level, group.cases] as const))('%s', (name, some) => {
    test.each(some.map(({ form }) => form))('%s', async (covariance) => {
      const { x, start } = problem(name, { n: 400, d: 3, k: 4, seed: 11 });
      const from = constrain(start, covariance);
      // The same number of iterations of both, so that slow convergence does not count as rounding.
      const oracle = em(x, from, { covariance, maxIterations: 40, tolerance: -Infinity });
      const family = gaussian({ covariance });
      const settings = { maxIterations: 40, tolerance: 0, regularization: 0, backend };
      const fit = await fitMixture(x, { ...settings, family, components: 4, seeding: from });
      const f = oracle.objective[fit.iterations - 1];
      expectWithin(-fit.criteria.meanLogLikelihood, f, 1e-6 * Math.max(1, Math.abs(f)), 'objective');
      expect(fit.diagnostics.repairs).toEqual([]);
      expectAllWithin(fit.mixture.weights, oracle.mixture.weights, 1e-4, 'weights');
      // The collapsed component has eight rows a thousandth as wide as the data, which float32 rounds at 1e-4 of that.
      expectComponentsWithin(fit.mixture, oracle.mixture, name === 'collapsed' ? 3e-4 : 1e-4);
    });
  });

  test('a component on ten equal rows is repaired, and says so', async () => {
    const { x, start } = withSpike();
    const fit = await fitMixture(x, { components: 2, seeding: start, regularization: 0, backend });
    expect(fit.diagnostics.repairs).toHaveLength(1);
    const [repair] = fit.diagnostics.repairs;
    expect(repair).toMatchObject({ kind: 'ridge', component: 1 });
    expect(repair.message).toMatch(
      /^the covariance of component 1 was not positive definite; .* was added to its diagonal$/,
    );
    expect(repair.times).toBeGreaterThan(0);
    expect(fit.ridged).toBe(true);
    expectAllWithin(fit.mixture.means[1], [50, 50], 1e-3);
    expect(Number.isFinite(fit.criteria.logLikelihood)).toBe(true);
  });

  test('regularization keeps such a component from collapsing, as in float64', async () => {
    const { x, start } = withSpike();
    const options = { regularization: 0.01, maxIterations: 50, tolerance: 1e-9 };
    const oracle = em(x, start, { covariance: 'full', ...options });
    const fit = await fitMixture(x, { ...options, components: 2, seeding: start, backend });
    expect(fit.diagnostics.repairs).toEqual([]);
    const f = oracle.objective[oracle.objective.length - 1];
    expectWithin(-fit.criteria.meanLogLikelihood, f, 1e-6 * Math.max(1, Math.abs(f)));
    expectComponentsWithin(fit.mixture, oracle.mixture, 1e-4);
  });

  test.each(forms)('nothing but copies of one row, %s', async (covariance) => {
    const x = Array.from({ length: 10 }, () => [3, -1e6]);
    const fit = await fitMixture(x, { family: gaussian({ covariance }), components: 2, regularization: 0, backend });
    expect(fit.diagnostics.constantColumns).toEqual(['x0', 'x1']);
    expect(fit.diagnostics.repairs.length).toBeGreaterThan(0);
    for (const mean of fit.mixture.means) expectAllWithin(mean, [3, -1e6], 0.1);
    expect(Number.isFinite(fit.criteria.logLikelihood)).toBe(true);
  });

  test('a constant column beside others is reported and has the variance of the regularization', async () => {
    const random = mulberry32(3);
    const x = Array.from({ length: 200 }, () => [normal(random), 7]);
    const fit = await fitMixture(x, { components: 2, regularization: 1e-4, backend });
    expect(fit.diagnostics.constantColumns).toEqual(['x1']);
    for (const covariance of fit.mixture.covariances) expectWithin(covariance[1][1], 1e-4, 1e-9);
    for (const mean of fit.mixture.means) expectWithin(mean[1], 7, 1e-9);
  });

  test('a component without rows is started again at a row that fits worst, and says so', async () => {
    const random = mulberry32(5);
    const x = Array.from({ length: 300 }, (_, i) => [normal(random) + (i % 10 === 0 ? 40 : 0), normal(random)]);
    const ball = [
      [1, 0],
      [0, 1],
    ];
    const start = {
      weights: [0.5, 0.5],
      means: [
        [0, 0],
        [-4000, 0],
      ],
      covariances: [ball, ball],
    };
    const fit = await fitMixture(x, { components: 2, seeding: start, backend });
    expect(fit.diagnostics.repairs).toMatchObject([{ kind: 'reseeded', component: 1, times: 1 }]);
    expect(fit.diagnostics.repairs[0].message).toMatch(
      /^component 1 had lost all its rows and was started again at row \d+$/,
    );
    expectWithin(fit.mixture.means[1][0], 40, 1);
    expectWithin(fit.mixture.weights[1], 0.1, 0.01);
  });
});

/** A cloud, and ten equal rows far from it with a component of their own. */
function withSpike(): { x: number[][]; start: OracleMixture } {
  const random = mulberry32(2);
  const cloud = Array.from({ length: 200 }, () => [normal(random), normal(random)]);
  const ball = [
    [1, 0],
    [0, 1],
  ];
  const start = {
    weights: [0.9, 0.1],
    means: [
      [0, 0],
      [50, 50],
    ],
    covariances: [ball, ball],
  };
  return { x: [...cloud, ...Array.from({ length: 10 }, () => [50, 50])], start };
}
