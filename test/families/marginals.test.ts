/** What single columns are like: distributions of total 1 that have the moments of their family, and its density. */
import { describe, expect, test } from 'vitest';
import * as all from '../../src/families/all.js';
import type { Parameters } from '../../src/families/components.js';
import type { Family } from '../../src/families/family.js';
import { columnMarginals, type ColumnMarginal } from '../../src/families/marginals.js';
import { Mixture } from '../../src/mixture/mixture.js';
import { expectWithin } from '../within.js';

function marginalsOf(family: Family, parameters: Parameters): { mixture: Mixture; marginals: ColumnMarginal[] } {
  const components = family.fromParameters(parameters, 'test');
  const mixture = new Mixture({ family, weights: new Float64Array(components.k).fill(1 / components.k), components });
  return { mixture, marginals: columnMarginals(mixture) };
}

/** Σ or ∫ of x^power p(x): midpoints of steps over an interval. */
function moment(marginal: ColumnMarginal, c: number, power: number, [low, high]: readonly [number, number], step = 1) {
  const density = marginal.logDensity(c, 30);
  let sum = 0;
  for (let i = 0; i < Math.round((high - low) / step); i++) {
    const x = low + (i + (step === 1 ? 0 : 0.5)) * step;
    sum += x ** power * Math.exp(density(x)) * step;
  }
  return sum;
}

const cases: readonly (readonly [
  name: string,
  family: Family,
  parameters: Parameters,
  interval: readonly [number, number],
  step: number,
])[] = [
  ['gaussian', all.gaussian(), { means: [[1], [4]], covariances: [[[4]], [[0.25]]] }, [-19, 21], 0.001],
  ['studentT', all.studentT(), { means: [[1], [4]], scales: [[[4]], [[0.25]]], degrees: [9, 30] }, [-2999, 3001], 0.01],
  ['logNormal', all.logNormal(), { meanLogs: [[0], [1]], varianceLogs: [[0.1], [0.3]] }, [0, 400], 0.002],
  ['exponential', all.exponential(), { rates: [[0.5], [2]] }, [0, 80], 0.001],
  ['gamma', all.gamma(), { shapes: [[2.5], [7]], rates: [[0.5], [2]] }, [0, 90], 0.001],
  ['beta', all.beta(), { alphas: [[2.5], [7]], betas: [[4], [2]] }, [0, 1], 1e-5],
  ['poisson', all.poisson(), { rates: [[0.3], [12]] }, [0, 100], 1],
  ['geometric', all.geometric(), { probabilities: [[0.3], [0.9]] }, [0, 200], 1],
  ['negativeBinomial', all.negativeBinomial(), { means: [[3], [12]], sizes: [[0.7], [40]] }, [0, 600], 1],
  ['negativeBinomial of a size', all.negativeBinomial({ size: 2 }), { means: [[3], [12]] }, [0, 600], 1],
  ['bernoulli', all.bernoulli(), { probabilities: [[0.3], [1]] }, [0, 2], 1],
];

describe.each(cases)('%s', (_, family, parameters, interval, step) => {
  const { mixture, marginals } = marginalsOf(family, parameters);
  const [marginal] = marginals;

  test.each([0, 1])('component %i has total 1, and the mean and deviation of its family', (c) => {
    const [total, mean, second] = [0, 1, 2].map((power) => moment(marginal, c, power, interval, step));
    expectWithin(total, 1, 1e-6);
    expectWithin(mean, mixture.columnMeans[c][0], 1e-6);
    expectWithin(Math.sqrt(Math.max(0, second - mean ** 2)) + 1, mixture.columnDeviations[c][0] + 1, 1e-6);
  });
});

test.each([2, 3, 5])('an axis of directions in %i columns has total 1 and the mean of its family', (d) => {
  const mean = Array.from({ length: d }, (_, j) => (j === 0 ? 0.8 : 0.6 / Math.sqrt(d - 1)));
  const { mixture, marginals } = marginalsOf(all.vonMisesFisher(), { means: [mean], concentrations: [4] });
  for (const [j, marginal] of marginals.entries()) {
    const density = marginal.logDensity(0);
    const [steps, sums] = [20000, [0, 0]];
    for (let i = 0; i < steps; i++) {
      const angle = (Math.PI * (i + 0.5)) / steps; // t = cos angle: on a circle p is infinite at both ends
      const share = (Math.exp(density(Math.cos(angle))) * Math.sin(angle) * Math.PI) / steps;
      sums[0] += share;
      sums[1] += share * Math.cos(angle);
    }
    expectWithin(sums[0], 1, 1e-6);
    expectWithin(sums[1], mixture.columnMeans[0][j], 1e-6);
  }
});

test('the ends of an axis of directions have densities in three columns: κ e^{κμt} / (2 sinh κ) along the mean', () => {
  const { marginals } = marginalsOf(all.vonMisesFisher(), { means: [[0, 0, 1]], concentrations: [2] });
  for (const t of [-1, 0.3, 1]) {
    expectWithin(Math.exp(marginals[2].logDensity(0)(t)), (2 * Math.exp(2 * t)) / (2 * Math.sinh(2)), 1e-12);
  }
});

test('a count of a multinomial is binomial, given the sum of the row', () => {
  const { marginals } = marginalsOf(all.multinomial(), { probabilities: [[0.2, 0.8, 0]] });
  expect(marginals.map(({ kind }) => kind)).toEqual(['count', 'count', 'count']);
  expectWithin(moment(marginals[0], 0, 0, [0, 40]), 1, 1e-12);
  expectWithin(moment(marginals[0], 0, 1, [0, 40]), 30 * 0.2, 1e-12);
  expectWithin(Math.exp(marginals[1].logDensity(0, 2)(1)), 2 * 0.2 * 0.8, 1e-12);
  expect(marginals[2].logDensity(0, 30)(0)).toBeCloseTo(0, 9);
});

test('densities that are infinite at the end of their range are numbers there', () => {
  const [gammas, betas] = [marginalsOf(all.gamma(), { shapes: [[1]], rates: [[3]] }), marginalsOf(all.beta(), { alphas: [[1]], betas: [[1]] })]; // prettier-ignore
  expectWithin(Math.exp(gammas.marginals[0].logDensity(0)(0)), 3, 1e-12);
  for (const x of [0, 1]) expectWithin(Math.exp(betas.marginals[0].logDensity(0)(x)), 1, 1e-12);
});

test('columns of a product know their block, and those of an unknown family are Gaussians of their moments', () => {
  const [one, two] = columnMarginals({
    columns: ['a', 'b'],
    components: [
      { family: 'strange', columns: ['b'], what: [1] },
      { family: 'poisson', columns: ['a'], rates: [[2]] },
    ],
    columnMeans: [[2, 5]],
    columnDeviations: [[Math.SQRT2, 3]],
  });
  expect(one).toMatchObject({ family: 'poisson', kind: 'count', block: 1, own: 0 });
  expect(two).toMatchObject({ family: 'strange', kind: 'real', block: 0, own: 0 });
  expectWithin(Math.exp(two.logDensity(0)(8)), Math.exp(-0.5) / (3 * Math.sqrt(2 * Math.PI)), 1e-12);
});
