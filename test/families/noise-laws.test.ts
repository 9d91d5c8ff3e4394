/** Laws of fits with noise beside the components of every family. */
import { describe, expect, test } from 'vitest';
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
  type FitOptions,
  type Mixture,
  type ModelFile,
  type NamedStart,
} from '../../src/index.js';
import { logVolumes, type Support } from '../../src/families/noise.js';
import { cases, combinations, size } from '../cases.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { drawn, nearby, scenes as others, startOf } from './scenes.js';
import { ofMatrices } from './settings.js';
import { beside, withRowsOfNoise } from './noise.js';

const STEPS = 8;
const n = size(1200, 300);
const logSum = (a: number, b: number): number => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));

const forms = ['full', 'tied', 'diag', 'spherical'] as const;
const scenes = [...others, ...forms.map((form) => ofMatrices(form, false)), ofMatrices('tied', true)];

/** The same mixture without its noise. */
async function withoutNoise(mixture: Mixture, data: number[][], options: Partial<FitOptions>): Promise<Mixture> {
  const own = mixture.weights.slice(0, mixture.k);
  const rest = own.reduce((sum, weight) => sum + weight, 0);
  const seeding = { weights: own.map((weight) => weight / rest), components: mixture.components };
  return (await fitMixture(data, { components: mixture.k, ...options, noise: false, seeding, maxIterations: 0 })).mixture; // prettier-ignore
}

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

describe('rows drawn from a mixture with noise', () => {
  const two = { weights: [0.45, 0.4, 0.15] };
  const table: { name: string; family: FitOptions['family']; components: NamedStart['components']; box: number[][] }[] =
    [
      ...forms.map((covariance) => ({
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
