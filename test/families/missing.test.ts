import { describe, expect, test } from 'vitest';
import { bernoulli, beta, categorical, exponential, fitMixture, gamma, gaussian, vonMisesFisher, geometric, loadMixture, multinomial, poisson, product, type DataInput, type Family, type FitOptions } from '../../src/index.js'; // prettier-ignore
import { bernoulliDistribution } from '../../src/families/bernoulli.js';
import { betaDistribution } from '../../src/families/beta.js';
import type { ExponentialFamily } from '../../src/families/exponential-family.js';
import { exponentialDistribution } from '../../src/families/exponential.js';
import { gammaDistribution } from '../../src/families/gamma.js';
import { geometricDistribution } from '../../src/families/geometric.js';
import { poissonDistribution } from '../../src/families/poisson.js';
import { vonMisesFisherDistribution } from '../../src/families/von-mises-fisher.js';
import { mulberry32, normal } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { emStep, prepare, type Model } from './exponential-em.js';

interface Scene {
  readonly name: string;
  readonly family: () => Family;
  readonly distribution: ExponentialFamily;
  readonly draw: (group: number, random: () => number) => number;
  /** θ of a start, by component. */
  readonly start: readonly (readonly number[])[];
}

const scenes: readonly Scene[] = [
  { name: 'poisson', family: poisson, distribution: poissonDistribution, draw: (group, random) => Math.floor((2 + 4 * group) * 2 * random()), start: [[3], [5]] }, // prettier-ignore
  { name: 'bernoulli', family: bernoulli, distribution: bernoulliDistribution, draw: (group, random) => Number(random() < 0.2 + 0.6 * group), start: [[0.3], [0.6]] }, // prettier-ignore
  { name: 'geometric', family: geometric, distribution: geometricDistribution, draw: (group, random) => Math.floor(-Math.log(1 - random()) * (1 + 5 * group)), start: [[0.5], [0.2]] }, // prettier-ignore
  { name: 'exponential', family: exponential, distribution: exponentialDistribution, draw: (group, random) => -Math.log(1 - random()) * (1 + 5 * group), start: [[1], [0.3]] }, // prettier-ignore
  { name: 'gamma', family: gamma, distribution: gammaDistribution, draw: (group, random) => 1 + group - Math.log(1 - random()), start: [[2, 1], [3, 1]] }, // prettier-ignore
  { name: 'beta', family: beta, distribution: betaDistribution, draw: (group, random) => (0.05 + 0.9 * random()) ** (1 + 2 * group), start: [[1, 2], [2, 1]] }, // prettier-ignore
];

/** Rows of two groups in three columns, of which a fifth of the values is missing, and the last row altogether. */
function rowsOf({ draw }: Scene, gaps: boolean): number[][] {
  const random = mulberry32(5);
  return Array.from({ length: 240 }, (_, i) =>
    Array.from({ length: 3 }, () => {
      const value = draw(i % 2, random);
      return gaps && (random() < 0.2 || i === 239) ? NaN : value;
    }),
  );
}

const blocksOf = ({ distribution, start }: Scene): Model => ({
  blocks: [distribution, distribution, distribution],
  weights: [0.4, 0.6],
  thetas: Array.from({ length: 3 }, () => start.map((theta) => Float64Array.from(theta))),
});

/** The same as `mixture.components` has it. */
function seedingOf({ family, distribution, start }: Scene): object {
  const names = Object.keys(distribution.parameters);
  const parameters = names.map((name, at) => [name, start.map((theta) => [theta[at], theta[at], theta[at]])] as const);
  return { weights: [0.4, 0.6], components: [{ family: family().name, ...Object.fromEntries(parameters) }] };
}

describe.each(scenes.map((scene) => [scene.name, scene] as const))('%s with gaps', (_, scene) => {
  test.each(['cpu', 'wasm'] as const)('follows plain EM of what rows have, on %s', async (backend) => {
    const rows = rowsOf(scene, true);
    const fit = await fitMixture(rows, {
      ...{ family: scene.family(), components: 2, missing: 'model', backend },
      ...{ seeding: seedingOf(scene) as never, maxIterations: 12, tolerance: 0 },
    });
    const prepared = prepare(blocksOf(scene).blocks, { rows, counts: rows.map(() => 1) });
    let model = blocksOf(scene);
    for (let step = 0; step <= fit.objective.length; step++) {
      const { logLikelihood, next } = emStep(model, prepared);
      if (step > 0) expectWithin((-rows.length * fit.objective[step - 1]) / logLikelihood, 1, 1e-6, `step ${step}`);
      model = next;
    }
    expect(fit.diagnostics).toMatchObject({ rows: 240, dropped: 0, constantColumns: [] });
  });

  test('without gaps it is the fit that refuses them, bit for bit', async () => {
    const rows = rowsOf(scene, false);
    const [with_, without] = await Promise.all(
      (['model', 'error'] as const).map(
        (missing) =>
        fitMixture(rows, { family: scene.family(), components: 2, missing, maxIterations: 8, tolerance: 0, seeding: seedingOf(scene) as never }), // prettier-ignore
      ),
    );
    expect(with_.objective).toEqual(without.objective);
  });

  test('is seeded, judged and predicted with gaps; what a row lacks says nothing', async () => {
    const rows = rowsOf(scene, true);
    const fit = await fitMixture(rows, { family: scene.family(), components: 2, missing: 'model', restarts: 2 });
    expect(Number.isFinite(fit.criteria.logLikelihood)).toBe(true);
    const { mixture } = fit;
    const again = await loadMixture(mixture.toJSON());
    const proba = await again.predictProba(rows, { missing: 'model' });
    expectAllWithin(proba.data.slice(-2), mixture.weights, 1e-6); // the row that is missing altogether
    expectWithin((await again.scoreSamples(rows, { missing: 'model' }))[239], 0, 1e-6);
    await expect(again.predict(rows)).rejects.toThrow('a missing value (NaN or null) in row');
  });
});

describe('a column that is constant where it is there', () => {
  /** Of 90 rows: a column that varies, one of 3, one of 1, and one of 3 but for a 0 in the last row; every sixth lacks some. */
  const rows = Array.from({ length: 90 }, (_, i) => {
    const row = [1 + ((i * i) % 7), 3, 1, i < 89 ? 3 : 0];
    return row.map((value, j) => ((i + j) % 6 === 4 ? NaN : value));
  });
  const columns = ['varies', 'three', 'one', 'nearly'];
  const table = rows.map((row) => Object.fromEntries(row.map((value, j) => [columns[j], value])));
  const constantOf = async (
    data: DataInput,
    family: Family,
    more: Partial<FitOptions> = {},
  ): Promise<readonly string[]> => {
    const fit = await fitMixture(data, { family, components: 2, missing: 'model', maxIterations: 2, seed: 1, ...more });
    return fit.diagnostics.constantColumns;
  };

  test('is named, of counts and beside noise', async () => {
    expect(await constantOf(table, poisson())).toEqual(['three', 'one']);
    expect(await constantOf(table, poisson(), { noise: true })).toEqual(['three', 'one']);
    expect(await constantOf(table, poisson(), { sampleWeights: rows.map((_, i) => (i < 89 ? 2 : 0)) })).toEqual(
      columns.slice(1),
    );
  });

  test('is named, of two statistics and beside other families', async () => {
    const positive = table.map(({ nearly, ...row }) => ({ ...row, nearly: nearly === 0 ? 3.001 : nearly }));
    expect(await constantOf(positive, gamma())).toEqual(['three', 'one']);
    const family = product([
      { columns: ['varies'], family: gaussian() },
      { columns: ['nearly', 'one'], family: poisson() },
      { columns: ['three'], family: exponential() },
    ]);
    expect(await constantOf(table, family)).toEqual(['three', 'one']);
  });
});

describe('directions, of which some rows have none,', () => {
  /** Rows around two directions, of any length; every fifth is missing. */
  function directions(gaps: boolean): number[][] {
    const random = mulberry32(4);
    return Array.from({ length: 300 }, (_, i) => {
      const row = [i % 2 ? 2 : 0, i % 2 ? 0 : 2, 0].map((centre) => (1 + (i % 3)) * (centre + normal(random)));
      return gaps && i % 5 === 4 ? [NaN, NaN, NaN] : row;
    });
  }
  const start = { weights: [0.4, 0.6], components: [{ family: 'vonMisesFisher', means: [[1, 0, 0], [0, 1, 0]], concentrations: [2, 2] }] }; // prettier-ignore

  test.each(['cpu', 'wasm'] as const)('are fitted as plain EM does, on %s', async (backend) => {
    const rows = directions(true);
    const family = vonMisesFisher();
    const asked = { components: 2, missing: 'model', seeding: start, maxIterations: 12, tolerance: 0 } as const;
    const fit = await fitMixture(rows, { ...asked, family, backend });
    const distribution = vonMisesFisherDistribution(3);
    const prepared = prepare([distribution], { rows, counts: rows.map(() => 1) });
    let model: Model = { blocks: [distribution], weights: [0.4, 0.6], thetas: [[Float64Array.of(1, 0, 0, 2), Float64Array.of(0, 1, 0, 2)]] }; // prettier-ignore
    for (const [step, objective] of fit.objective.entries()) {
      model = emStep(model, prepared).next;
      const { logLikelihood } = emStep(model, prepared);
      expectWithin((-rows.length * objective) / logLikelihood, 1, 1e-6, `step ${step + 1}`);
    }
    const { concentrations } = fit.mixture.components[0] as unknown as { readonly concentrations: number[] };
    expectAllWithin(concentrations, model.thetas[0].map((theta) => theta[3]), 1e-3); // prettier-ignore
    expect(fit.diagnostics.notes.join()).toContain('rows were divided by their lengths');
    expect(fit.diagnostics.constantColumns).toEqual([]);
    const proba = await fit.mixture.predictProba(rows, { missing: 'model' });
    expectAllWithin(proba.data.slice(8, 10), fit.mixture.weights, 1e-6);
  });

  test('are without gaps the fit that refuses them, bit for bit', async () => {
    const rows = directions(false);
    const [with_, without] = await Promise.all(
      (['model', 'error'] as const).map(
        (missing) =>
        fitMixture(rows, { family: vonMisesFisher(), components: 2, missing, maxIterations: 8, tolerance: 0, seeding: start }), // prettier-ignore
      ),
    );
    expect(with_.objective).toEqual(without.objective);
  });

  test('beside other columns are missing by themselves', async () => {
    const rows = directions(true).map(([x, y, z], i) => ({ x, y, z, visits: (i % 2 ? 9 : 2) + (i % 3) }));
    const family = product([
      { columns: ['x', 'y', 'z'], family: vonMisesFisher() },
      { columns: ['visits'], family: poisson() },
    ]);
    const { mixture } = await fitMixture(rows, { family, components: 2, missing: 'model' });
    const labels = await mixture.predict(rows, { missing: 'model' });
    const same = Array.from(labels).filter((label, i) => label === i % 2).length / 300;
    expect(Math.max(same, 1 - same)).toBeGreaterThan(0.9);
    const { data } = await mixture.impute(rows);
    expect(data.every(Number.isFinite)).toBe(true);
  });
});

test('texts, levels and counts of a table with gaps are fitted together', async () => {
  const random = mulberry32(8);
  const people = Array.from({ length: 400 }, (_, i) => {
    const group = i % 2;
    const town = random() < 0.8 ? ['Bern', 'Ulm'][group] : 'Aarau';
    const visits = Math.max(0, Math.round(3 + 6 * group + normal(random)));
    return { town: random() < 0.2 ? null : town, visits: random() < 0.2 ? null : visits };
  });
  const family = product([
    { columns: ['town'], family: categorical() },
    { columns: ['visits'], family: poisson() },
  ]);
  const { mixture } = await fitMixture(people, { family, components: 2, missing: 'model', tolerance: 1e-9, maxIterations: 500 }); // prettier-ignore
  const labels = await mixture.predict(people, { missing: 'model' });
  const same = Array.from(labels).filter((label, i) => label === i % 2).length / 400;
  expect(Math.max(same, 1 - same)).toBeGreaterThan(0.85);
  const [, { rates }] = mixture.components as unknown as [unknown, { rates: number[][] }];
  expectAllWithin(rates.flat().sort((a, b) => a - b), [3, 9], 0.6); // prettier-ignore
});

describe('refused', () => {
  const rows = [
    [1, NaN],
    [2, 3],
    [3, 1],
  ];
  test.each([
    ['a family without gaps', { ...poisson(), withGaps: undefined } as never, "fit: missing: expected error or drop with family poisson, which has no margins of its own kind, got model; fill missing values in, or leave such rows out with missing: 'drop' (--missing drop)"], // prettier-ignore
    ['a direction of which a part is missing', vonMisesFisher(), "data: expected all columns of the family, or none of them, to be missing, got NaN in row 0, column x1; fill it in, or leave such rows out with missing: 'drop' (--missing drop)"], // prettier-ignore
    ['a multinomial row of which a part is missing', multinomial(), "data: expected all columns of the family, or none of them, to be missing, got NaN in row 0, column x1; fill it in, or leave such rows out with missing: 'drop' (--missing drop)"], // prettier-ignore
  ])('%s', async (_, family, message) => {
    await expect(fitMixture(rows, { family, components: 1, missing: 'model' })).rejects.toThrow(message);
  });
});
