/** Published fits of tables with gaps and of mixed columns, followed step by step through the public functions. */
import { describe, expect, test } from 'vitest';
import { families } from '../../src/families/families.js';
import { fitMixture, loadMixture, product, type Family, type FitOptions } from '../../src/index.js';
import { compareParameters } from '../golden/compare.js';
import { familyFits } from '../golden/families.js';
import { tableFits, tableRows, type TableFit } from '../golden/tables.js';
import { expectWithin } from '../within.js';

function familyOf({ blocks }: TableFit): Family {
  const factors = blocks.map(({ family, covariance, columns }) => ({
    columns,
    family: families[family](covariance && { covariance }),
  }));
  return factors.length === 1 ? factors[0].family : product(factors);
}

/** Whether a row lacks a value. */
const withGaps = (rows: ReturnType<typeof tableRows>): boolean => rows.some((row) => Object.values(row).includes(null));

/** From the published start, by likelihood or posterior alone. */
function optionsOf(fit: TableFit, gaps: boolean): FitOptions {
  const { start, prior = 'none' } = fit;
  return {
    ...{ family: familyOf(fit), components: start.weights.length, missing: gaps ? 'model' : 'error' },
    ...{ seeding: start, prior, tolerance: 0, regularization: 0, backend: 'wasm' },
  };
}

test.each(tableFits.filter(({ prior }) => !prior).map((fit) => [fit.name, fit] as const))('%s', async (_, fit) => {
  const rows = tableRows(fit);
  const gaps = withGaps(rows);
  const { optimum, iterations } = fit;
  const result = await fitMixture(rows, { ...optionsOf(fit, gaps), maxIterations: iterations });
  for (const [step, value] of Object.entries(fit.trace)) {
    const found = result.objective.at(Number(step) - 1);
    if (Number(step) <= result.objective.length) expectWithin((-rows.length * found!) / value, 1, 1e-6, `step ${step}`);
  }
  const { mixture, criteria, diagnostics } = result;
  expectWithin(criteria.logLikelihood / optimum.logLikelihood, 1, 1e-6, 'optimum');
  compareParameters(fit.name, mixture, optimum);
  expect(mixture.parameters).toBe(optimum.parameters);
  const { gap, dual } = await result.plan.duality();
  expectWithin(gap, 0, 1e-6 * Math.abs(dual));
  const again = await loadMixture(mixture.toJSON());
  const scores = await again.scoreSamples(rows, { missing: gaps ? 'model' : 'error' });
  // Scores of whole rows are float32's; criteria are float64's where the fit ended so, and float32 tells 24 bits of them.
  const apart = diagnostics.precision.includes('then float64') && !gaps;
  expectWithin(scores.reduce((sum, score) => sum + score, 0) / criteria.logLikelihood, 1, apart ? 2 ** -24 : 1e-9);
});

describe('in float64 from the first sweep on, to the last digit', () => {
  test('these and the fits of single families are all 44', () => {
    expect(new Set([...tableFits, ...familyFits].map(({ name }) => name)).size).toBe(44);
  });

  test.each(tableFits.map((fit) => [fit.name, fit] as const))('%s', async (_, fit) => {
    const rows = tableRows(fit);
    const { optimum, iterations, trace } = fit;
    const { criteria, logPrior, objective } = await fitMixture(rows, {
      ...optionsOf(fit, withGaps(rows)),
      ...{ maxIterations: Math.max(1000, 4 * iterations), precision: 'float64' },
    });
    const steps = Object.entries(trace).filter(([step]) => Number(step) > 0 && Number(step) <= objective.length);
    expect(steps.length).toBeGreaterThan(0);
    for (const [step, value] of steps) {
      expectWithin((-rows.length * objective[Number(step) - 1]) / value, 1, 1e-11, `step ${step}`);
    }
    expectWithin(criteria.logLikelihood / optimum.logLikelihood, 1, 1e-10, 'optimum');
    if (optimum.objective === undefined) return;
    expectWithin((criteria.logLikelihood + (logPrior ?? NaN)) / optimum.objective, 1, 1e-11, 'with the prior');
  });
});

/** Steps of a trace that the reference is held to. */
const FEW = 10;

test.each(tableFits.map((fit) => [fit.name, fit] as const))('%s, its first steps by the reference', async (_, fit) => {
  const rows = tableRows(fit);
  const options = { ...optionsOf(fit, withGaps(rows)), maxIterations: FEW, backend: 'cpu' } as const;
  const { objective } = await fitMixture(rows, options);
  const steps = Object.entries(fit.trace).filter(([step]) => Number(step) > 0 && Number(step) <= objective.length);
  expect(steps.length).toBeGreaterThan(0);
  for (const [step, value] of steps) {
    expectWithin((-rows.length * objective[Number(step) - 1]) / value, 1, 1e-6, `step ${step}`);
  }
});
