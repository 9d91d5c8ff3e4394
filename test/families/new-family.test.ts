/** A family is one new file and one line of a table: here test/families/unit-gaussian.ts, and the line that is put in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selectionSummary } from '../../src/cli/candidates.js';
import { fitJson, selectionJson } from '../../src/cli/json.js';
import { reportOf } from '../../src/cli/report.js';
import { ReportSample } from '../../src/cli/report-sample.js';
import { fitSummary } from '../../src/cli/summary.js';
import { families, type FamilyMaker } from '../../src/families/families.js';
import { fitMixture, gaussian, loadMixture, selectMixture, type NamedStart } from '../../src/index.js';
import { mulberry32, normal } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { unitGaussian } from './unit-gaussian.js';

const table = families as Record<string, FamilyMaker>;
beforeAll(() => {
  table.unitGaussian = unitGaussian;
});
afterAll(() => {
  delete table.unitGaussian;
});

const random = mulberry32(4);
const centres = [[100, 0], [104, 1], [99, 7]]; // prettier-ignore
const x = Array.from({ length: 600 }, (_, i) => centres[i % 3].map((mean) => mean + normal(random)));
const family = unitGaussian();
const options = { family, components: 3, tolerance: 0, maxIterations: 15 } as const;

const columns = ['a', 'b'];
const rows = x.map(([a, b]) => ({ a, b }));
const data = { data: rows, columns } as const;

/** EM of unit Gaussians from a start, as a textbook has it; returns means, weights and the mean log-likelihood. */
function em(start: readonly (readonly number[])[], iterations: number) {
  let means = start.map((mean) => [...mean]);
  let weights = means.map(() => 1 / means.length);
  for (let iteration = 0; ; iteration++) {
    let logLikelihood = 0;
    const shares = x.map((row) => {
      const terms = means.map((mean, c) => weights[c] * Math.exp(-((row[0] - mean[0]) ** 2 + (row[1] - mean[1]) ** 2) / 2)); // prettier-ignore
      const sum = terms.reduce((a, b) => a + b);
      logLikelihood += Math.log(sum / (2 * Math.PI)) / x.length;
      return terms.map((term) => term / sum);
    });
    if (iteration === iterations) return { means, weights, logLikelihood };
    const mass = means.map((_, c) => shares.reduce((sum, share) => sum + share[c], 0));
    means = means.map((_, c) => [0, 1].map((j) => x.reduce((sum, row, i) => sum + shares[i][c] * row[j], 0) / mass[c]));
    weights = mass.map((one) => one / x.length);
  }
}

describe.each(['cpu', 'wasm', 'webgpu'] as const)('on %s', (backend) => {
  test('a new family is fitted from a start by name, as EM by hand', async () => {
    const seeding: NamedStart = { weights: [1 / 3, 1 / 3, 1 / 3], components: [{ means: centres.map(([a, b]) => [a + 1, b - 1]) }] }; // prettier-ignore
    const { mixture, criteria } = await fitMixture(x, { ...options, backend, seeding });
    const expected = em(centres.map(([a, b]) => [a + 1, b - 1]), 15); // prettier-ignore
    expectAllWithin(mixture.columnMeans.flat(), expected.means.flat(), 1e-5);
    expectAllWithin(mixture.weights, expected.weights, 1e-5);
    expectWithin(criteria.meanLogLikelihood, expected.logLikelihood, 1e-6);
  });

  test('it is seeded, and started by means or labels alone', async () => {
    for (const seeding of ['k-means++', { means: centres }, { labels: x.map((_, i) => i % 3) }] as const) {
      const { mixture } = await fitMixture(x, { ...options, backend, seeding });
      const means = [...mixture.columnMeans].sort(([, a], [, b]) => a - b);
      expectAllWithin(means.flat(), centres.flat(), 0.2); // some five standard errors
    }
  });

  test('it predicts, scores and samples', async () => {
    const { mixture, plan } = await fitMixture(x, { ...options, backend });
    const labels = await mixture.predict(x, { backend });
    expect(new Set(labels)).toEqual(new Set([0, 1, 2]));
    const { means, weights } = { means: mixture.columnMeans, weights: mixture.weights };
    const [density] = await mixture.scoreSamples([[100, 0]], { backend });
    const terms = means.map(([a, b], c) => weights[c] * Math.exp(-((100 - a) ** 2 + b ** 2) / 2));
    expectWithin(density, Math.log(terms.reduce((a, b) => a + b) / (2 * Math.PI)), 1e-5);
    const { primal, dual } = await plan.duality();
    expectWithin(primal, dual, 1e-5);
    const drawn = mixture.sample(20_000, { seed: 1 });
    const ofFirst = Array.from(drawn.labels.keys()).filter((row) => drawn.labels[row] === 0);
    const mean = ofFirst.reduce((sum, row) => sum + drawn.data[2 * row], 0) / ofFirst.length;
    expect(Math.abs(mean - means[0][0])).toBeLessThan(0.05);
  });
});

test('a fit tells of it as it goes, in the form that starts another', async () => {
  const starts: (NamedStart | undefined)[] = [];
  const { mixture } = await fitMixture(x, {
    ...options,
    onProgress: ({ phase, start, model }) => {
      expect(model).toBeUndefined();
      if (phase === 'fit') starts.push(start?.());
    },
  });
  expect(starts).toHaveLength(15);
  expect(starts.at(-1)).toEqual({ weights: mixture.weights, components: mixture.components });
  const again = await fitMixture(x, { ...options, seeding: starts[13]!, maxIterations: 1 });
  expectAllWithin(again.mixture.columnMeans.flat(), mixture.columnMeans.flat(), 1e-6);
});

test('it is saved and loaded, bit for bit', async () => {
  const { mixture } = await fitMixture(data, options);
  const folder = await mkdtemp(join(tmpdir(), 'otmix-'));
  try {
    await mixture.save(join(folder, 'model.json'));
    const loaded = await loadMixture(join(folder, 'model.json'));
    expect(loaded.toJSON()).toEqual(mixture.toJSON());
    expect([loaded.components, loaded.family.name]).toEqual([mixture.components, 'unitGaussian']);
    expect(await loaded.predict(data)).toEqual(await mixture.predict(data));
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('selection, JSON and report', () => {
  const selected = selectMixture(data, { components: [2, 3, 4], families: [family, gaussian({ covariance: 'full' })] });

  test('it is chosen where data are of it', async () => {
    const { best, candidates } = await selected;
    expect(candidates.map(({ k, family: { name }, covariance }) => [k, name, covariance])).toEqual([
      ...[2, 3, 4].map((k) => [k, 'unitGaussian', undefined]),
      ...[2, 3, 4].map((k) => [k, 'gaussian', 'full']),
    ]);
    expect([best.k, best.family.name]).toEqual([3, 'unitGaussian']);
  });

  test('JSON has its components by name, and Gaussians as ever', async () => {
    const { best, candidates } = await selected;
    const json = fitJson(best.fit, { total: 1 });
    expect(json).toMatchObject({
      k: 3,
      family: 'unitGaussian',
      parameters: 8,
      components: best.fit.mixture.components,
    });
    expect(Object.keys(json)).not.toContain('means');
    const { mixture } = candidates[4].fit;
    const { means, covariances } = mixture;
    expect(fitJson(candidates[4].fit, {})).toMatchObject({ covariance: 'full', means, covariances });
    const { candidates: listed } = selectionJson(await selected, {}) as { candidates: object[] };
    expect(listed[1]).toMatchObject({ k: 3, family: 'unitGaussian' });
    expect(listed[4]).toMatchObject({ k: 3, covariance: 'full' });
  });

  test('summaries name it', async () => {
    const { best } = await selected;
    expect(fitSummary(best.fit, 1, 80)).toContain('Fitted 3 unit Gaussians to 600 rows of a, b');
    expect(selectionSummary(await selected, 6, 1, 80)).toMatch(/3 +unit-gaussian/);
  });

  test('it is put into a report, alone and among others', async () => {
    const selection = await selected;
    const sample = new ReportSample(2, { seed: 0 });
    sample.see({ rows: x.length, values: Float64Array.from(x.flat()) }, 0);
    const flags = { every: 1, backend: 'wasm', dimensions: undefined } as unknown as Parameters<typeof reportOf>[1]['flags']; // prettier-ignore
    const parts = { spec: 'some.csv', flags, sample, seconds: { fit: 1 } };
    const page = await reportOf(selection.best.fit, { ...parts, selection });
    expect(page).toContain('a mixture of 3 unit Gaussians');
    expect(page).toContain('k = 3 with unit-gaussian has the lowest bic');
    const { fit } = await selectMixture(data, { components: [1], families: [family] }).then(({ best }) => best);
    expect(await reportOf(fit, parts)).toContain('a single unit Gaussian');
  });
});

describe('bad input is one line', () => {
  test.each([
    ['parameters of another family', { means: centres, covariances: centres.map(() => [[1, 0], [0, 1]]) }, 'seeding: expected parameters of family unitGaussian: means, got covariances; '], // prettier-ignore
    [
      'no parameters',
      { components: [{ family: 'unitGaussian' }] },
      'seeding: means: expected an array of 3, got undefined; ',
    ],
    [
      'a block of another family',
      { components: [{ family: 'gaussian', means: centres }] },
      'seeding.components: expected one block of family unitGaussian',
    ],
    [
      'too few components',
      { components: [{ means: centres.slice(1) }] },
      'seeding: expected 3 components in 2 dimensions, got 2 in 2; ',
    ],
  ])('%s', async (_, seeding, message) => {
    await expect(fitMixture(x, { ...options, seeding })).rejects.toThrow(message);
  });

  test('no families to select from', async () => {
    await expect(selectMixture(x, { components: [1], families: [] })).rejects.toThrow(
      'select: expected at least one number of components and one family, got ',
    );
  });

  test('means of a mixture that has none such', async () => {
    const { mixture } = await fitMixture(x, options);
    expect(() => mixture.covariances).toThrow('mixture: expected Gaussian components, got unitGaussian; ');
  });
});
