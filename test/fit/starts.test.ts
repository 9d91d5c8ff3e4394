/** Starts given in full, in part, and by what belongs to which component; and what is said of a start by itself. */
import { describe, expect, test } from 'vitest';
import {
  fitMixture,
  gaussian,
  poisson,
  product,
  selectMixture,
  vonMisesFisher,
  type CovarianceForm,
  type Fit,
  type FitOptions,
  type PartialStart,
} from '../../src/index.js';
import { renderReport } from '../../src/report/index.js';
import { constrain, logLikelihood, mStep, problem, sweep } from '../oracle/index.js';
import { reportInput } from '../report/fixture.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';

const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];
const { x, truth } = problem('overlapping', { n: 300, d: 2, k: 3, seed: 4 });
const n = x.length;
const eye = [[1, 0], [0, 1]]; // prettier-ignore

/** What a start says of the data before anything is fitted. */
const still = (seeding: unknown, options: Partial<FitOptions> = {}): Promise<Fit> =>
  fitMixture(x, {
    components: 3,
    backend: 'cpu',
    maxIterations: 0,
    regularization: 0,
    seeding: seeding as PartialStart,
    ...options,
  });

const responsibilities = sweep(x, undefined, truth).responsibilities;
const labels = responsibilities.map((row) => row.indexOf(Math.max(...row)));
const hard = labels.map((label) => [0, 1, 2].map((k) => Number(k === label)));

describe('no iterations', () => {
  test.each(forms)('a given start is the fit, with its criteria and its plan, %s', async (form) => {
    const exact = constrain(truth, form);
    const fit = await still(exact, { family: gaussian({ covariance: form }) });
    expect(fit).toMatchObject({ status: 'maxIterations', iterations: 0, sweeps: 1 });
    expectComponentsWithin(fit.mixture, exact, 1e-12);
    expectAllWithin(fit.mixture.weights, exact.weights, 1e-15);
    const expected = logLikelihood(x, exact) / n;
    expectWithin(fit.criteria.meanLogLikelihood, expected, 1e-6 * Math.abs(expected));
    expectAllWithin(fit.objective, [-expected], 1e-6 * Math.abs(expected));
    expectWithin((await fit.plan.duality()).gap, 0, 1e-5);
  });

  test.each(['plain', 'anneal', 'warm-up', 'short-runs', 'race', 'split-merge'] as const)(
    'a seeding, by strategy %s',
    async (strategy) => {
      const fit = await fitMixture(x, { components: 3, backend: 'cpu', maxIterations: 0, strategy, restarts: 2 });
      expect(fit).toMatchObject({ status: 'maxIterations', iterations: 0 });
      expect(fit.restarts.map(({ iterations }) => iterations)).toEqual([0, 0]);
      expect([...fit.objective, fit.criteria.bic, fit.marginalError].every(Number.isFinite)).toBe(true);
    },
  );

  test('with prescribed proportions the plan meets them all the same', async () => {
    const marginal = { kind: 'fixed', weights: [0.2, 0.3, 0.5] } as const;
    const fit = await still(truth, { marginal });
    expectAllWithin(fit.plan.mass, marginal.weights, 1e-6);
    expect(fit.iterations).toBe(0);
  });

  test('models are compared by their seedings, and a report of one is drawn', async () => {
    const { best, candidates } = await selectMixture(x, { components: [1, 2], maxIterations: 0, backend: 'cpu' });
    expect(candidates).toHaveLength(8);
    expect(Number.isFinite(best.fit.criteria.bic)).toBe(true);
    const { objective, status, iterations } = best.fit;
    const html = await renderReport({ ...reportInput(2, 2, 9), objective, status: 'maxIterations', iterations });
    expect([status, html.includes('NaN')]).toEqual(['maxIterations', false]);
  });
});

describe('a start in part', () => {
  const { means, weights, covariances } = truth;

  test.each(forms)('means: clusters of the nearest rows give the rest, and the means stay, %s', async (form) => {
    const fit = await still({ means }, { family: gaussian({ covariance: form }) });
    expectAllWithin(fit.mixture.means.flat(), means.flat(), 1e-12);
    expectWithin(fit.mixture.weights.reduce((a, b) => a + b), 1, 1e-14); // prettier-ignore
    const spread = [0, 1].map((j) => {
      const mean = x.reduce((sum, row) => sum + row[j], 0) / n;
      return x.reduce((sum, row) => sum + (row[j] - mean) ** 2, 0) / n;
    });
    const unit = form === 'spherical' ? spread.map(() => (spread[0] + spread[1]) / 2) : spread;
    const nearest = x.map((row) => {
      const far = means.map((mean) => row.reduce((sum, v, j) => sum + (v - mean[j]) ** 2 / unit[j], 0));
      return far.indexOf(Math.min(...far));
    });
    const counts = means.map((_, k) => nearest.filter((label) => label === k).length + 1);
    expectAllWithin(fit.mixture.weights, counts.map((count) => count / (n + 3)), 1e-6); // prettier-ignore
  });

  test('means and weights: both stay', async () => {
    const fit = await still({ means, weights });
    expectAllWithin(fit.mixture.means.flat(), means.flat(), 1e-12);
    expectAllWithin(fit.mixture.weights, weights, 1e-15);
    const free = await still({ means });
    expect(fit.mixture.covariances).toEqual(free.mixture.covariances);
  });

  test('means and covariances, or precisions: weights are what a sweep gives', async () => {
    const shares = sweep(x, undefined, { ...truth, weights: [1 / 3, 1 / 3, 1 / 3] }).responsibilities;
    const expected = means.map((_, k) => (shares.reduce((sum, row) => sum + row[k], 0) + 1) / (n + 3));
    const fit = await still({ means, covariances });
    expectAllWithin(fit.mixture.weights, expected, 1e-5);
    expectAllWithin(fit.mixture.covariances.flat(2), covariances.flat(2), 1e-12);
    const precise = await still({ means, precisions: fit.mixture.precisions });
    expectAllWithin(precise.mixture.covariances.flat(2), covariances.flat(2), 1e-10);
    expectAllWithin(precise.mixture.weights, expected, 1e-5);
  });

  test('EM from means alone finds what EM from all of a start finds', async () => {
    const [some, all] = [await still({ means }, { maxIterations: 200 }), await still(truth, { maxIterations: 200 })];
    expect(some.status).toBe('converged');
    expectWithin(some.criteria.meanLogLikelihood, all.criteria.meanLogLikelihood, 1e-3);
  });
});

describe.each(forms)('responsibilities as a start, %s', (form) => {
  const family = gaussian({ covariance: form });
  const sampleWeights = x.map((_, i) => 1 + (i % 3));

  test('an M-step comes first', async () => {
    const expected = mStep(sweep(x, undefined, truth), form, 0);
    const fit = await still({ responsibilities }, { family });
    expectComponentsWithin(fit.mixture, expected, 1e-6);
    const flat = { data: Float64Array.from(responsibilities.flat()), shape: [n, 3] };
    expect((await still({ responsibilities: flat }, { family })).mixture.toJSON()).toEqual(fit.mixture.toJSON());
  });

  test('labels are responsibilities of 1, and sample weights count', async () => {
    const rows = x.flatMap((row, i) => Array.from({ length: sampleWeights[i] }, () => row));
    const repeated = labels.flatMap((label, i) => Array.from({ length: sampleWeights[i] }, () => label));
    const [weighted, plain, soft] = [
      await still({ labels }, { family, sampleWeights }),
      await fitMixture(rows, {
        ...{ components: 3, family, regularization: 0, maxIterations: 0, backend: 'cpu' },
        seeding: { labels: Int32Array.from(repeated) },
      }),
      await still({ responsibilities: hard }, { family, sampleWeights }),
    ];
    expectComponentsWithin(weighted.mixture, plain.mixture, 1e-6);
    expect(soft.mixture.toJSON()).toEqual(weighted.mixture.toJSON());
  });
});

test('what a mixture says of rows is a start, rows that were left out included', async () => {
  const holes = x.map((row, i) => (i % 50 === 7 ? [NaN, 1] : row));
  const options = { components: 3, backend: 'cpu', missing: 'drop' } as const;
  const { mixture } = await fitMixture(holes, options);
  const proba = await mixture.predictProba(holes, { missing: 'drop' });
  const again = await fitMixture(holes, { ...options, seeding: { responsibilities: proba }, maxIterations: 1 });
  expectAllWithin(again.mixture.means.flat(), mixture.means.flat(), 1e-2);
  const found = await mixture.predict(holes, { missing: 'drop' });
  expect((await fitMixture(holes, { ...options, seeding: { labels: found } })).status).toBe('converged');
});

describe('precisions and their factors', () => {
  test.each(forms)('invert the covariances, upper triangular as scikit-learn’s, %s', async (form) => {
    const { mixture } = await still(constrain(truth, form), { family: gaussian({ covariance: form }) });
    const { covariances, precisions, precisionsCholesky } = mixture;
    covariances.forEach((covariance, k) => {
      const product = (a: number[][], b: number[][]): number[] =>
        a.flatMap((row) => b[0].map((_, j) => row.reduce((sum, v, i) => sum + v * b[i][j], 0)));
      expectAllWithin(product(covariance, precisions[k]), eye.flat(), 1e-12);
      const factor = precisionsCholesky[k];
      expect(factor[1][0]).toBe(0);
      expect(factor[0][0] > 0 && factor[1][1] > 0).toBe(true);
      const turned = factor[0].map((_, j) => factor.map((row) => row[j]));
      expectAllWithin(product(factor, turned), precisions[k].flat(), 1e-12);
    });
  });

  test('of scikit-learn’s own example', async () => {
    // numpy.linalg.inv(numpy.linalg.cholesky([[4, 2], [2, 3]])).T
    const covariances = [[[4, 2], [2, 3]]]; // prettier-ignore
    const { mixture } = await still({ means: [[0, 0]], weights: [1], covariances }, { components: 1 });
    expectAllWithin(mixture.precisionsCholesky.flat(2), [0.5, -0.35355339059327373, 0, 0.7071067811865475], 1e-15);
    expectAllWithin(mixture.precisions.flat(2), [0.375, -0.25, -0.25, 0.5], 1e-15);
  });
});

describe('what is no start is one clear line', () => {
  const whole =
    'seeding: expected one of k-means++, k-means||, k-means, hierarchical, random, random-responsibilities, or an object with means (and weights, covariances ' +
    'or precisions), with responsibilities, or with labels, got ';
  const { means, covariances } = truth;
  const fewer = responsibilities.slice(1);
  const changed = (i: number, row: unknown): unknown[] => responsibilities.map((old, at) => (at === i ? row : old));
  test.each<[string, unknown, string]>([
    ['a number', 5, `${whole}5; give one of these; what means lack is estimated`],
    ['an array', [1], `${whole}[1]; `],
    ['weights alone', { weights: truth.weights }, `${whole}an object with weights; `],
    ['nothing', {}, `${whole}an object with nothing; `],
    ['a name that is none', { means, covariance: covariances }, `${whole}an object with means, covariance; `],
    ['responsibilities and means', { means, responsibilities }, `${whole}an object with means, responsibilities; `],
    ['both', { means, covariances, precisions: covariances }, `${whole}an object with means, covariances, precisions; `],
    ['means of other columns', { means: [[1], [2], [3]] }, 'seeding: means: expected an array [3][2], got 3 rows of lengths 1, 1, 1; '],
    ['other components', { means: means.slice(1) }, 'seeding: means: expected an array [3][2], got 2 rows of lengths 2, 2; '],
    ['means that are none', { means: 'abc' }, 'seeding: means: expected an array of 3, got "abc"; give one per component'],
    ['other whole components', { means: means.slice(1), covariances: [eye, eye] }, 'seeding: expected 3 components in 2 dimensions, got 2 in 2; '],
    ['precisions that are none', { means, precisions: [eye, eye, [[1, 2], [2, 1]]] }, 'seeding: precisions[2]: expected a symmetric positive definite matrix, got one that is not positive definite; '],
    ['too few rows', { responsibilities: fewer }, 'seeding.responsibilities: expected 300 rows of 3 numbers, got 299 of them; give one for every row of the data'],
    ['another shape', { responsibilities: { data: new Float64Array(900), shape: [3, 300] } }, 'seeding.responsibilities: expected shape [300, 3], got [3, 300]; '],
    ['a row too short', { responsibilities: changed(4, [1]) }, 'seeding.responsibilities[4]: expected 3 numbers, one per component, got [1]; '],
    ['a row that does not sum to 1', { responsibilities: changed(4, [0.5, 0.25, 0]) }, 'seeding.responsibilities: expected rows that sum to 1, got 0.75 in row 4; divide each row by its sum'],
    ['a negative share', { responsibilities: changed(4, [1.5, -0.5, 0]) }, 'seeding.responsibilities: expected numbers from 0 to 1, got 1.5 at [4][0]; replace it'],
    ['a string', { responsibilities: changed(4, [1, 0, '0']) }, 'seeding.responsibilities: expected numbers from 0 to 1, got "0" at [4][2]; replace it'],
    ['labels of components that are none', { labels: labels.map((label) => label + 1) }, 'seeding.labels: expected components from 0 to 2, got 3 at ['],
    ['labels of other rows', { labels: [0, 1] }, 'seeding.labels: expected 300 numbers, one per row, got [0, 1]; '],
    ['a component without rows', { labels: labels.map((label) => Math.min(label, 1)) }, 'seeding.labels: expected rows for every component, got none for component 2; '],
  ])('%s', async (_, seeding, message) => {
    const error = (await still(seeding).catch((thrown: unknown) => thrown)) as Error;
    expect(error.name).toBe('InputError');
    expect(error.message.slice(0, message.length)).toBe(message);
  }); // prettier-ignore
});

describe('a start by the parameters of a family', () => {
  const means = [[0, 0], [1, 1]]; // prettier-ignore
  const covariances = means.map(() => [[1, 0.1], [0.1, 2]]); // prettier-ignore
  const rows = [[0, 0], [0.5, 1], [1, 1], [2, 1]]; // prettier-ignore
  const options = { components: 2, maxIterations: 0, backend: 'cpu' } as const;

  test('is the same start as by means and covariances, and what mixture.components has', async () => {
    const weights = [0.25, 0.75];
    const dense = await fitMixture(rows, { ...options, seeding: { weights, means, covariances } });
    const named = await fitMixture(rows, { ...options, seeding: { weights, components: dense.mixture.components } });
    expect(named.mixture.toJSON()).toMatchObject({ weights, means, covariances: dense.mixture.covariances.flat(2) });
    expect(dense.mixture.components).toEqual([
      { family: 'gaussian', columns: dense.mixture.columns, means, covariances },
    ]);
    const unweighted = await fitMixture(rows, { ...options, seeding: { components: [{ means, covariances }] } });
    expect(unweighted.mixture.means).toEqual(means);
  });

  test.each([
    [[], 'got 0 of them'],
    ['x', 'got "x"'],
    [[{ family: 'poisson', rates: [] }], 'got one of family "poisson"'],
    [
      [
        { means, covariances },
        { means, covariances },
      ],
      'got 2 of them',
    ],
  ])('%j are refused', async (components, got) => {
    await expect(fitMixture(rows, { ...options, seeding: { components } as never })).rejects.toThrow(
      `seeding.components: expected one block of family gaussian, as mixture.components has it, ${got}; `,
    );
  });

  test.each([poisson(), vonMisesFisher(), product([{ columns: '*', family: gaussian() }])])(
    'means alone are none of $name',
    async (family) => {
      const fit = fitMixture([[1, 2], [3, 1], [2, 2]], { ...options, family, seeding: { means } }); // prettier-ignore
      await expect(fit).rejects.toThrow(`with family ${family.name}, got means; give seeding: { components }`);
    },
  );
});
