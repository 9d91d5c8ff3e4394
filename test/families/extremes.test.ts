/** Data and parameters at the ends of what families take: as plain EM in float64 has it, or one clear error. */
import { describe, expect, test } from 'vitest';
import { FastRandom } from '../../src/base/fast-random.js';
import type { Components, Nested, Parameters } from '../../src/families/components.js';
import type { ExponentialFamily } from '../../src/families/exponential-family.js';
import { bernoulliDistribution } from '../../src/families/bernoulli.js';
import { betaDistribution } from '../../src/families/beta.js';
import { categoricalDistribution } from '../../src/families/categorical.js';
import { exponentialDistribution } from '../../src/families/exponential.js';
import { gammaDistribution } from '../../src/families/gamma.js';
import { geometricDistribution } from '../../src/families/geometric.js';
import { thetasOf } from '../../src/families/linear-components.js';
import { multinomialDistribution } from '../../src/families/multinomial.js';
import { negativeBinomialAmong, negativeBinomialDistribution } from '../../src/families/negative-binomial.js';
import { poissonDistribution } from '../../src/families/poisson.js';
import { vonMisesFisherDistribution } from '../../src/families/von-mises-fisher.js';
import * as families from '../../src/families/all.js';
import { fitMixture, product, type BackendName, type Family } from '../../src/index.js';
import { size } from '../cases.js';
import { expectWithin } from '../within.js';
import { emStep, prepare, type Model } from './exponential-em.js';
import { logNormalDistribution } from './scenes.js';

const STEPS = 8;
const backends: readonly BackendName[] = size(1, 0) ? ['wasm', 'cpu', 'webgpu'] : ['wasm'];

interface Extreme {
  readonly name: string;
  readonly family: Family;
  readonly blocks: readonly ExponentialFamily[];
  readonly parameters: Parameters;
  readonly rows: readonly (readonly number[])[];
  readonly sampleWeights?: readonly number[];
}

/** Rows of two components in turn. */
function drawn(family: Family, components: Components, n: number): number[][] {
  const { d } = components;
  const data = new Float64Array(n * d);
  family.sampler(components)(Int32Array.from({ length: n }, (_, i) => i % 2), new FastRandom(5), data); // prettier-ignore
  return Array.from({ length: n }, (_, i) => Array.from(data.subarray(i * d, (i + 1) * d)));
}

function ofDraws(
  name: string,
  family: Family,
  blocks: readonly ExponentialFamily[],
  parameters: Parameters,
  n = 300,
): Extreme {
  // prettier-ignore
  return { name, family, blocks, parameters, rows: drawn(family, family.fromParameters(parameters, name), n) };
}

/** Two directions of d columns, `apart` radians from each other. */
function directions(d: number, kappa: number, apart: number, n = 300): Extreme {
  const unit = (values: number[]): number[] => values.map((value) => value / Math.hypot(...values));
  const one = unit(Array.from({ length: d }, (_, j) => Math.cos(0.37 * (j + 1))));
  const across = unit(Array.from({ length: d }, (_, j) => Math.cos(0.91 * (j + 1))));
  const parameters = { means: [one, unit(one.map((value, j) => value + apart * across[j]))], concentrations: [kappa, kappa] }; // prettier-ignore
  return ofDraws(`directions in ${d}, κ = ${kappa}`, families.vonMisesFisher(), [vonMisesFisherDistribution(d)], parameters, n); // prettier-ignore
}

/** Documents of 1e5 words, begun from probabilities that are mixed. */
function hugeDocuments(): Extreme {
  const words = 2000;
  const probabilities = [3, 4].map((step) => {
    const values = Array.from({ length: words }, (_, j) => 1 + ((j * step) % 7));
    return values.map((value) => value / values.reduce((a, b) => a + b));
  });
  const family = families.multinomial();
  const { arrays, ...rest } = family.fromParameters({ probabilities }, 'words');
  const sizes = { shape: [2, 1], values: Float64Array.of(1e5, 1e5) };
  const rows = drawn(family, { ...rest, arrays: { ...arrays, sizes } }, 40);
  const mixed = probabilities.map((own, c) => own.map((p, j) => 0.6 * p + 0.4 * probabilities[1 - c][j]));
  return { name: 'documents of 1e5 words', family, blocks: [multinomialDistribution(words)], parameters: { probabilities: mixed }, rows }; // prettier-ignore
}

/** Columns of levels: of `family` for the fit, which looks for them itself. */
function leveled(name: string, rows: number[][], probabilities: Nested, extra: Partial<Extreme> = {}): Extreme {
  const counts = rows[0].map((_, j) => Math.max(...rows.map((row) => row[j])) + 1);
  return { name, family: families.categorical(), blocks: counts.map((count) => categoricalDistribution(count)), parameters: { probabilities }, rows, ...extra }; // prettier-ignore
}

const { poisson, bernoulli, gamma, beta, exponential, geometric, logNormal, multinomial, negativeBinomial } = families;
const many = { means: [[1e7], [2e7]], sizes: [[50], [1e6]] };
const counted = drawn(negativeBinomial(), negativeBinomial().fromParameters(many, 'counts'), 300);
const once = Array.from({ length: 60 }, (_, i) => [i === 7 ? 3 : i % 3, (i % 4) >> 1]);
const words = [[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]]; // prettier-ignore

const extremes: readonly Extreme[] = [
  ofDraws('counts of 1e7 and 2e7', poisson(), [poissonDistribution], { rates: [[1e7], [2e7]] }),
  ofDraws('counts of 1e7, close', poisson(), [poissonDistribution], { rates: [[1e7], [1.0005e7]] }),
  { name: 'varying counts of 1e7', family: negativeBinomial(), blocks: [negativeBinomialAmong(Float64Array.from(new Set(counted.flat())))], parameters: many, rows: counted }, // prettier-ignore
  ofDraws('varying counts of 1e7, of known size', negativeBinomial({ size: 50 }), [negativeBinomialDistribution(50)], { means: many.means }), // prettier-ignore
  ofDraws('probabilities of 0 and 1', bernoulli(), new Array<ExponentialFamily>(3).fill(bernoulliDistribution), { probabilities: [[0, 1, 0.5], [1, 1, 0.5]] }), // prettier-ignore
  ofDraws('successes of 1e-9 and 1', geometric(), [geometricDistribution], { probabilities: [[1e-9], [1]] }),
  ofDraws('shapes of 1e6', gamma(), [gammaDistribution], { shapes: [[1e6], [1e6]], rates: [[1e6], [0.999e6]] }),
  ofDraws('shapes of .01', gamma(), [gammaDistribution], { shapes: [[0.01], [0.02]], rates: [[1], [3]] }),
  ofDraws('shares of 1e6 and .05', beta(), [betaDistribution], { alphas: [[1e6], [0.05]], betas: [[1e6], [0.05]] }),
  ofDraws('shares of 1e-12', beta(), [betaDistribution], { alphas: [[2], [5]], betas: [[2e12], [2e12]] }),
  ofDraws('shares of 1 − 1e-9', beta(), [betaDistribution], { alphas: [[2e9], [2e9]], betas: [[0.5], [4]] }),
  ofDraws('shares of 1e-100', beta(), [betaDistribution], { alphas: [[2], [0.1]], betas: [[2e100], [2e100]] }),
  ofDraws('durations of 1e130', gamma(), [gammaDistribution], { shapes: [[2], [3]], rates: [[1e-130], [1e-129]] }),
  ofDraws('durations of 1e-130 and 1e130', exponential(), [exponentialDistribution], { rates: [[1e130], [1e-130]] }),
  ofDraws('log-normal 1e-295 and 1e295', logNormal(), [logNormalDistribution], { meanLogs: [[-680], [680]], varianceLogs: [[1], [2]] }), // prettier-ignore
  directions(768, 1e5, 0.02, 60),
  directions(4096, 2e4, 0.1, 20),
  directions(4096, 1e5, 0.02, 20),
  directions(3, 1e8, 3e-4),
  hugeDocuments(),
  { name: 'documents without words', family: multinomial(), blocks: [multinomialDistribution(3)], parameters: { probabilities: words }, rows: Array.from({ length: 90 }, (_, i) => (i % 3 === 0 ? [0, 0, 0] : [i % 7, (i * 3) % 5, i % 4])) }, // prettier-ignore
  leveled('a level seen once', once, [[[0.5, 0.2, 0.2, 0.1], [0.1, 0.3, 0.4, 0.2]], [[0.3, 0.7], [0.6, 0.4]]]), // prettier-ignore
  leveled('a component whose level never occurs with it', once, [[[1, 0, 0, 0], [0, 0.3, 0.4, 0.3]], [[0.3, 0.7], [0.6, 0.4]]]), // prettier-ignore
  leveled('one level alone', once.map(([, b]) => [0, b]), [[[1], [1]], [[0.3, 0.7], [0.6, 0.4]]]), // prettier-ignore
  leveled('weights of 0', once, [[[0.5, 0.2, 0.2, 0.1], [0.1, 0.3, 0.4, 0.2]], [[0.3, 0.7], [0.6, 0.4]]], { sampleWeights: once.map((_, i) => i % 2) }), // prettier-ignore
  { name: 'a constant column', family: poisson(), blocks: [poissonDistribution, poissonDistribution], parameters: { rates: [[2, 3], [7, 4]] }, rows: Array.from({ length: 60 }, (_, i) => [i % 11, 3]) }, // prettier-ignore
  { name: 'as many components as rows', family: poisson(), blocks: [poissonDistribution], parameters: { rates: [[2], [9]] }, rows: [[2], [9]] }, // prettier-ignore
];

describe.each(extremes.map((extreme) => [extreme.name, extreme] as const))('%s', (_, extreme) => {
  const { name, family, blocks, parameters, rows, sampleWeights } = extreme;
  const counts = sampleWeights ?? rows.map(() => 1);
  const levels = blocks.map(({ width }) => Array.from({ length: width }, (_level, level) => level));
  const own = family.name === 'categorical' ? family.survey!.adapted(levels) : family;

  test.each(backends)('on %s', async (backend) => {
    const seeding = { weights: [0.5, 0.5], components: [{ family: family.name, ...parameters }] };
    const options = { family, components: 2, seeding, tolerance: 0, maxIterations: STEPS, regularization: 0, backend };
    const { objective, plan, mixture } = await fitMixture(rows, { ...options, sampleWeights: counts });
    const prepared = prepare(blocks, { rows, counts });
    const total = counts.reduce((a, b) => a + b);
    let model = modelOf(own.fromParameters(parameters, name), blocks);
    for (const [t, value] of objective.entries()) {
      model = emStep(model, prepared).next;
      const known = -emStep(model, prepared).logLikelihood / total;
      expectWithin(value, known, 1e-6 * Math.max(1, Math.abs(known)), `F after step ${t + 1}`);
    }
    const { gap, dual } = await plan.duality();
    expectWithin(gap, 0, 5e-6 * Math.max(1, Math.abs(dual)), 'gap');
    const scores = await mixture.scoreSamples(rows, { backend });
    const mean = scores.reduce((sum, score, i) => sum + counts[i] * score, 0) / total;
    expectWithin(mean, -dual, 1e-6 * Math.max(1, Math.abs(dual)), 'mean score');
  });

  test('begun by itself it ends, all numbers finite', async () => {
    const { objective, mixture } = await fitMixture(rows, { family, components: 2, backend: 'wasm', sampleWeights: counts }); // prettier-ignore
    expect([...objective, ...mixture.weights, ...mixture.columnMeans.flat()].every(Number.isFinite)).toBe(true);
    expect(mixture.sample(10).data.every(Number.isFinite)).toBe(true);
  });
});

function modelOf(components: Components, blocks: readonly ExponentialFamily[]): Model {
  const { meanLogs: _, varianceLogs: _v, ...arrays } = components.arrays;
  const thetas = thetasOf(blocks, { ...components, arrays });
  return { blocks, weights: [0.5, 0.5], thetas: blocks.map((_block, b) => [thetas(0, b), thetas(1, b)]) };
}

describe('rows that are all one', () => {
  const alike: readonly (readonly [Family, number[]])[] = [
    [poisson(), [3]], [poisson(), [0]], [negativeBinomial(), [3]], [negativeBinomial({ size: 2 }), [0]], [bernoulli(), [1]],
    [families.categorical(), [2]], [multinomial(), [0, 0]], [multinomial(), [3, 4]], [exponential(), [0]], [gamma(), [3.3]],
    [beta(), [0.3]], [geometric(), [0]], [logNormal(), [3]], [families.vonMisesFisher(), [3, 4]],
  ]; // prettier-ignore
  test.each(alike.map(([family, row]) => [family.name, row, family] as const))('%s at %j', async (_, row, family) => {
    for (const n of [1, 2, 20]) {
      const rows = Array.from({ length: n }, () => row);
      const { mixture, status, objective } = await fitMixture(rows, { family, components: Math.min(n, 2), backend: 'wasm' }); // prettier-ignore
      expect(status).toBe('converged');
      expect([...objective, ...mixture.columnMeans.flat()].every(Number.isFinite)).toBe(true);
      expect((await mixture.scoreSamples(rows)).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('columns of over 1,000 levels', () => {
  /** 1,500 levels, some of which one kind of rows has alone, and a count that tells the kinds apart. */
  const rows = Array.from({ length: 6000 }, (_, i) => ({
    place: `p${((Math.floor(i / 2) * 7) % 900) + 600 * (i % 2)}`,
    visits: (i % 2 ? 9 : 1) + (i % 3),
  }));
  const data = { data: rows, columns: ['place', 'visits'] };
  const named = product([
    { columns: ['place'], family: families.categorical() },
    { columns: ['visits'], family: poisson() },
  ]);

  test.each(backends)('are fitted where they are named, on %s', async (backend) => {
    const { mixture, criteria } = await fitMixture(data, { family: named, components: 1, backend });
    expect(mixture.levels[0]).toHaveLength(1500);
    const often = new Map<string, number>();
    for (const { place } of rows) often.set(place, (often.get(place) ?? 0) + 1);
    const ofPlaces = Array.from(often.values()).reduce((sum, n) => sum + n * Math.log(n / rows.length), 0);
    const alone = await fitMixture(rows.map(({ visits }) => [visits]), { family: poisson(), components: 1, backend }); // prettier-ignore
    expectWithin(criteria.logLikelihood / (ofPlaces + alone.criteria.logLikelihood), 1, 1e-6);
    const two = await fitMixture(data, { family: named, components: 2, backend });
    expect(two.criteria.logLikelihood).toBeGreaterThan(criteria.logLikelihood);
    const labels = await two.mixture.predict(data, { backend });
    const same = Array.from(labels).filter((label, i) => label === i % 2).length / rows.length;
    expect(Math.max(same, 1 - same)).toBeGreaterThan(0.95);
  });

  test('are refused where they are not', async () => {
    const family = product([
      { columns: '*', family: families.categorical() },
      { columns: ['visits'], family: poisson() },
    ]);
    const message = 'expected at most 1,000 levels in a column';
    await expect(fitMixture(rows, { family, components: 1 })).rejects.toThrow(message);
  });
});

test.each([
  poisson(),
  families.gamma(),
  exponential(),
  beta(),
  bernoulli(),
  geometric(),
  families.gaussian(),
  logNormal(),
  negativeBinomial({ size: 2 }),
  negativeBinomial(),
  families.categorical(),
  families.studentT({ covariance: 'diag' }),
  families.studentT(),
])('a column that all rows lack says nothing: %#, $name', async (family) => {
  const value = (i: number): number => (family.name === 'bernoulli' ? i % 2 : family.name === 'beta' ? 0.2 + 0.1 * (i % 5) : 1 + (i % 5)); // prettier-ignore
  const rows = Array.from({ length: 20 }, (_, i) => [value(i), NaN]);
  const asked = { family, components: 1, regularization: 0, backend: 'wasm' } as const;
  const { mixture, criteria } = await fitMixture(rows, { ...asked, missing: 'model' });
  expect([...mixture.columnMeans, ...mixture.columnDeviations].flat().every(Number.isFinite)).toBe(true);
  const alone = await fitMixture(rows.map(([x]) => [x]), asked); // prettier-ignore
  expectWithin(criteria.logLikelihood / alone.criteria.logLikelihood, 1, 1e-6);
  expect((await mixture.impute(rows)).data.every(Number.isFinite)).toBe(true);
});

test.each([
  ['1e300', exponential(), [1e300, 2e300], 'got 2e+300 in row 1, column x0; remove the row, or divide the column by a power of 10'], // prettier-ignore
  ['1e-300', exponential(), [1e-300, 2e-300], 'got values from 1e-300 to 2e-300 in column x0; multiply the column by a power of 10'], // prettier-ignore
])('durations of %s are told to be out of reach', async (_, family, values, got) => {
  const expected = 'data: expected columns whose variances float64 can hold (1e-280 to 1e280), ';
  await expect(fitMixture(values.map((value) => [value]), { family, components: 1 })).rejects.toThrow(expected + got); // prettier-ignore
});
