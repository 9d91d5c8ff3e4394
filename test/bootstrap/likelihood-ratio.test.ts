import { describe, expect, test } from 'vitest';
import { testOf } from '../../src/bootstrap/model-test.js';
import { sampledSource, withGapsOf } from '../../src/bootstrap/sampled-rows.js';
import { bootstrapTest, categorical, fitMixture, gaussian } from '../../src/index.js';
import { matrixSource } from '../../src/data/arrays.js';
import { goldenRows } from '../golden/data.js';
import { goldenFit } from '../golden/values.js';
import { expectWithin } from '../within.js';

const faithful = goldenRows('faithful');
/** mclust's log-likelihood of two full Gaussians. */
const published = goldenFit('faithful/full/2').logLikelihood;
/** Rows of one Gaussian. */
const { mixture: single } = await fitMixture(faithful, { components: 1 });
const plain = single.sample(150, { seed: 9 });

describe('the test of k against k + 1', () => {
  test('has the statistic of published optima of Old Faithful, one against two, and refuses one', async () => {
    const found = await bootstrapTest(faithful, { components: 1, replicates: 19, restarts: 2 });
    expectWithin(found.statistic, 2 * (published - logLikelihoodOfOne(faithful)), 1e-3); // fits stop at that over all rows
    expect(found).toMatchObject({ k: 1, pValue: 1 / 20, asked: 19, failures: [], status: 'complete' });
    expect(found.statistics).toHaveLength(19);
    expect(found.fits.map(({ mixture }) => mixture.k)).toEqual([1, 2]);
  });

  test('keeps one where rows are of one, whose p is that of the ranks', async () => {
    const { pValue, statistic, statistics } = await bootstrapTest(plain, { components: 1, replicates: 15, seed: 3 });
    expect(pValue).toBeGreaterThan(0.05);
    expect(pValue).toBe((1 + statistics.filter((one) => one >= statistic).length) / 16);
  });

  test('is the same for any threads', async () => {
    const options = { components: 1, replicates: 2, restarts: 1 } as const;
    const { data, shape } = single.sample(3000, { seed: 2 });
    const ran = (threads: number) => bootstrapTest({ data, shape }, { ...options, threads });
    expect((await ran(3)).statistics).toEqual((await ran(1)).statistics);
  });

  test('of a model has its family, prior and regularization', async () => {
    const family = gaussian({ covariance: 'diag' });
    const { mixture } = await fitMixture(faithful, { components: 1, family, prior: 'default' });
    const { fits } = await testOf(faithful, mixture, { replicates: 2, restarts: 1 });
    expect(fits.map(({ logPrior }) => typeof logPrior)).toEqual(['number', 'number']);
    expect(fits[1].mixture.family.options).toEqual({ covariance: 'diag' });
    const marginal = { kind: 'fixed', weights: [0.3, 0.7] } as const;
    const fixed = await fitMixture(faithful, { components: 2, marginal });
    expect(() => testOf(faithful, fixed.mixture)).toThrow(
      'test: expected a model of free proportions, got marginal fixed',
    );
  });

  test('aborted keeps the samples that are done', async () => {
    const controller = new AbortController();
    const onProgress = (progress: { phase: string; done?: number }): void => {
      if (progress.done === 2) controller.abort();
    };
    const options = { components: 1, replicates: 50, restarts: 1, signal: controller.signal, onProgress } as const;
    const { status, statistics, pValue } = await bootstrapTest(plain, options);
    expect([status, statistics.length]).toEqual(['aborted', 2]);
    expect([1 / 3, 2 / 3, 1]).toContain(pValue);
  });

  test('refuses what has no likelihood ratio, a line each', async () => {
    const refused = (options: object, data: number[][] = faithful) =>
      expect(bootstrapTest(data, { components: 1, ...options })).rejects;
    await refused({ marginal: { kind: 'free' } }).toThrow('marginal: expected nothing, got {"kind":"free"}');
    await refused({ epsilon: 1.5 }).toThrow('epsilon: expected 1, where likelihoods are, got 1.5; leave it out');
    await refused({ seeding: { means: [[1, 2]] }, restarts: 1 }).toThrow('seeding: expected the name of a method');
    await refused({ sampleWeights: [1] }).toThrow('sampleWeights: expected nothing');
    const equal = [...faithful, [20, 200], [20, 200]];
    await refused({ components: 3, replicates: 2 }, equal).toThrow(
      /^bootstrapTest: expected \d components that hold rows/,
    );
  });
});

describe('samples', () => {
  test('have texts for levels, and lack what the rows lack', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ kind: i % 5 === 0 ? null : i % 2 ? 'odd' : 'even' }));
    const { mixture } = await fitMixture(rows, { components: 1, family: categorical(), missing: 'model' });
    const sample = sampledSource(mixture, 40, 1);
    for await (const { levels } of sample.batches()) expect(levels).toEqual([['even', 'odd']]);
    const found = await bootstrapTest(rows, { components: 1, family: categorical(), missing: 'model', replicates: 2 });
    expect(found.statistics).toHaveLength(2);
  });

  test('lack values in the places of another source, whatever its batches', async () => {
    const data = Float64Array.from({ length: 150 * 2 }, (_, at) => (at % 7 === 3 ? NaN : at));
    const whole = matrixSource({ data, shape: [150, 2] });
    const split = {
      ...whole,
      async *batches() {
        for await (const { values } of whole.batches()) {
          for (let from = 0; from < 150; from += 50)
            yield { rows: 50, values: values.subarray(2 * from, 2 * from + 100) };
        }
      },
    };
    for await (const { values } of withGapsOf(sampledSource(single, 150, 1), split).batches()) {
      expect(Array.from(values, Number.isNaN)).toEqual(Array.from(data, Number.isNaN));
    }
  });
});

/** −n (d log 2π + log |S| + d) / 2 of one Gaussian, in two columns. */
function logLikelihoodOfOne(rows: readonly (readonly number[])[]): number {
  const n = rows.length;
  const mean = [0, 1].map((j) => rows.reduce((sum, row) => sum + row[j], 0) / n);
  const [a, b, c] = [
    [0, 0],
    [0, 1],
    [1, 1],
  ].map(([i, j]) => rows.reduce((sum, row) => sum + (row[i] - mean[i]) * (row[j] - mean[j]), 0) / n);
  return (-n * (2 * Math.log(2 * Math.PI) + Math.log(a * c - b * b) + 2)) / 2;
}
