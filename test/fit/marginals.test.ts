/** Laws of fits with prescribed proportions, on composites and on SIMD, against a plain float64 Sinkhorn-EM. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fitMixture,
  gaussian,
  type BackendName,
  type CovarianceForm,
  type Fit,
  type FitOptions,
  type Marginal,
} from '../../src/index.js';
import {
  constrain,
  mulberry32,
  problem,
  sinkhornEm,
  sum,
  type OracleMixture,
  type ProblemName,
} from '../oracle/index.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';

const covariance = fc.constantFrom<CovarianceForm>('full', 'tied', 'diag', 'spherical');
const backend = fc.constantFrom<BackendName>('cpu', 'wasm');
const name = fc.constantFrom<ProblemName>('separated', 'overlapping', 'unbalanced', 'offset');

/** Random problems with a start and proportions that are not the start's. */
const scene = fc
  .record({
    ...{ name, covariance, backend, seed: fc.integer({ min: 0, max: 10_000 }) },
    ...{ d: fc.integer({ min: 1, max: 3 }), k: fc.integer({ min: 1, max: 4 }) },
  })
  .map((drawn) => {
    const { x, start, truth } = problem(drawn.name, { ...drawn, n: 150 + (drawn.seed % 50) });
    const random = mulberry32(drawn.seed);
    // Near the truth: rows that must go to a far component leave its covariance to a handful of them.
    const raw = truth.weights.map((weight) => weight * (0.7 + 0.6 * random()));
    const proportions = raw.map((value) => value / sum(raw));
    return { ...drawn, x, start: constrain(start, drawn.covariance), proportions };
  });
type Scene = {
  x: number[][];
  start: OracleMixture;
  covariance: CovarianceForm;
  backend: BackendName;
  proportions: number[];
};

const runs = { numRuns: 25 };

function fitScene({ x, start, proportions, ...drawn }: Scene, options: Partial<FitOptions> = {}): Promise<Fit> {
  return fitMixture(x, {
    family: gaussian({ covariance: drawn.covariance }),
    components: proportions.length,
    marginal: { kind: 'fixed', weights: proportions },
    seeding: start,
    maxIterations: 8,
    tolerance: 0,
    regularization: 0,
    backend: drawn.backend,
    ...options,
  });
}

const last = ({ objective }: Fit): number => objective[objective.length - 1];

describe('laws', () => {
  test('fixed: the plan’s column masses are the proportions, and so are the mixture’s weights', () =>
    fc.assert(
      fc.asyncProperty(scene, fc.constantFrom(0.5, 1, 2), async (drawn, epsilon) => {
        const { mixture, plan, marginalError } = await fitScene(drawn, { epsilon });
        expect(marginalError).toBeLessThanOrEqual(2e-6);
        expectAllWithin(mixture.weights, drawn.proportions, 1e-15);
        expectAllWithin(plan.mass, drawn.proportions, 2e-6);
      }),
      runs,
    ));

  test('F never rises by more than inner solves and rounding leave, at any temperature, fixed and relaxed', () =>
    fc.assert(
      fc.asyncProperty(
        scene,
        fc.constantFrom(0.5, 1, 2),
        fc.constantFrom(0.01, 1, 100, Infinity),
        async (drawn, epsilon, rho) => {
          const weights = drawn.proportions;
          const marginal: Marginal = rho === Infinity ? { kind: 'fixed', weights } : { kind: 'relaxed', weights, rho };
          const { objective, diagnostics } = await fitScene(drawn, { epsilon, marginal });
          fc.pre(diagnostics.repairs.length === 0);
          objective.forEach((value, t) => {
            if (t > 0) expect(value - objective[t - 1]).toBeLessThan(2e-6 * Math.max(1, Math.abs(value)));
          });
        },
      ),
      runs,
    ));

  test('from the same start it is where a float64 fit with exact inner solves is', () =>
    fc.assert(
      fc.asyncProperty(
        scene,
        fc.constantFrom(0.7, 1, 3),
        fc.constantFrom(0.3, 5, Infinity),
        async (drawn, epsilon, rho) => {
          const { x, start, proportions } = drawn;
          const weights = proportions;
          const marginal: Marginal = rho === Infinity ? { kind: 'fixed', weights } : { kind: 'relaxed', weights, rho };
          const fit = await fitScene(drawn, { epsilon, marginal });
          fc.pre(fit.diagnostics.repairs.length === 0);
          const iterations = fit.iterations;
          const options = { covariance: drawn.covariance, proportions, epsilon, rho, maxIterations: iterations };
          const oracle = sinkhornEm(x, start, options);
          const f = oracle.objective[iterations - 1];
          expectWithin(last(fit), f, 1e-6 * Math.max(1, Math.abs(f)), 'F');
          expectAllWithin(fit.plan.mass, oracle.last.mass, 1e-5, 'mass');
          expectComponentsWithin(fit.mixture, oracle.mixture, 1e-4);
        },
      ),
      runs,
    ));
});
