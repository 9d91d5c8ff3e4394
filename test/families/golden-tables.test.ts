/** Published fits of tables with gaps and of mixed columns, followed step by step through the public functions. */
import { expect, test } from 'vitest';
import { families } from '../../src/families/families.js';
import { fitMixture, loadMixture, product, type Family } from '../../src/index.js';
import { compareParameters } from '../golden/compare.js';
import { tableFits, tableRows, type TableFit } from '../golden/tables.js';
import { expectWithin } from '../within.js';

function familyOf({ blocks }: TableFit): Family {
  const factors = blocks.map(({ family, covariance, columns }) => ({
    columns,
    family: families[family](covariance && { covariance }),
  }));
  return factors.length === 1 ? factors[0].family : product(factors);
}

test.each(tableFits.filter(({ prior }) => !prior).map((fit) => [fit.name, fit] as const))('%s', async (_, fit) => {
  const rows = tableRows(fit);
  const gaps = rows.some((row) => Object.values(row).includes(null));
  const missing = gaps ? 'model' : 'error';
  const { start, optimum, iterations } = fit;
  const result = await fitMixture(rows, {
    ...{ family: familyOf(fit), components: start.weights.length, missing, backend: 'wasm' },
    ...{ seeding: start, maxIterations: iterations, tolerance: 0, regularization: 0 },
  });
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
  const scores = await again.scoreSamples(rows, { missing });
  // Scores of whole rows are float32's; criteria are float64's where the fit ended so, and float32 tells 24 bits of them.
  const apart = diagnostics.precision.includes('then float64') && !gaps;
  expectWithin(scores.reduce((sum, score) => sum + score, 0) / criteria.logLikelihood, 1, apart ? 2 ** -24 : 1e-9);
});
