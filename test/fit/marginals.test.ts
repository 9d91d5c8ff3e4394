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
import { size } from '../cases.js';
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

const runs = { numRuns: size(25, 10) };
/** Where plain Sinkhorn or several fits a run take their time. */
const fewer = { numRuns: size(8, 4) };

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

  test(
    'from the same start it is where a float64 fit with exact inner solves is',
    () =>
      fc.assert(
        fc.asyncProperty(
          scene,
          fc.constantFrom(0.7, 1, 3),
          fc.constantFrom(0.3, 5, Infinity),
          async (drawn, epsilon, rho) => {
            const { x, start, proportions } = drawn;
            const weights = proportions;
            const marginal: Marginal =
              rho === Infinity ? { kind: 'fixed', weights } : { kind: 'relaxed', weights, rho };
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
        { numRuns: 5 }, // plain Sinkhorn takes thousands of sweeps of some
      ),
    240_000,
  );

  test('ρ → 0 is EM with the weights held, ρ → ∞ is fixed', () =>
    fc.assert(
      fc.asyncProperty(scene, async (drawn) => {
        const weights = drawn.proportions;
        const relaxed = (rho: number): Promise<Fit> => fitScene(drawn, { marginal: { kind: 'relaxed', weights, rho } });
        const [loose, tight, fixed] = [await relaxed(1e-5), await relaxed(1e8), await fitScene(drawn)];
        fc.pre([loose, tight, fixed].every(({ diagnostics }) => diagnostics.repairs.length === 0));
        const f = -loose.criteria.meanLogLikelihood;
        expectWithin(last(loose), f, 2e-4, 'F of little ρ and the likelihood at these weights');
        expectWithin(last(tight), last(fixed), 2e-5 * Math.max(1, Math.abs(f)), 'F of much ρ and of fixed');
        if (tight.iterations === fixed.iterations) expectComponentsWithin(tight.mixture, fixed.mixture, 1e-3);
      }),
      fewer,
    ));

  test('permuting components and proportions permutes the fit', () =>
    fc.assert(
      fc.asyncProperty(scene, fc.boolean(), async (drawn, fixed) => {
        const order = drawn.proportions.map((_, k) => k).reverse();
        const permute = <T>(values: readonly T[]): T[] => order.map((k) => values[k]);
        const marginalOf = (weights: number[]): Marginal =>
          fixed ? { kind: 'fixed', weights } : { kind: 'relaxed', weights, rho: 1 };
        const { weights, means, covariances } = drawn.start;
        const seeding = { weights: permute(weights), means: permute(means), covariances: permute(covariances) };
        const one = await fitScene(drawn, { marginal: marginalOf(drawn.proportions) });
        const other = await fitScene(drawn, { marginal: marginalOf(permute(drawn.proportions)), seeding });
        fc.pre(one.diagnostics.repairs.length === 0);
        expectAllWithin(other.mixture.weights, permute(one.mixture.weights), 1e-15);
        expectAllWithin(other.plan.mass, permute(one.plan.mass), 1e-5);
        const expected = { means: permute(one.mixture.means), covariances: permute(one.mixture.covariances) };
        if (one.iterations === other.iterations) expectComponentsWithin(other.mixture, expected, 1e-4);
      }),
      runs,
    ));

  test('a weight of 2 is the row twice', () =>
    fc.assert(
      fc.asyncProperty(scene, async (drawn) => {
        const sampleWeights = drawn.x.map((_, i) => (i % 3 === 0 ? 2 : 1));
        const twice = drawn.x.flatMap((row, i) => (sampleWeights[i] === 2 ? [row, row] : [row]));
        const weighted = await fitScene(drawn, { sampleWeights });
        const repeated = await fitScene({ ...drawn, x: twice });
        fc.pre(weighted.diagnostics.repairs.length === 0);
        expectWithin(last(weighted), last(repeated), 2e-6 * Math.max(1, Math.abs(last(repeated))), 'F');
        if (weighted.iterations === repeated.iterations) {
          expectComponentsWithin(weighted.mixture, repeated.mixture, 1e-4);
        }
      }),
      fewer,
    ));

  test('proportions that maximum likelihood finds itself give back its fit and its F', () =>
    fc.assert(
      fc.asyncProperty(scene, async (drawn) => {
        const tight = { maxIterations: 2000, tolerance: 1e-7 };
        const free = await fitScene(drawn, { ...tight, marginal: { kind: 'free' } });
        fc.pre(free.status === 'converged' && free.diagnostics.repairs.length === 0);
        const { weights, means, covariances } = free.mixture;
        const sure = weights.every((weight) => weight > 0);
        fc.pre(sure);
        const marginal: Marginal = { kind: 'fixed', weights };
        const fixed = await fitScene(drawn, { ...tight, marginal, seeding: { weights, means, covariances } });
        // F of fixed is a bound that is met where the weights are the best there are.
        expectWithin(last(fixed), last(free), 2e-5 * Math.max(1, Math.abs(last(free))), 'F');
        expect(last(fixed)).toBeGreaterThan(last(free) - 2e-5 * Math.max(1, Math.abs(last(free))));
      }),
      fewer,
    ));
});

describe('a fit with prescribed proportions', () => {
  const { x } = problem('unbalanced', { n: 1200, d: 2, k: 3, seed: 4 });
  const weights = [0.1, 0.7, 0.2];
  const marginal: Marginal = { kind: 'fixed', weights };

  test.each(['k-means++', 'k-means', 'random'] as const)(
    'from %s gives the larger cluster the larger proportion, in the order asked for',
    async (seeding) => {
      const fit = await fitMixture(x, { components: 3, marginal, seeding, restarts: 4, backend: 'wasm' });
      expect(fit.status).toBe('converged');
      expectAllWithin(fit.mixture.weights, weights, 1e-15);
      expect(fit.marginalError).toBeLessThanOrEqual(2e-6);
      expect(fit.restarts).toHaveLength(4);
      expect(fit.judged).toBe(Math.min(...fit.restarts.map(({ judged = NaN }) => judged)));
      const labels = await fit.mixture.predict(x);
      const counts = weights.map((_, k) => labels.filter((label) => label === k).length);
      expect(counts[1]).toBe(Math.max(...counts));
    },
  );

  test('is the same bit for bit with the same seed, on any number of threads', async () => {
    const options = { components: 3, marginal, seed: 3, backend: 'wasm' } as const;
    const [one, two] = [
      await fitMixture(x, { ...options, threads: 1 }),
      await fitMixture(x, { ...options, threads: 2 }),
    ];
    expect(two.mixture.toJSON()).toEqual(one.mixture.toJSON());
    expect([two.objective, two.sweeps]).toEqual([one.objective, one.sweeps]);
  });

  test('ends where one that settles exactly throughout ends', async () => {
    const start = { components: 3, marginal, seed: 1, backend: 'cpu' } as const;
    const loose = await fitMixture(x, { ...start, tolerance: 1e-5, maxIterations: 1000 });
    const exact = await fitMixture(x, { ...start, tolerance: 1e-8, maxIterations: 1000 });
    expectWithin(last(loose), last(exact), 1e-3);
    expect(loose.marginalError).toBeLessThanOrEqual(2e-6);
  });

  test('anneals, and counts every sweep', async () => {
    const fit = await fitMixture(x, { components: 3, marginal, epsilon: { from: 4, steps: 3 }, backend: 'cpu' });
    expect(fit.status).toBe('converged');
    expect(fit.sweeps).toBeGreaterThan(fit.iterations + 1);
    expectAllWithin(fit.plan.mass, weights, 2e-6);
  });

  test('returns what is fitted so far when it is aborted', async () => {
    const controller = new AbortController();
    const fit = await fitMixture(x, {
      ...{ components: 3, marginal, tolerance: 0, backend: 'cpu', signal: controller.signal },
      onProgress: ({ iteration }) => iteration === 3 && controller.abort(),
    });
    expect(fit).toMatchObject({ status: 'aborted', iterations: 3 });
    expectAllWithin(fit.mixture.weights, weights, 1e-15);
  });

  test('keeps to them when components start far from all data, or on one another', async () => {
    const ball = [[0.01, 0], [0, 0.01]]; // prettier-ignore
    const seeding = { weights, means: [[500, 500], [0, 0], [0, 0]], covariances: [ball, ball, ball] }; // prettier-ignore
    const fit = await fitMixture(x, { components: 3, marginal, seeding, backend: 'cpu' });
    expectAllWithin(fit.mixture.weights, weights, 1e-15);
    expect(fit.marginalError).toBeLessThanOrEqual(1e-5);
    expect(fit.objective.every(Number.isFinite)).toBe(true);
  });

  test('relaxed, a component that loses its rows starts again and its proportion stays', async () => {
    const ball = [[0.01, 0], [0, 0.01]]; // prettier-ignore
    const seeding = { weights, means: [[500, 500], [0, 0], [5, 5]], covariances: [ball, ball, ball] }; // prettier-ignore
    const relaxed: Marginal = { kind: 'relaxed', weights, rho: 0.1 };
    const fit = await fitMixture(x, { components: 3, marginal: relaxed, seeding, backend: 'cpu' });
    expect(fit.diagnostics.repairs.map(({ kind }) => kind)).toContain('reseeded');
    expectAllWithin(fit.mixture.weights, weights, 1e-15);
    expect(fit.objective.every(Number.isFinite)).toBe(true);
  });

  test('of more than 256 components, where no coupling is summed', async () => {
    const k = 260;
    const even: Marginal = { kind: 'fixed', weights: new Array<number>(k).fill(1 / k) };
    const family = gaussian({ covariance: 'spherical' });
    const fit = await fitMixture(x, { components: k, marginal: even, family, maxIterations: 3, regularization: 0.1 });
    expect(fit.marginalError).toBeLessThanOrEqual(1e-5);
  });
});
