/** Noise: a component of constant density beside those of every family. */
import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import {
  categorical,
  fitMixture,
  gaussian,
  loadMixture,
  logNormal,
  poisson,
  product,
  vonMisesFisher,
  type BackendName,
  type Fit,
  type FitOptions,
  type Mixture,
  type ModelFile,
  type NamedStart,
} from '../../src/index.js';
import type { CovarianceForm } from '../../kernels/form.js';
import { logVolumes, noiseOver, type Range, type Support } from '../../src/families/noise.js';
import { FastRandom } from '../../src/base/fast-random.js';
import { Numbers } from '../../src/families/sampling/numbers.js';
import { soleQuadratic } from '../../src/sweep/model.js';
import { logitBounds } from '../../src/sweep/simd/bounds.js';
import { cases, combinations, size } from '../cases.js';
import { goldenRows } from '../golden/data.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';
import { drawn, nearby, scenes, startOf } from './scenes.js';

const NOISE = 0.2;
const STEPS = 8;
const n = size(1200, 500);
const logSum = (a: number, b: number): number => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));

/** A row of the data now and then takes the place of one of another: evenly from the range of each column. */
function withRowsOfNoise(rows: readonly number[][]): number[][] {
  let state = 7;
  const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const pick = (j: number): number => rows[Math.floor(uniform() * rows.length)][j];
  return rows.map((row) => (uniform() < NOISE ? row.map((_, j) => pick(j)) : row));
}

const beside = (start: NamedStart, share = 0.1): NamedStart => {
  const { weights: own = [] } = start;
  return { ...start, weights: [...own.map((weight) => weight * (1 - share)), share] };
};

/** The same mixture without its noise. */
async function withoutNoise(mixture: Mixture, data: number[][], options: Partial<FitOptions>): Promise<Mixture> {
  const own = mixture.weights.slice(0, mixture.k);
  const rest = own.reduce((sum, weight) => sum + weight, 0);
  const seeding = { weights: own.map((weight) => weight / rest), components: mixture.components };
  return (await fitMixture(data, { components: mixture.k, ...options, noise: false, seeding, maxIterations: 0 })).mixture; // prettier-ignore
}

describe('the volume of noise', () => {
  const supports: Support[] = ['numbers', 'counts', 'levels', { sphere: [3, 4, 5] }, { sphere: [3, 4, 5] }, { sphere: [3, 4, 5] }, 'numbers']; // prettier-ignore
  const ranges: Range[] = [[-2, 6], [3, 12], [0, 3], [-1, 1], [-1, 1], [-1, 1], [5, 5]]; // prettier-ignore

  test('is a range of numbers, a count of counts and levels, the area of a sphere, and 1 of a constant column', () => {
    const expected = [8, 10, 4, 4 * Math.PI, 1, 1, 1].map(Math.log);
    expectAllWithin(logVolumes(supports, ranges), expected, 1e-12);
    expectWithin(noiseOver(supports, ranges).logDensity, -Math.log(8 * 10 * 4 * 4 * Math.PI), 1e-12);
    expect(noiseOver(supports, ranges, -3).logDensity).toBe(-3);
  });

  test('is finite where a difference of two numbers is not', () => {
    expectWithin(logVolumes(['numbers'], [[-1.5e308, 1.5e308]])[0], Math.log(1.5e308) + Math.log(2), 1e-9);
  });
});

test('a likelihood by hand: two rows, one Gaussian of one column, and noise on the range of 4', async () => {
  const seeding = { weights: [0.75, 0.25], components: [{ family: 'gaussian', means: [[1]], covariances: [[[4]]] }] };
  const rows = [[-1], [3]];
  const { mixture, criteria } = await fitMixture(rows, { components: 1, noise: true, seeding, maxIterations: 0 });
  // Both rows are 1 σ from the mean: .75 φ(1)/2 + .25/4.
  const density = (0.75 * Math.exp(-0.5)) / (2 * Math.sqrt(2 * Math.PI)) + 0.25 / 4;
  expectWithin(criteria.logLikelihood, 2 * Math.log(density), 1e-6);
  expectAllWithin(await mixture.scoreSamples(rows), [Math.log(density), Math.log(density)], 1e-6);
  const { data, shape } = await mixture.predictProba(rows);
  expect(shape).toEqual([2, 2]);
  expectWithin(data[1], 0.0625 / density, 1e-6);
  expect(mixture.parameters).toBe(3); // a mean, a variance, the weight of noise
  expect(Array.from(await mixture.predict([[1], [30]]))).toEqual([0, -1]);
});

interface GoldenFit {
  readonly start: { readonly weights: number[]; readonly means: number[][]; readonly covariances: number[][][] };
  readonly trace: readonly number[];
  readonly weights: readonly number[];
  readonly means: number[][];
  readonly covariances: number[][][];
}
interface Golden {
  readonly grid: number[][];
  readonly volume: number;
  readonly fits: Readonly<Record<CovarianceForm, GoldenFit>>;
}

describe('Gaussians and mclust’s volume', () => {
  const golden = JSON.parse(readFileSync(new URL('../golden/noise.json', import.meta.url), 'utf8')) as Golden;
  const rows = [...goldenRows('faithful'), ...golden.grid];
  const forms = Object.keys(golden.fits) as CovarianceForm[];
  const table = combinations({ form: forms, backend: ['wasm', 'cpu', 'webgpu'] as BackendName[] });

  test.each(cases(table, ({ form, backend }) => [form, backend]))(
    '$form on $backend: each of 12 steps is that of a float64 EM by NumPy',
    async ({ form, backend }) => {
      const { start, trace, ...expected } = golden.fits[form];
      const options = { components: 2, family: gaussian({ covariance: form }), seeding: start, backend };
      const noise = { volume: golden.volume };
      const found = await fitMixture(rows, { ...options, noise, maxIterations: 12, tolerance: 0, regularization: 0 });
      expectAllWithin(found.objective.map((value) => -value), trace.slice(1), 1e-6 * Math.abs(trace[0]), 'trace'); // prettier-ignore
      expectAllWithin(found.mixture.weights, expected.weights, 1e-5, 'weights');
      expectComponentsWithin(found.mixture, expected, 1e-4);
      expectAllWithin(found.plan.mass, expected.weights, 2e-2, 'mass');
    },
  );
});

/** What noise has of a row that may lack values, nats. */
function noiseOf({ family, noise, d }: Mixture, row: readonly number[]): number {
  const volumes = logVolumes(family.supports?.(d) ?? new Array<Support>(d).fill('numbers'), noise!.ranges);
  return row.reduce((sum, value, j) => (Number.isNaN(value) ? sum + volumes[j] : sum), noise!.logDensity);
}

const places = cases(
  combinations({ scene: scenes, backend: ['wasm', 'cpu', 'webgpu'] as BackendName[] }),
  ({ scene, backend }) => [scene.name, backend],
);

describe.each(places)('$scene.name beside noise on $backend', ({ scene, backend }) => {
  const rows = withRowsOfNoise(drawn(scene, n).rows);
  const options = { family: scene.family, backend, components: 3, maxIterations: STEPS, tolerance: 0 };

  test('F falls, the plan is dual to it, rows are scored by both, and a model file keeps all', async () => {
    const found = await fitMixture(rows, { ...options, noise: true, seeding: beside(startOf(scene, nearby(scene))) });
    const { objective, mixture, plan, criteria } = found;
    const scale = Math.max(1, Math.abs(objective[0]));
    objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-6 * scale));
    expectWithin((await plan.duality()).gap, 0, 5e-6 * scale, 'gap');
    expect(mixture.weights).toHaveLength(4);
    expect(plan.mass).toHaveLength(4);
    const plain = await withoutNoise(mixture, rows, { family: scene.family, backend });
    expect(mixture.parameters).toBe(plain.parameters + 1);
    const share = mixture.weights[3];
    const clusters = await plain.scoreSamples(rows, { backend });
    const scores = await mixture.scoreSamples(rows, { backend });
    const shares = await mixture.predictProba(rows, { backend });
    const labels = await mixture.predict(rows, { backend });
    rows.forEach((row, i) => {
      const noise = Math.log(share) + noiseOf(mixture, row);
      const expected = logSum(Math.log1p(-share) + clusters[i], noise);
      expectWithin(scores[i], expected, 2e-6 * Math.max(10, Math.abs(clusters[i])), `score of row ${i}`);
      const own = Math.exp(noise - expected);
      expectWithin(shares.data[4 * i + 3], own, 1e-4, `share of noise in row ${i}`);
      if (own > 0.51) expect(labels[i]).toBe(-1);
      if (own < 0.2) expect(labels[i]).toBeGreaterThanOrEqual(0);
    });
    expectWithin(criteria.logLikelihood, scores.reduce((sum, score) => sum + score, 0), 1e-4 * n); // prettier-ignore

    const again = await loadMixture(JSON.parse(JSON.stringify(mixture)) as ModelFile);
    expect(await again.scoreSamples(rows, { backend })).toEqual(scores);
    expect(again.components).toEqual(mixture.components);
    expect(again.noise).toEqual(mixture.noise);
    expect(again.sample(50, { seed: 3 })).toEqual(mixture.sample(50, { seed: 3 }));
  });
});

describe.each(scenes)('$name beside noise', (scene) => {
  const rows = withRowsOfNoise(drawn(scene, 400).rows);
  const options = { family: scene.family, components: 3, maxIterations: STEPS, tolerance: 0, backend: 'wasm' } as const;
  const start = beside(startOf(scene, nearby(scene)));

  test('components in another order give the same, with noise the last as ever', async () => {
    const order = [2, 0, 1];
    const turned = beside(startOf(scene, nearby(scene), order));
    const one = await fitMixture(rows, { ...options, noise: true, seeding: start });
    const other = await fitMixture(rows, { ...options, noise: true, seeding: turned });
    expectAllWithin(other.mixture.weights, [...order, 3].map((c) => one.mixture.weights[c]), 1e-4); // prettier-ignore
    expectWithin(other.objective.at(-1)!, one.objective.at(-1)!, 1e-6 * Math.max(1, Math.abs(one.objective[0])));
  });
});

describe.each(scenes.filter(({ adapted }) => adapted.withGaps))('$name beside noise', (scene) => {
  const rows = withRowsOfNoise(drawn(scene, 400).rows);
  const options = { family: scene.family, components: 3, maxIterations: STEPS, tolerance: 0, backend: 'wasm' } as const;
  const start = beside(startOf(scene, nearby(scene)));
  // Counts of a multinomial, and directions, are missing as a whole.
  const isMissing = (i: number, j: number): boolean =>
    (i * 7 + (['multinomial', 'vonMisesFisher'].includes(scene.name) ? 0 : j * 5)) % 11 === 0;

  test('rows that lack values are scored by what they have', async () => {
    const holes = rows.map((row, i) => row.map((value, j) => (isMissing(i, j) ? NaN : value)));
    const data = Object.fromEntries(holes[0].map((_, j) => [`c${j}`, holes.map((row) => row[j])]));
    const records = holes.map((_, i) => Object.fromEntries(Object.entries(data).map(([name, own]) => [name, own[i]])));
    const missing = { missing: 'model' } as const;
    const given = records as unknown as number[][];
    const found = await fitMixture(given, { ...options, ...missing, noise: true, seeding: start });
    const { mixture, objective, plan } = found;
    const scale = Math.max(1, Math.abs(objective[0]));
    objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-6 * scale));
    expectWithin((await plan.duality()).gap, 0, 5e-6 * scale, 'gap');
    const plain = await withoutNoise(mixture, given, { family: scene.family, ...missing });
    const clusters = await plain.scoreSamples(given, missing);
    const scores = await mixture.scoreSamples(given, missing);
    const share = mixture.weights[3];
    holes.forEach((row, i) => {
      const expected = logSum(Math.log1p(-share) + clusters[i], Math.log(share) + noiseOf(mixture, row));
      expectWithin(scores[i], expected, 2e-6 * Math.max(10, Math.abs(clusters[i])), `score of row ${i}`);
    });
    const again = await loadMixture(JSON.parse(JSON.stringify(mixture)) as ModelFile);
    expect(await again.scoreSamples(given, missing)).toEqual(scores);
  });
});

test('of many columns SIMD sweeps leave out what noise has nothing of, and no more', async () => {
  const d = 32;
  const random = new Numbers(new FastRandom(3));
  const rows = Array.from({ length: 6000 }, (_, i) => {
    if (i % 10 === 0) return Array.from({ length: d }, () => 60 * random.uniform() - 30);
    return Array.from({ length: d }, (_one, j) => 12 * Number(j % 5 === i % 5) + random.normal());
  });
  const means = Array.from({ length: 5 }, (_, c) => Array.from({ length: d }, (_one, j) => 11 * Number(j % 5 === c)));
  const unit = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_one, j) => Number(i === j)));
  const seeding = { weights: [0.19, 0.19, 0.19, 0.19, 0.19, 0.05], means, covariances: means.map(() => unit) };
  const options = { components: 5, noise: true, seeding, maxIterations: 3, tolerance: 0 };
  const [simd, composites] = await Promise.all((['wasm', 'cpu'] as const).map((backend) => fitMixture(rows, { ...options, backend }))); // prettier-ignore
  expectAllWithin(simd.objective, composites.objective, 1e-6 * composites.objective[0]);
  expectAllWithin(simd.mixture.weights, composites.mixture.weights, 1e-6);
  expectWithin(simd.mixture.weights[5], 0.1, 1e-3);
  expectComponentsWithin(simd.mixture, composites.mixture, 1e-4);
  const family = simd.mixture.family;
  const scaling = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1) };
  const own = family.fromParameters({ means, covariances: means.map(() => unit) }, 'test');
  const packed = soleQuadratic(family.pack(family.toShard(own, scaling)));
  expect(logitBounds(packed, Float64Array.from(seeding.weights), { n: 1e5, least: -20, rate: 0.5 })).toBeDefined();
});

describe('rows drawn from a mixture with noise', () => {
  const two = { weights: [0.45, 0.4, 0.15] };
  const table: { name: string; family: FitOptions['family']; components: NamedStart['components']; box: number[][] }[] =
    [
      ...(['full', 'tied', 'diag', 'spherical'] as const).map((covariance) => ({
        name: `gaussian, ${covariance}`,
        family: gaussian({ covariance }),
        components: [{ family: 'gaussian', means: [[-4, 0], [5, 3]], covariances: [[[1, 0], [0, 1]], [[1, 0], [0, 1]]] }], // prettier-ignore
        box: [[-20, -20], [20, 20]], // prettier-ignore
      })),
      { name: 'poisson', family: poisson(), components: [{ family: 'poisson', rates: [[3, 12], [15, 4]] }], box: [[0, 0], [60, 50]] }, // prettier-ignore
      {
        name: 'categorical',
        family: categorical(),
        components: [{ family: 'categorical', probabilities: Array.from({ length: 8 }, (_, j) => [0, 1].map((c) => [0, 1, 2, 3].map((level) => (level === (c + j) % 4 ? 0.85 : 0.05)))) }], // prettier-ignore
        box: [0, 1, 2, 3].map((level) => new Array<number>(8).fill(level)),
      },
      {
        name: 'a product',
        family: product([
          { columns: ['c0'], family: gaussian() },
          { columns: ['c1'], family: poisson() },
          { columns: ['c2'], family: logNormal() },
        ]),
        components: [
          { family: 'gaussian', means: [[-4], [5]], covariances: [[[1]], [[2]]] },
          { family: 'poisson', rates: [[3], [20]] },
          { family: 'logNormal', meanLogs: [[0], [1]], varianceLogs: [[0.1], [0.2]] },
        ],
        box: [[-20, 0, 0.1], [20, 60, 30]], // prettier-ignore
      },
      {
        name: 'vonMisesFisher',
        family: vonMisesFisher(),
        components: [{ family: 'vonMisesFisher', means: [[1, 0, 0], [0, 0.6, 0.8]], concentrations: [30, 50] }], // prettier-ignore
        box: [[1, 0, 0], [0, 1, 0]], // prettier-ignore
      },
    ];

  test.each(table)('$name: parameters and the share of noise come back', async ({ family, components, box }) => {
    const columns = box[0].map((_, j) => `c${j}`);
    const named = (rows: readonly (readonly number[])[]): number[][] =>
      rows.map((row) => Object.fromEntries(row.map((value, j) => [columns[j], value]))) as unknown as number[][];
    const options = { family: family!, components: 2, noise: true, backend: 'wasm' } as const;
    const truth = (await fitMixture(named(box), { ...options, seeding: { ...two, components }, maxIterations: 0 })).mixture; // prettier-ignore
    const count = size(20_000, 6000);
    const { data, labels } = truth.sample(count, { seed: 5 });
    const rows = Array.from({ length: count }, (_, i) => Array.from(data.subarray(i * columns.length, (i + 1) * columns.length))); // prettier-ignore
    const share = labels.filter((label) => label === -1).length / count;
    expectWithin(share, 0.15, 5 * Math.sqrt((0.15 * 0.85) / count), 'share drawn');
    const { mixture, status } = await fitMixture(named(rows), { ...options, seeding: { labels }, tolerance: 1e-7 });
    expect(status).toBe('converged');
    // Where clusters and noise overlap the share is known less well than of labels.
    expectAllWithin(mixture.weights, two.weights, 8 * Math.sqrt(0.25 / count), 'weights');
    const numbers = (of: Mixture): number[] => [of.columnMeans, of.columnDeviations].flat(2);
    const deviations = [truth.columnDeviations, truth.columnDeviations].flat(2);
    numbers(truth).forEach((value, at) =>
      expectWithin(
        numbers(mixture)[at],
        value,
        8 * deviations[at] * Math.sqrt(1 / (0.3 * count)) + 1e-9,
        `number ${at}`,
      ),
    );
    const found = await mixture.predict(named(rows));
    const agreed = labels.filter((label, i) => label === found[i]).length / count;
    expect(agreed).toBeGreaterThan(0.85);
  });
});

describe('a fit with noise', () => {
  const scene = scenes.find(({ name }) => name === 'poisson')!;
  const rows = withRowsOfNoise(drawn(scene, 600).rows);
  const fit = (options: Partial<FitOptions> = {}): Promise<Fit> =>
    fitMixture(rows, { family: poisson(), components: 3, noise: true, backend: 'wasm', ...options });

  test('starts at labels and responsibilities as it answers them', async () => {
    const { mixture } = await fit({ restarts: 3 });
    const { data, shape } = await mixture.predictProba(rows);
    const responsibilities = { data: Float64Array.from(data), shape };
    const step = { maxIterations: 0 };
    const soft = await fit({ ...step, seeding: { responsibilities } });
    expectAllWithin(soft.mixture.weights, mixture.weights, 1e-2);
    const hard = await fit({ ...step, seeding: { labels: await mixture.predict(rows) } });
    expect(hard.mixture.weights).toHaveLength(4);
    const all = await fit({ ...step, seeding: { labels: rows.map((_, i) => i % 3) } });
    expectWithin(all.mixture.weights[3], 0.05, 1e-12); // noise that had nothing would never get anything
  });

  test.each(['fixed', 'relaxed'] as const)('meets prescribed proportions, its own last: %s', async (kind) => {
    const own = [0.4, 0.3, 0.2, 0.1];
    const marginal = kind === 'fixed' ? { kind, weights: own } : { kind, weights: own, rho: 50 };
    const { mixture, plan, marginalError, objective } = await fit({ marginal });
    expectAllWithin(mixture.weights, own, 1e-12);
    expect(marginalError).toBeLessThan(1e-5);
    expectAllWithin(plan.mass, own, kind === 'fixed' ? 1e-5 : 0.02);
    objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-5));
    expectWithin((await plan.duality()).gap, 0, 1e-4);
  });

  test.each(['warm-up', 'anneal', 'short-runs', 'race'] as const)('goes by strategy %s', async (strategy) => {
    const { mixture, status } = await fit({ strategy });
    expect(status).toBe('converged');
    expect(mixture.weights).toHaveLength(4);
  });

  test('weights of 2 are rows twice, and rows of weight 0 have no part in its range', async () => {
    const seeding = beside(startOf(scene, nearby(scene)));
    const sampleWeights = rows.map(() => 2);
    const far = [...rows, [1e4, 1e4, 1e4]];
    const one = await fit({ seeding });
    const twice = await fit({ seeding, sampleWeights });
    expectAllWithin(twice.mixture.weights, one.mixture.weights, 1e-6);
    const options = { family: poisson(), components: 3, noise: true, backend: 'wasm', seeding } as const;
    const without = await fitMixture(far, { ...options, sampleWeights: [...rows.map(() => 1), 0] });
    expect(without.mixture.noise).toEqual(one.mixture.noise);
  });

  test('goes beside priors, whose weights count noise too', async () => {
    const { objective, mixture } = await fit({ prior: { weights: [1, 1, 1, 60], rows: 2 }, tolerance: 0, maxIterations: 30 }); // prettier-ignore
    objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-6));
    const { mixture: free } = await fit({ tolerance: 0, maxIterations: 30 });
    expect(mixture.weights[3]).toBeGreaterThan(free.weights[3]);
    await expect(fit({ prior: { weights: [2, 2, 2] } })).rejects.toThrow('prior.weights: expected a finite number ≥ 1, or 4 of them'); // prettier-ignore
    const gaussians = await fit({ family: gaussian({ covariance: 'tied' }), prior: 'default', tolerance: 0, maxIterations: 20 }); // prettier-ignore
    gaussians.objective.forEach((value, t, all) => expect(t > 0 ? value - all[t - 1] : 0).toBeLessThan(1e-6));
  });

  test('never starts noise again, however little it has', async () => {
    const { mixture, diagnostics } = await fit({ noise: { density: 1e-300 } });
    expect(mixture.weights[3]).toBeLessThan(1e-6);
    expect(diagnostics.repairs).toEqual([]);
  });

  test('fills numbers in by its range too, in proportion', async () => {
    const two = [...Array.from({ length: 50 }, (_, i) => [i % 5, (i % 7) * 0.1]), [100, 40]];
    const { mixture } = await fitMixture(two, { components: 1, noise: true, restarts: 2 });
    const [[filled]] = [Array.from((await mixture.impute([[100, NaN]])).data.subarray(1))];
    expectWithin(filled, 20, 1e-6); // the middle of 0 … 40
    const [inside] = Array.from((await mixture.impute([[2, NaN]])).data.subarray(1));
    expect(inside).toBeLessThan(1);
  });

  test.each([
    [
      { density: 0 },
      'noise.density: expected a finite number > 0, got 0; use true for one over the product of the ranges of the columns',
    ],
    [{ density: NaN }, 'noise.density: expected a finite number > 0, got NaN'],
    [{ volume: -2 }, 'noise.volume: expected a finite number > 0, got -2'],
    [{ volume: '3' }, 'noise.volume: expected a finite number > 0, got "3"'],
    [{ area: 3 }, 'noise: expected true, false, { density } or { volume }, got {"area":3}'],
    ['yes', 'noise: expected true, false, { density } or { volume }, got "yes"'],
  ])('refuses %j', async (noise, message) => {
    await expect(fit({ noise: noise as never })).rejects.toThrow(message);
  });

  test.each([
    [
      { marginal: { kind: 'fixed', weights: [0.5, 0.3, 0.2] } },
      'marginal.weights: expected 4 positive numbers that sum to 1, one per component and the last for the noise, got 3: 0.5, 0.3, 0.2, sum 1; give every component and the noise its share of the rows',
    ],
    [
      { seeding: { ...startOf(scene, nearby(scene)) } },
      'seeding.weights: expected 4 positive numbers that sum to 1, one per component and the last for the noise',
    ],
    [{ seeding: { labels: rows.map(() => -2) } }, 'expected components from 0 to 2, or -1 for noise, got -2'],
  ] as [Partial<FitOptions>, string][])('says that noise counts: %#', async (options, message) => {
    await expect(fit(options)).rejects.toThrow(message);
  });

  test.each([
    [{ logDensity: 'x', ranges: [] }],
    [{ logDensity: -3, ranges: [[0, 1]] }],
    [
      {
        logDensity: -3,
        ranges: [
          [0, 1],
          [2, 1],
          [0, 1],
        ],
      },
    ],
  ])('of a damaged model file is refused: %j', async (noise) => {
    const { mixture } = await fit();
    await expect(loadMixture({ ...mixture.toJSON(), noise } as never)).rejects.toThrow('noise');
  });
});
