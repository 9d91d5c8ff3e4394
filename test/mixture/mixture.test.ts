import { describe, expect, test } from 'vitest';
import { goldenRows } from '../golden/data.js';
import { goldenFit } from '../golden/values.js';
import {
  aic,
  bic,
  constrain,
  icl,
  logLikelihood,
  parameterCount,
  problem,
  sum,
  sweep,
  type OracleMixture,
} from '../oracle/index.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';
import { forms, mixtureOf, overlapping, watchTensors } from './setting.js';

watchTensors();

interface Case {
  readonly name: string;
  readonly x: number[][];
  readonly truth: OracleMixture;
}

const cases: readonly Case[] = [
  { name: 'faithful', x: goldenRows('faithful'), truth: goldenFit('faithful/full/2').parameters as OracleMixture },
  { name: 'overlapping', ...overlapping },
  { name: 'offset by 1e6', ...problem('offset', { n: 300, d: 2, k: 3, seed: 5 }) },
  { name: 'scales 1e4 apart', ...problem('scales', { n: 300, d: 3, k: 2, seed: 5 }) },
];

describe.each(cases)('$name', ({ x, truth }) => {
  describe.each(forms)('%s', (form) => {
    const exact = constrain(truth, form);
    const mixture = mixtureOf(exact, form);
    const oracle = sweep(x, undefined, exact);
    const largest = oracle.responsibilities.map((r) => Math.max(...r));

    test('predict gives the likeliest component', async () => {
      const labels = await mixture.predict(x);
      expect(labels).toBeInstanceOf(Int32Array);
      expect(labels).toHaveLength(x.length);
      // Of components that are equal but for rounding, either is right.
      labels.forEach((label, i) => expectWithin(oracle.responsibilities[i][label], largest[i], 1e-4, `row ${i}`));
    });

    test('predictProba gives responsibilities, and they sum to 1', async () => {
      const { data, shape } = await mixture.predictProba(x);
      expect(shape).toEqual([x.length, mixture.k]);
      expectAllWithin(data, oracle.responsibilities.flat(), 2e-5);
      for (let i = 0; i < x.length; i++) {
        expectWithin(sum(Array.from(data.subarray(i * mixture.k, (i + 1) * mixture.k))), 1, 1e-6);
      }
    });

    test('scoreSamples gives log-densities in the data’s own units', async () => {
      const densities = await mixture.scoreSamples(x);
      expect(densities).toHaveLength(x.length);
      densities.forEach((density, i) => {
        const exactly = oracle.logDensity[i];
        expectWithin(density, exactly, 2e-5 * Math.max(1, Math.abs(exactly)), `row ${i}`);
      });
    });

    test('score, bic, aic and icl are those of float64', async () => {
      const total = logLikelihood(x, exact);
      const within = (got: number, expected: number): void => expectWithin(got, expected, 1e-6 * Math.abs(expected));
      within(await mixture.score(x), total / x.length);
      within(await mixture.bic(x), bic(x, exact, form));
      within(await mixture.aic(x), aic(x, exact, form));
      within(await mixture.icl(x), icl(x, exact, form));
      const all = await mixture.criteria(x);
      within(all.logLikelihood, total);
      expect(all.meanLogLikelihood).toBe(await mixture.score(x));
      expect([all.bic, all.aic, all.icl]).toEqual([await mixture.bic(x), await mixture.aic(x), await mixture.icl(x)]);
    });
  });
});

describe('what it is made of', () => {
  test.each(forms)('weights, means, covariances and the count of its parameters, %s', (form) => {
    const exact = constrain(overlapping.truth, form);
    const mixture = mixtureOf(exact, form);
    expect([mixture.k, mixture.d, mixture.columns]).toEqual([3, 3, ['x0', 'x1', 'x2']]);
    expect(mixture.weights).toEqual(exact.weights);
    expect(mixture.means).toEqual(exact.means);
    expectComponentsWithin(mixture, exact, 1e-14);
    expect(mixture.parameters).toBe(parameterCount(form, 3, 3));
  });

  test('what it gives is the caller’s to change', () => {
    const mixture = mixtureOf(overlapping.truth, 'full');
    mixture.weights[0] = NaN;
    mixture.means[0][0] = NaN;
    mixture.covariances[0][0][0] = NaN;
    expect([mixture.weights, mixture.means, mixture.covariances]).toEqual([
      overlapping.truth.weights,
      overlapping.truth.means,
      overlapping.truth.covariances,
    ]);
  });
});

describe('a component of weight 0', () => {
  const { x, truth } = overlapping;
  const mixture = mixtureOf({ ...truth, weights: [0.5, 0, 0.5] }, 'full');

  test('takes no row and changes no density', async () => {
    expect(new Set(await mixture.predict(x))).toEqual(new Set([0, 2]));
    const { data } = await mixture.predictProba(x);
    expect(data.every((value, at) => at % 3 !== 1 || value === 0)).toBe(true);
    const without = {
      weights: [0.5, 0.5],
      means: [truth.means[0], truth.means[2]],
      covariances: [truth.covariances[0], truth.covariances[2]],
    };
    expectAllWithin(await mixture.scoreSamples(x), sweep(x, undefined, without).logDensity, 1e-4);
  });

  test('draws no row', () => {
    expect(new Set(mixture.sample(200).labels)).toEqual(new Set([0, 2]));
  });
});
