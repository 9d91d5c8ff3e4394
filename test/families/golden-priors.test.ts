/** Published fits to modes of the posterior, followed step by step through the public functions. */
import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, loadMixture, type FitOptions } from '../../src/index.js';
import { tableFits, tableRows, type TableFit } from '../golden/tables.js';
import { expectComponentsWithin, expectAllWithin, expectWithin } from '../within.js';

const known = tableFits.filter(({ prior }) => prior).map((fit) => [fit.name, fit] as const);

function optionsOf({ prior, start, iterations }: TableFit): FitOptions {
  return {
    ...{ family: gaussian(), components: start.weights.length, seeding: start, prior: prior ?? 'none' },
    ...{ maxIterations: iterations, tolerance: 0, regularization: 0 },
  };
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  test.each(known)('%s: every step, and the optimum', async (_, fit) => {
    const rows = tableRows(fit);
    const n = rows.length;
    const { trace, optimum } = fit;
    const options = { ...optionsOf(fit), backend };
    const result = await fitMixture(rows, options);
    const start = await fitMixture(rows, { ...options, maxIterations: 0 });
    const found = [...start.objective, ...result.objective];
    for (const [step, value] of Object.entries(trace)) {
      if (Number(step) < found.length) expectWithin((-n * found[Number(step)]) / value, 1, 1e-6, `step ${step}`);
    }
    expect(found.length).toBeGreaterThan(10);
    const { mixture, criteria, logPrior = NaN, plan } = result;
    expectWithin(criteria.logLikelihood / optimum.logLikelihood, 1, 1e-6, 'log-likelihood');
    expectWithin((criteria.logLikelihood + logPrior) / (optimum.objective ?? NaN), 1, 1e-6, 'with the prior');
    expectWithin(-n * result.objective[result.objective.length - 1], criteria.logLikelihood + logPrior, 1e-5, 'F');
    expectAllWithin(mixture.weights, optimum.weights, 1e-4);
    const [{ means, covariances }] = optimum.components as { means: number[][]; covariances: number[][][] }[];
    expectComponentsWithin(mixture, { means, covariances }, 1e-4);
    expect(mixture.parameters).toBe(optimum.parameters);
    expectWithin((await plan.duality()).gap, 0, 1e-5);
    const again = await loadMixture(mixture.toJSON());
    expect(again.provenance?.options).toMatchObject({ prior: fit.prior });
    expectWithin((await again.score(rows)) * n, criteria.logLikelihood, 1e-6 * Math.abs(criteria.logLikelihood));
  });

  test.each(known)('%s: the default prior has these numbers', async (_, fit) => {
    const rows = tableRows(fit);
    const options = { ...optionsOf(fit), backend, maxIterations: 5 };
    const [given, own] = await Promise.all([
      fitMixture(rows, options),
      fitMixture(rows, { ...options, prior: 'default' }),
    ]);
    expectAllWithin(own.objective, given.objective, 1e-6);
  });
});
