import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import {
  fitMixture,
  gaussian,
  type BackendName,
  type CovarianceForm,
  type Fit,
  type Marginal,
} from '../../src/index.js';
import { costsOf, relativeEntropy } from '../../src/mixture/primal.js';
import { logDensities, objectivePrimal, problem, sum } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';

const weights = [0.3, 0.5, 0.2];
const marginals: Record<string, Marginal> = {
  free: { kind: 'free' },
  fixed: { kind: 'fixed', weights },
  relaxed: { kind: 'relaxed', weights, rho: 0.7 },
};
const { x } = problem('offset', { n: 400, d: 2, k: 3, seed: 8 });

async function planOf(fit: Fit): Promise<{ plan: number[][]; rowMasses: number[] }> {
  const plan: number[][] = [];
  const rowMasses: number[] = [];
  const { k } = fit.mixture;
  for await (const block of fit.plan.rows()) {
    expect(block.start).toBe(plan.length);
    for (let i = 0; i < block.rows; i++) plan.push(Array.from(block.plan.subarray(i * k, (i + 1) * k)));
    rowMasses.push(...block.rowMasses);
  }
  return { plan, rowMasses };
}

describe('the plan of a fit', () => {
  test.each(Object.keys(marginals))('%s: rows sum to a, columns to m, and it is F entry by entry', (kind) =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom<CovarianceForm>('full', 'tied', 'diag', 'spherical'),
        fc.constantFrom<BackendName>('cpu', 'wasm'),
        fc.constantFrom(0.5, 1, 2),
        fc.boolean(),
        async (covariance, backend, epsilon, weighted) => {
          const family = gaussian({ covariance });
          const sampleWeights = x.map((_, i) => (weighted ? 1 + (i % 3) : 1));
          const options = {
            components: 3,
            family,
            backend,
            epsilon,
            sampleWeights,
            tolerance: 1e-6,
            maxIterations: 30,
          };
          const fit = await fitMixture(x, { ...options, marginal: marginals[kind] });
          const { plan, rowMasses } = await planOf(fit);
          const a = sampleWeights.map((weight) => weight / sum(sampleWeights));
          expectAllWithin(rowMasses, a, 1e-15);
          expectAllWithin(plan.map(sum), a, 1e-8, 'row sums');
          const columns = weights.map((_, k) => sum(plan.map((row) => row[k])));
          expectAllWithin(columns, fit.plan.mass, 1e-6, 'column sums');
          expect(fit.plan).toMatchObject({ epsilon, weights: fit.mixture.weights });
          const { primal, dual, gap } = await fit.plan.duality();
          expect([dual, gap]).toEqual([fit.objective[fit.iterations - 1], primal - dual]);
          expectWithin(gap, 0, 5e-6 * Math.max(1, Math.abs(dual)), 'gap');
          // The oracle's primal value of the same plan, its costs by its own arithmetic.
          const penalty = kind === 'relaxed' ? 0.7 * relativeEntropy(fit.plan.mass, weights) : 0;
          expectWithin(primal, objectivePrimal(plan, x, a, fit.mixture, epsilon) + penalty, 5e-6 * Math.abs(dual));
        },
      ),
      { numRuns: 8 },
    ),
  );

  test('at ε = 1 and free, the negative mean log-likelihood is the least F', async () => {
    const fit = await fitMixture(x, { components: 3, backend: 'wasm' });
    const { primal } = await fit.plan.duality();
    expectWithin(-fit.criteria.meanLogLikelihood, primal, 5e-6);
    expect(fit.marginalError).toBe(0);
    expect(fit.plan.potential).toEqual([0, 0, 0]);
  });

  test('hard assignment is a plan of whole rows', async () => {
    const fit = await fitMixture(x, { components: 3, epsilon: 0, backend: 'cpu' });
    const { plan } = await planOf(fit);
    for (const row of plan) expect([...row].sort((p, q) => q - p)).toEqual([1 / x.length, 0, 0]);
    const { gap } = await fit.plan.duality();
    expectWithin(gap, 0, 1e-5);
  });

  test('leaves out the rows that the fit left out, and frees what it took', async () => {
    const holes = x.map(([u, v], i) => (i % 10 === 0 ? [NaN, v] : [u, v]));
    const before = tf.memory().numTensors;
    const fit = await fitMixture(holes, { components: 2, missing: 'drop', backend: 'cpu' });
    const { plan } = await planOf(fit);
    expect(plan).toHaveLength(360);
    for await (const block of fit.plan.rows()) {
      expect(block.rows).toBeGreaterThan(0);
      break; // ends the read early
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('relativeEntropy', () => {
  test('is Σ p log(p/q) − p + q, with 0 log 0 = 0', () => {
    expectWithin(relativeEntropy([1, 0], [0.5, 0.25]), Math.log(2) - 1 + 0.75, 1e-15);
    expect(relativeEntropy([0.2, 0.8], [0.2, 0.8])).toBe(0);
  });
});

describe('costsOf', () => {
  test.each(['full', 'tied', 'diag', 'spherical'] as const)('is −log p of the oracle, %s', (covariance) => {
    const family = gaussian({ covariance });
    const identity = { shift: Float64Array.of(0, 0), scale: Float64Array.of(1, 1) };
    const means = [[0, 1], [2, 3]]; // prettier-ignore
    const covariances = covariance === 'full' || covariance === 'tied' ? [[2, 0.5], [0.5, 1]] : [[2, 0], [0, 2]]; // prettier-ignore
    const dense = { means, covariances: [covariances, covariances] };
    const packed = family.pack(family.fromParameters(dense, 'start'));
    const expected = logDensities([[1.5, -0.25]], { weights: [0.5, 0.5], ...dense });
    expectAllWithin(
      costsOf(packed, identity)(Float64Array.of(9, 9, 1.5, -0.25), 1),
      expected[0].map((log) => -log),
      1e-6,
    );
  });
});
