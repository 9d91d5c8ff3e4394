/** Published fits of every family, followed step by step through the public functions. */
import { describe, expect, test } from 'vitest';
import { fitMixture } from '../../src/index.js';
import { families } from '../../src/families/families.js';
import { cases, combinations, grouped } from '../cases.js';
import { wantedBackends } from '../devices.js';
import { familyFits, familyRows, type FamilyFit } from '../golden/families.js';
import { compareParameters } from '../golden/compare.js';
import { expectWithin } from '../within.js';

const known = familyFits.filter(({ family, columns }) => Object.hasOwn(families, family) && columns.length > 0);

/** Parameters as `mixture.components` has them. */
function parametersOf({ family }: FamilyFit, { parameters }: FamilyFit['start']): Record<string, unknown> {
  const entries = Object.entries(parameters).map(([name, values]) => [
    name,
    family === 'categorical' || ['concentrations', 'degrees'].includes(name) ? values : (values as (number | number[])[]).map((own) => (typeof own === 'number' ? [own] : own)), // prettier-ignore
  ]);
  return { family, ...(Object.fromEntries(entries) as Record<string, unknown>) };
}

/** Every fit somewhere, and every family on each backend. */
const everywhere = cases(
  combinations({ backend: ['cpu', 'wasm', ...wantedBackends] as const, fit: known }),
  ({ backend, fit }) => [fit.name, `${fit.family} on ${backend}`],
  ({ backend, fit }) => fit.iterations * (backend === 'wasm' ? 1 : 10),
);

describe.each(grouped(everywhere, 'backend'))('on $level', ({ level: backend, cases: some }) => {
  test.each(some.map(({ fit }) => [fit.name, fit] as const))('%s', async (_, fit) => {
    const { rows, counts } = familyRows(fit);
    const n = counts.reduce((sum, count) => sum + count, 0);
    const result = await fitMixture(rows, {
      family: families[fit.family](fit.options),
      components: fit.start.weights.length,
      sampleWeights: counts,
      seeding: { weights: fit.start.weights, components: [parametersOf(fit, fit.start)] },
      maxIterations: fit.iterations,
      tolerance: 0,
      missing: fit.name.includes('missing') ? 'model' : 'error',
      backend,
    });
    for (const [step, value] of Object.entries(fit.trace)) {
      const found = result.objective.at(Number(step) - 1);
      if (Number(step) > 0 && found !== undefined && Number(step) <= result.objective.length)
        expectWithin((-n * found) / value, 1, 1e-6, `step ${step}`);
    }
    expectWithin(result.criteria.logLikelihood / fit.optimum.logLikelihood, 1, 1e-6);
    const { family, ...known } = parametersOf(fit, fit.optimum);
    expect(result.mixture.components[0].family).toBe(family);
    compareParameters(fit.name, result.mixture, { weights: fit.optimum.weights, components: [known] });
    expect(result.status).not.toBe('aborted');
  });
});

/** Of each family the fit that takes fewest iterations, of several components where there is one. */
const shortest = [...new Set(known.map(({ family }) => family))].map((family) => {
  const own = known.filter((fit) => fit.family === family);
  const several = own.filter(({ start }) => start.weights.length > 1);
  return (several.length > 0 ? several : own).reduce((a, b) => (b.iterations < a.iterations ? b : a));
});
/** Iterations on a software adapter. */
const FEW = 10;

test.each(shortest.map((fit) => [fit.family, fit.name, fit] as const))(
  '%s on webgpu: %s',
  async (family, name, fit) => {
    const { rows, counts } = familyRows(fit);
    const n = counts.reduce((sum, count) => sum + count, 0);
    const { objective, diagnostics, mixture } = await fitMixture(rows, {
      ...{ family: families[family](fit.options), components: fit.start.weights.length, sampleWeights: counts },
      ...{ seeding: { weights: fit.start.weights, components: [parametersOf(fit, fit.start)] } },
      ...{ maxIterations: FEW, tolerance: 0, backend: 'webgpu' },
    });
    expect([diagnostics.backend, mixture.components[0].family]).toEqual(['webgpu', family]);
    const steps = Object.entries(fit.trace).filter(([step]) => Number(step) > 0 && Number(step) <= objective.length);
    expect(steps.length).toBeGreaterThan(0);
    for (const [step, value] of steps) expectWithin((-n * objective[Number(step) - 1]) / value, 1, 1e-6, `${name}, step ${step}`); // prettier-ignore
  },
);

describe('before the first step, F is that of the start', () => {
  test.each(known.filter(({ trace }) => '0' in trace).map((fit) => [fit.name, fit] as const))(
    '%s',
    async (name, fit) => {
      const { rows, counts } = familyRows(fit);
      const { criteria } = await fitMixture(rows, {
        ...{ family: families[fit.family](fit.options), components: fit.start.weights.length, sampleWeights: counts },
        ...{ seeding: { weights: fit.start.weights, components: [parametersOf(fit, fit.start)] } },
        ...{ maxIterations: 0, missing: name.includes('missing') ? 'model' : 'error', backend: 'wasm' },
      });
      expectWithin(criteria.logLikelihood / fit.trace['0'], 1, 1e-6);
    },
  );
});

// Traces of Student-t depend on how each ν is solved for, optima do not.
describe('in float64 from the first sweep on, to the last digit', () => {
  const some = cases(
    known,
    ({ family, name }) => [family, name.includes('missing')],
    ({ iterations }) => iterations,
  );
  test.each(some.map((fit) => [fit.name, fit] as const))('%s', async (name, fit) => {
    const { rows, counts } = familyRows(fit);
    const n = counts.reduce((sum, count) => sum + count, 0);
    const result = await fitMixture(rows, {
      family: families[fit.family](fit.options),
      components: fit.start.weights.length,
      sampleWeights: counts,
      seeding: { weights: fit.start.weights, components: [parametersOf(fit, fit.start)] },
      ...{ maxIterations: Math.max(5000, 4 * fit.iterations), tolerance: 0, precision: 'float64', backend: 'wasm' },
      missing: name.includes('missing') ? 'model' : 'error',
    });
    const { logLikelihood } = fit.optimum;
    for (const [step, value] of Object.entries(fit.trace)) {
      const found = result.objective.at(Number(step) - 1);
      if (Number(step) > 0 && found !== undefined && Number(step) <= result.objective.length)
        expectWithin((-n * found) / value, 1, name.startsWith('student') ? 1e-8 : 1e-9, `step ${step}`);
    }
    expectWithin(result.criteria.logLikelihood / logLikelihood, 1, 1e-9);
  });
});
