/** What decides among restarts, and never gets worse with more of them. */
import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, type Fit, type FitOptions } from '../../src/index.js';
import { goldenRows } from '../golden/data.js';
import { mulberry32, normal, problem, type Covariance, type ProblemName } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';

const last = ({ objective }: Fit): number => objective[objective.length - 1];
const judgements = ({ restarts }: Fit): number[] => restarts.map(({ judged = NaN }) => judged);

/** Holds a fit to what its restarts say of it. */
function expectLeast(fit: Fit): void {
  const all = judgements(fit);
  expect(fit.judged).toBe(Math.min(...all));
  const likeIt = fit.restarts.filter(({ judged }) => judged === fit.judged).map(({ objective }) => objective);
  expect(likeIt).toContain(last(fit));
}

describe('claims of which 60 % are 0', () => {
  const claims = goldenRows('zero_inflated');

  test.each([0, 1, 2])('keep the component of the zeros, however many restarts, seed %i', async (seed) => {
    const fits = [];
    for (const restarts of [2, 10, 25]) fits.push(await fitMixture(claims, { components: 2, restarts, seed }));
    for (const [index, fit] of fits.entries()) {
      expectLeast(fit);
      expect(judgements(fit)).toEqual(judgements(fits[2]).slice(0, fit.restarts.length));
      if (index > 0) expect(fit.judged).toBeLessThanOrEqual(fits[index - 1].judged ?? NaN);
      expectAllWithin(fit.mixture.means.map(([claim]) => claim).sort((a, b) => a - b), [0, 49_569], 1); // prettier-ignore
      // Computed apart, in float64: zeros and others, each the mode under mclust's default prior.
      expectWithin(fit.judged ?? NaN, 14.2377426, 1e-5);
    }
    expect(new Set(judgements(fits[2]).map((value) => value.toFixed(1)))).toContain('15.6'); // what must not win
  });

  test('keep it by short runs too, of which most split the ages', async () => {
    const fit = await fitMixture(claims, { components: 2, restarts: 3, strategy: 'short-runs' });
    expectWithin(fit.judged ?? NaN, 14.2377426, 1e-5);
  });

  test('have no judge where there is one start', async () => {
    const { judged, restarts } = await fitMixture(claims, { components: 2 });
    expect([judged, restarts[0].judged]).toEqual([undefined, undefined]);
  });
});

test('iris, K = 3, from random rows: no component collapsed on a few rows wins, though its likelihood is higher', async () => {
  const options = { components: 3, seeding: 'random', regularization: 0, restarts: 40, tolerance: 1e-7, maxIterations: 2000 } as const; // prettier-ignore
  const fit = await fitMixture(goldenRows('iris'), options);
  expectLeast(fit);
  expectWithin(fit.criteria.logLikelihood, -180.18547713, 1e-2);
  expect(Math.min(...fit.restarts.map(({ objective }) => objective)) * 150).toBeLessThan(150);
});

const random = mulberry32(9);
/** A cloud with few rows, some of them equal, and a column that is constant. */
const odd = Array.from({ length: 40 }, (_, i) => (i % 5 === 0 ? [3, 7, 3] : [normal(random), 7, normal(random)]));
const x = (name: ProblemName, d: number): number[][] => problem(name, { n: 150, d, k: 3, seed: 17 }).x;
const weights = [0.2, 0.3, 0.5];
const cases: Readonly<Record<string, readonly [number[][], Partial<FitOptions>]>> = {
  plain: [x('overlapping', 2), {}],
  'equal rows': [x('duplicates', 3), {}],
  'a constant column': [odd, {}],
  'a constant column without regularization': [odd, { regularization: 0 }],
  'fewer rows than columns': [x('separated', 8).slice(0, 6), {}],
  'sample weights that are shares': [x('unbalanced', 2), { sampleWeights: new Array<number>(150).fill(1 / 150) }],
  'hard assignment': [x('overlapping', 2), { epsilon: 0 }],
  'a high temperature': [x('overlapping', 2), { epsilon: 1.3 }],
  'fixed proportions': [x('overlapping', 2), { marginal: { kind: 'fixed', weights } }],
  'relaxed proportions': [x('overlapping', 2), { marginal: { kind: 'relaxed', weights, rho: 0.5 } }],
  'short runs': [x('overlapping', 2), { strategy: 'short-runs' }],
  'a race': [x('overlapping', 2), { strategy: 'race' }],
  moves: [x('overlapping', 2), { strategy: 'split-merge' }],
  'a warm-up': [x('overlapping', 2), { strategy: 'warm-up' }],
};

describe.each<Covariance>(['full', 'tied', 'diag', 'spherical'])(
  '%s: the best judged never gets worse',
  (covariance) => {
    test.each(Object.entries(cases))('%s', async (_, [rows, options]) => {
      const settings = { components: 3, family: gaussian({ covariance }), seeding: 'random', maxIterations: 30, ...options } as const; // prettier-ignore
      const fits = [2, 5].map((restarts) => fitMixture(rows, { ...settings, restarts }));
      const [few, more] = await Promise.all(fits);
      for (const fit of [few, more]) {
        expectLeast(fit);
        expect(judgements(fit).every(Number.isFinite)).toBe(true);
      }
      expect(judgements(more).slice(0, 2)).toEqual(judgements(few));
    });
  },
);
