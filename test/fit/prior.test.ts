/** Fits to modes of the posterior: what F has of a prior. */
import { describe, expect, test } from 'vitest';
import {
  categorical,
  fitMixture,
  gaussian,
  logNormal,
  poisson,
  product,
  selectMixture,
  studentT,
  type Family,
  type Fit,
  type FitOptions,
  type PriorChoice,
} from '../../src/index.js';
import { drawn, nearby, scenes, startOf } from '../families/scenes.js';
import { goldenRows } from '../golden/data.js';
import { constrain, mulberry32, normal, problem, type Covariance } from '../oracle/index.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';

const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];
const strong: PriorChoice = { weights: 20 };

/** F of iterations never rises by more than rounding; of a schedule, within each stage. */
function expectFalling({ objective }: Fit, stages: readonly number[] = []): void {
  const scale = Math.max(1, Math.abs(objective[0]));
  objective.forEach((value, t) => {
    if (t > 0 && !stages.includes(t)) expect(value - objective[t - 1], `step ${t + 1}`).toBeLessThan(5e-7 * scale);
  });
  expect(objective.length).toBeGreaterThan(1);
}

interface Scene {
  readonly rows: number[][];
  readonly options: FitOptions;
}

/** Every Gaussian form, every other family, and a product, each from a start that has a way to go. */
const all: Readonly<Record<string, Scene>> = {
  ...Object.fromEntries(
    forms.map((covariance): [string, Scene] => {
      const { x, start } = problem('overlapping', { n: 90, d: 2, k: 3, seed: 5 });
      const seeding = constrain(start, covariance);
      return [covariance, { rows: x, options: { family: gaussian({ covariance }), components: 3, seeding } }];
    }),
  ),
  ...Object.fromEntries(
    [
      ['full', 'each'],
      ['tied', 'common'],
      ['diag', 4],
      ['spherical', 'each'],
    ].map(([covariance, degrees]): [string, Scene] => {
      const { x, start } = problem('overlapping', { n: 90, d: 2, k: 3, seed: 6 });
      const { weights, means, covariances: scales } = constrain(start, covariance as Covariance);
      const family = studentT({ covariance: covariance as Covariance, degrees: degrees as 'each' });
      const own = [4, 4, 4];
      const seeding = {
        weights,
        components: [{ family: 'studentT', columns: ['x0', 'x1'], means, scales, degrees: own }],
      };
      return [`studentT ${covariance} ${degrees}`, { rows: x, options: { family, components: 3, seeding } }];
    }),
  ),
  ...Object.fromEntries(
    scenes.map((scene): [string, Scene] => {
      const options = { family: scene.family, components: 3, seeding: startOf(scene, nearby(scene)) };
      return [scene.name, { rows: drawn(scene, 150).rows, options }];
    }),
  ),
};
const common = { maxIterations: 15, tolerance: 0, regularization: 0, backend: 'wasm' } as const;

describe.each(Object.entries(all))('%s', (_, { rows, options }) => {
  test.each([
    ['default, ε = 1', 'default', 1],
    ['strong, ε = 1', strong, 1],
    ['strong, ε = 0.6', strong, 0.6],
    ['strong, ε = 1.8', strong, 1.8],
  ] as const)('F never rises: %s', async (__, prior, epsilon) => {
    const fit = await fitMixture(rows, {
      ...common,
      ...options,
      maxIterations: epsilon === 1 ? 15 : 50,
      prior,
      epsilon,
    });
    expectFalling(fit);
    expect(Number.isFinite(fit.logPrior)).toBe(true);
  });

  test('F is −(log-likelihood + log prior) / n, and the plan has but the likelihood', async () => {
    const { objective, criteria, logPrior = NaN, plan } = await fitMixture(rows, { ...common, ...options, prior: strong }); // prettier-ignore
    const n = rows.length;
    const last = objective[objective.length - 1];
    expectWithin(last, -(criteria.logLikelihood + logPrior) / n, 2e-6 * Math.max(1, Math.abs(last)));
    const { dual, gap } = await plan.duality();
    expectWithin(dual, -criteria.meanLogLikelihood, 2e-6 * Math.max(1, Math.abs(dual)));
    expectWithin(gap, 0, 5e-6 * Math.max(1, Math.abs(dual)));
  });

  test('F never rises along the shorter way of an accelerator', async () => {
    expectFalling(await fitMixture(rows, { ...common, ...options, prior: strong, acceleration: 'squarem' }));
  });

  test('a weight of 2 is the row twice, of the prior too', async () => {
    const counts = rows.map((_row, i) => 1 + (i % 2));
    const repeated = rows.flatMap((row, i) => new Array<number[]>(counts[i]).fill(row));
    const [one, other] = await Promise.all([
      fitMixture(repeated, { ...common, ...options, prior: strong, maxIterations: 6 }),
      fitMixture(rows, { ...common, ...options, prior: strong, maxIterations: 6, sampleWeights: counts }),
    ]);
    expectAllWithin(other.objective, one.objective, 2e-6 * Math.max(1, Math.abs(one.objective[0])));
    expectAllWithin(other.mixture.weights, one.mixture.weights, 1e-5);
  });

  test('of ever more rows nothing is left of it', async () => {
    const many = rows.map(() => 1e9);
    const settings = { ...common, ...options, maxIterations: 6, sampleWeights: many };
    const [one, other] = await Promise.all([
      fitMixture(rows, settings),
      fitMixture(rows, { ...settings, prior: strong }),
    ]);
    expectAllWithin(other.objective, one.objective, 1e-6 * Math.max(1, Math.abs(one.objective[0])));
    expectAllWithin(other.mixture.weights, one.mixture.weights, 1e-5);
  });

  test('no prior is none, bit for bit', async () => {
    const [plain, none, flat] = await Promise.all([
      fitMixture(rows, { ...common, ...options }),
      fitMixture(rows, { ...common, ...options, prior: 'none' }),
      fitMixture(rows, { ...common, ...options, prior: { components: 'none' } }),
    ]);
    expect(none.mixture.toJSON()).toEqual(plain.mixture.toJSON());
    expect(none.logPrior).toBeUndefined();
    expect(flat.objective).toEqual(plain.objective);
    expectWithin(flat.logPrior ?? NaN, 0, 0);
  });
});

describe('mixed columns and gaps', () => {
  const random = mulberry32(4);
  const rows = Array.from({ length: 200 }, (_, i) => {
    const own = i % 3;
    const holes = (value: number): number => (random() < 0.15 ? NaN : value);
    const level = Math.floor(random() * 3);
    return [holes(3 * own + normal(random)), holes(own - normal(random)), holes(Math.floor(random() * 4 * (own + 1))), holes(random() < 0.5 ? own : level)]; // prettier-ignore
  });
  const family = (): Family =>
    product([
      { columns: ['x0', 'x1'], family: gaussian() },
      { columns: ['x2'], family: poisson() },
      { columns: ['x3'], family: categorical() },
    ]);
  const options: FitOptions = { ...common, family: family(), components: 3, missing: 'model', restarts: 3 };

  test.each(['default', { weights: 2, rows: 4, shrinkage: 0.5 }] as const)('F never rises: %j', async (prior) => {
    const fit = await fitMixture(rows, { ...options, restarts: 1, prior });
    expectFalling(fit);
    expect(Number.isFinite(fit.logPrior)).toBe(true);
  });

  test('the restart that wins is judged least, with the prior', async () => {
    const { restarts, judged } = await fitMixture(rows, { ...options, prior: 'default' });
    const all = restarts.map((one) => one.judged ?? NaN);
    expect(judged).toBe(Math.min(...all));
    // One step of EM from where each ended: F with the prior never rises.
    for (const one of restarts) expect(one.judged).toBeLessThan(one.objective + 1e-6);
  });

  test('the prior of gaps is drawn to the mean of maximum likelihood, at random as they are missing', async () => {
    const far = { shrinkage: 1e9, components: 'default' } as const;
    const gaussians: FitOptions = { family: gaussian(), components: 1, missing: 'model', tolerance: 1e-9, regularization: 0 }; // prettier-ignore
    const pairs = rows.map((row) => row.slice(0, 2)).filter((row) => !row.every(Number.isNaN));
    const ml = await fitMixture(pairs, { ...gaussians, maxIterations: 500 });
    const drawnTo = await fitMixture(pairs, { ...gaussians, prior: far });
    expectAllWithin(drawnTo.mixture.means[0], ml.mixture.means[0], 1e-3);
  });
});

test('F never rises within the stages of a schedule, nor after a warm-up', async () => {
  const { x } = problem('overlapping', { n: 120, d: 2, k: 3, seed: 8 });
  const options = { ...common, components: 3, prior: strong, tolerance: 1e-5, maxIterations: 200 } as const;
  const seen: { epsilon: number; objective: number }[] = [];
  await fitMixture(x, {
    ...options,
    epsilon: { from: 1.6, steps: 3 },
    onProgress: ({ phase, epsilon = NaN, objective = NaN }) => {
      if (phase === 'fit') seen.push({ epsilon, objective });
    },
  });
  expect(new Set(seen.map(({ epsilon }) => epsilon)).size).toBe(3);
  seen.forEach((one, t) => {
    if (t > 0 && seen[t - 1].epsilon === one.epsilon) expect(one.objective - seen[t - 1].objective).toBeLessThan(1e-6);
  });
  const warmed = await fitMixture(x, { ...options, strategy: 'warm-up' });
  expectFalling(warmed, [10]);
});

test('weights are drawn to each other: (m + (α − 1)/n) of all of that', async () => {
  const rows = [...Array.from({ length: 9 }, (_, i) => [i / 10]), [100]];
  const seeding = { labels: rows.map(([x]) => (x < 50 ? 0 : 1)) };
  const options: FitOptions = { ...common, components: 2, seeding, maxIterations: 3, family: gaussian() };
  const { mixture } = await fitMixture(rows, {
    ...options,
    prior: { weights: 3, shrinkage: 1e-9, dof: 5, scale: 0.1 },
  });
  expectAllWithin(mixture.weights, [(9 + 2) / 14, (1 + 2) / 14], 1e-6);
  const apart = await fitMixture(rows, { ...options, prior: { weights: [1, 11], scale: 0.1 } });
  expectAllWithin(apart.mixture.weights, [9 / 20, 11 / 20], 1e-6);
});

describe.each(forms)('%s: the default prior', (covariance) => {
  const { x, start } = problem('overlapping', { n: 80, d: 2, k: 3, seed: 2 });
  const seeding = constrain(start, covariance);
  const options: FitOptions = { ...common, family: gaussian({ covariance }), components: 3, seeding, prior: 'default' };

  test('knows no units: columns that are shifted and scaled have the fit shifted and scaled', async () => {
    const scale = covariance === 'spherical' ? [300, 300] : [300, 0.02];
    const shift = [1e4, -7];
    const move = (row: readonly number[]): number[] => row.map((value, j) => shift[j] + scale[j] * value);
    const stretch = (s: readonly (readonly number[])[]): number[][] => s.map((row, i) => row.map((value, j) => value * scale[i] * scale[j])); // prettier-ignore
    const moved = { weights: seeding.weights, means: seeding.means.map(move), covariances: seeding.covariances.map(stretch) }; // prettier-ignore
    const [one, other] = await Promise.all([fitMixture(x, options), fitMixture(x.map(move), { ...options, seeding: moved })]); // prettier-ignore
    expectAllWithin(other.mixture.weights, one.mixture.weights, 1e-4);
    const { means, covariances } = one.mixture;
    expectComponentsWithin(other.mixture, { means: means.map(move), covariances: covariances.map(stretch) }, 2e-4);
    const volume = x.length * (Math.log(scale[0]) + Math.log(scale[1]));
    expectWithin(other.criteria.logLikelihood, one.criteria.logLikelihood - volume, 1e-3);
  });

  test('keeps components of few rows, of equal rows and of none wide and finite', async () => {
    const rows = [...x, ...new Array<number[]>(4).fill([50, 50])];
    const means = [seeding.means[0], [50, 50], [1e3, -1e3]];
    const fit = await fitMixture(rows, { ...options, seeding: { ...seeding, means } });
    expect(fit.collapsed).toEqual([]);
    expect(fit.diagnostics.repairs.filter(({ kind }) => kind === 'ridge')).toEqual([]);
    for (const s of fit.mixture.covariances) for (let j = 0; j < 2; j++) expect(s[j][j]).toBeGreaterThan(1e-3);
    expect([...fit.objective, fit.logPrior].every(Number.isFinite)).toBe(true);
  });
});

test.each(['exponential', 'gamma', 'logNormal'])('%s: the default prior knows no units', async (name) => {
  const { rows, options } = all[name];
  const settings: FitOptions = { ...common, ...options, prior: 'default', seeding: { labels: rows.map((_row, i) => i % 3) } }; // prettier-ignore
  const factors = [300, 0.02];
  const scaled = rows.map((row) => row.map((value, j) => value * factors[j]));
  const [one, other] = await Promise.all([fitMixture(rows, settings), fitMixture(scaled, settings)]);
  expectAllWithin(other.mixture.weights, one.mixture.weights, 1e-4);
  const ratios = other.mixture.columnMeans.flatMap((row, c) => row.map((value, j) => value / one.mixture.columnMeans[c][j] / factors[j])); // prettier-ignore
  expectAllWithin(ratios, ratios.map(() => 1), 1e-3); // prettier-ignore
});

test('select fits each model under the prior, and criteria stay those of the likelihood', async () => {
  const rows = goldenRows('faithful');
  const { candidates, best } = await selectMixture(rows, { components: [1, 2, 3], covariances: ['full', 'diag'], prior: 'default' }); // prettier-ignore
  for (const { fit, k } of candidates) {
    const { bic, logLikelihood } = fit.criteria;
    expectWithin(bic, -2 * logLikelihood + fit.mixture.parameters * Math.log(272), 1e-6);
    expect(fit.mixture.provenance?.options).toMatchObject({ prior: 'default', components: k });
  }
  expect(best.k).toBeGreaterThan(1);
  const mixed = await selectMixture(rows, {
    components: [2],
    families: [gaussian(), logNormal()],
    prior: { shrinkage: 0.1 },
  });
  expect(mixed.candidates.length).toBe(2);
});
