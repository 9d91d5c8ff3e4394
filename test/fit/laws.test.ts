import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, type CovarianceForm, type FitOptions, type Source } from '../../src/index.js';
import {
  constrain,
  em,
  mulberry32,
  objectivePrimal,
  plan,
  problem,
  type OracleMixture,
  type ProblemName,
} from '../oracle/index.js';
import { size } from '../cases.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';

const covariance = fc.constantFrom<CovarianceForm>('full', 'tied', 'diag', 'spherical');
const seed = fc.integer({ min: 0, max: 10_000 });
const name = fc.constantFrom<ProblemName>('separated', 'overlapping', 'unbalanced', 'offset');

/** A random problem with a start of the covariance type. */
const scene = fc
  .record({ name, covariance, seed, d: fc.integer({ min: 1, max: 4 }), k: fc.integer({ min: 1, max: 4 }) })
  .map((drawn) => {
    const { x, start } = problem(drawn.name, { ...drawn, n: 150 + (drawn.seed % 50) });
    return { ...drawn, x, start: constrain(start, drawn.covariance) };
  });
type Scene = { x: number[][]; start: OracleMixture; covariance: CovarianceForm };

const runs = { numRuns: size(25, 10) };

function fitScene({ x, start, covariance: form }: Scene, options: Partial<FitOptions> = {}) {
  return fitMixture(x, {
    family: gaussian({ covariance: form }),
    components: start.weights.length,
    seeding: start,
    maxIterations: 12,
    tolerance: 0,
    regularization: 0,
    backend: 'cpu',
    ...options,
  });
}

/** One start moved by x ↦ shift + scale · x. */
function moved(start: OracleMixture, shift: number[], scale: number[]): OracleMixture {
  return {
    weights: start.weights,
    means: start.means.map((mean) => mean.map((value, j) => shift[j] + scale[j] * value)),
    covariances: start.covariances.map((one) =>
      one.map((row, i) => row.map((value, j) => value * scale[i] * scale[j])),
    ),
  };
}

describe('laws', () => {
  test('the objective never rises by more than rounding, at any temperature', () =>
    fc.assert(
      fc.asyncProperty(scene, fc.constantFrom(0, 0.5, 1, 2), async (drawn, epsilon) => {
        const { objective, diagnostics } = await fitScene(drawn, { epsilon });
        fc.pre(diagnostics.repairs.length === 0);
        objective.forEach((value, t) => {
          if (t > 0) expect(value - objective[t - 1]).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
        });
      }),
      runs,
    ));

  test('F at ε = 1 is the negative mean log-likelihood, and the primal value of the plan', () =>
    fc.assert(
      fc.asyncProperty(scene, async (drawn) => {
        const fit = await fitScene(drawn);
        const { mixture, criteria } = fit;
        const f = fit.objective[fit.objective.length - 1];
        const scale = Math.max(1, Math.abs(f));
        expectWithin(f, -criteria.meanLogLikelihood, 1e-6 * scale);
        expectWithin(f, -(await mixture.score(drawn.x, { backend: 'cpu' })), 1e-6 * scale);
        const fitted = { weights: mixture.weights, means: mixture.means, covariances: mixture.covariances };
        expectWithin(f, objectivePrimal(plan(drawn.x, undefined, fitted), drawn.x, undefined, fitted), 1e-6 * scale);
      }),
      runs,
    ));

  test('any batching gives the one-batch result, bit for bit', () =>
    fc.assert(
      fc.asyncProperty(
        scene,
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
        async (drawn, sizes) => {
          const whole = await fitScene(drawn, { seeding: 'k-means++' });
          const source = batched(drawn.x, sizes);
          const parts = await fitMixture(source, {
            family: gaussian({ covariance: drawn.covariance }),
            components: drawn.start.weights.length,
            maxIterations: 12,
            tolerance: 0,
            regularization: 0,
            backend: 'cpu',
          });
          expect(parts.mixture.toJSON()).toEqual({
            ...whole.mixture.toJSON(),
            provenance: expect.anything() as unknown,
          });
          expect(parts.objective).toEqual(whole.objective);
        },
      ),
      runs,
    ));

  test('permuting rows changes nothing', () =>
    fc.assert(
      fc.asyncProperty(scene, async (drawn) => {
        const order = shuffled(drawn.x.length, 99);
        const one = await fitScene(drawn);
        const other = await fitScene({ ...drawn, x: order.map((row) => drawn.x[row]) });
        expectWithin(
          other.criteria.logLikelihood,
          one.criteria.logLikelihood,
          1e-6 * Math.abs(one.criteria.logLikelihood) + 1e-4,
        );
        expectComponentsWithin(other.mixture, one.mixture, 1e-4);
      }),
      runs,
    ));

  test('permuting components permutes them', () =>
    fc.assert(
      fc.asyncProperty(scene, async (drawn) => {
        const order = shuffled(drawn.start.weights.length, 5);
        const permute = <T>(values: readonly T[]): T[] => order.map((index) => values[index]);
        const { weights, means, covariances } = drawn.start;
        const start = { weights: permute(weights), means: permute(means), covariances: permute(covariances) };
        const one = (await fitScene(drawn)).mixture;
        const other = (await fitScene({ ...drawn, start })).mixture;
        expectAllWithin(other.weights, permute(one.weights), 1e-4);
        expectComponentsWithin(other, { means: permute(one.means), covariances: permute(one.covariances) }, 1e-4);
      }),
      runs,
    ));

  test('shifting and scaling columns shifts and scales the fit, and log-likelihoods by the volume', () =>
    fc.assert(
      fc.asyncProperty(
        scene,
        fc.integer({ min: -1000, max: 1000 }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        async (drawn, offset, factor) => {
          const d = drawn.x[0].length;
          const shift = Array.from({ length: d }, (_, j) => offset * (j + 1));
          // Unlike scales would not leave balls balls.
          const scale = Array.from({ length: d }, (_, j) =>
            drawn.covariance === 'spherical' ? factor : factor ** (1 - j),
          );
          const x = drawn.x.map((row) => row.map((value, j) => shift[j] + scale[j] * value));
          const one = await fitScene(drawn);
          const other = await fitScene({ ...drawn, x, start: moved(drawn.start, shift, scale) });
          const volume = drawn.x.length * scale.reduce((sum, value) => sum + Math.log(value), 0);
          const expected = one.criteria.logLikelihood - volume;
          expectWithin(other.criteria.logLikelihood, expected, 2e-6 * (Math.abs(expected) + Math.abs(volume)) + 1e-4);
          const { weights, means, covariances } = one.mixture;
          expectAllWithin(other.mixture.weights, weights, 1e-4);
          expectComponentsWithin(other.mixture, moved({ weights, means, covariances }, shift, scale), 2e-4);
        },
      ),
      runs,
    ));

  test('a weight of 2 is the row twice', () =>
    fc.assert(
      fc.asyncProperty(scene, async (drawn) => {
        const weights = drawn.x.map((_, i) => (i % 3 === 0 ? 2 : 1));
        const twice = drawn.x.flatMap((row, i) => (weights[i] === 2 ? [row, row] : [row]));
        const weighted = await fitScene(drawn, { sampleWeights: weights });
        const repeated = await fitScene({ ...drawn, x: twice });
        const { logLikelihood, bic, aic, icl } = repeated.criteria;
        expectWithin(weighted.criteria.logLikelihood, logLikelihood, 1e-6 * Math.abs(logLikelihood) + 1e-4);
        expectWithin(weighted.criteria.bic, bic, 1e-6 * Math.abs(bic) + 1e-3);
        expectWithin(weighted.criteria.aic, aic, 1e-6 * Math.abs(aic) + 1e-3);
        expectWithin(weighted.criteria.icl, icl, 1e-5 * Math.abs(icl) + 1e-3);
        expectComponentsWithin(weighted.mixture, repeated.mixture, 1e-4);
      }),
      runs,
    ));

  test('a row of weight 0 might as well not be there', () =>
    fc.assert(
      fc.asyncProperty(scene, async (drawn) => {
        const outlier = drawn.x[0].map((value) => value + 50);
        const x = [...drawn.x, outlier];
        const weighted = await fitScene({ ...drawn, x }, { sampleWeights: x.map((row) => (row === outlier ? 0 : 1)) });
        const without = await fitScene(drawn);
        expectComponentsWithin(weighted.mixture, without.mixture, 1e-4);
      }),
      runs,
    ));

  test('after the same iterations it is where a float64 fit is, at any temperature', () =>
    fc.assert(
      fc.asyncProperty(scene, fc.constantFrom(0.5, 1, 3), async (drawn, epsilon) => {
        const options = { covariance: drawn.covariance, epsilon, maxIterations: 12, tolerance: -Infinity };
        const oracle = em(drawn.x, drawn.start, options);
        const fit = await fitScene(drawn, { epsilon });
        const f = oracle.objective[fit.iterations - 1];
        expectWithin(fit.objective[fit.iterations - 1], f, 1e-6 * Math.max(1, Math.abs(f)));
        if (fit.iterations === 12) expectComponentsWithin(fit.mixture, oracle.mixture, 1e-4);
      }),
      runs,
    ));
});

/** A source that hands rows over in batches of these sizes, again and again. */
function batched(x: number[][], sizes: readonly number[]): Source {
  return {
    name: 'batched',
    columns: x[0].map((_, j) => `x${j}`),
    async *batches() {
      for (let from = 0, turn = 0; from < x.length; turn++) {
        const rows = x.slice(from, from + sizes[turn % sizes.length]);
        from += rows.length;
        yield { rows: rows.length, values: Float64Array.from(rows.flat()) };
      }
    },
  };
}

function shuffled(length: number, from: number): number[] {
  const random = mulberry32(from);
  return Array.from({ length }, (_, index) => ({ index, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ index }) => index);
}
