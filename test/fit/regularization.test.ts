import { describe, expect, test } from 'vitest';
import { fitMixture, selectMixture } from '../../src/index.js';
import { loadDataset, toSource } from '../../src/data/dataset.js';
import { regularizationOf } from '../../src/fit/regularization.js';
import { mulberry32, normal } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { cpuDevice } from '../../src/backend/cpu.js';

const random = mulberry32(11);
/** Two clusters of standard deviation 1e-4, 8e-4 apart. */
const narrow = Array.from({ length: 400 }, (_, i) => [8e-4 * (i % 2) + 1e-4 * normal(random)]);
/** Two columns of variance 1 that differ by little: the smallest eigenvalue of their covariance is 4e-6. */
const alike = Array.from({ length: 4000 }, () => {
  const [common, own] = [normal(random), Math.sqrt(2e-6) * normal(random)];
  return [common + own, common - own];
});

describe('regularization left at its default decides nothing', () => {
  test('where clusters are narrow beside 1', async () => {
    const { mixture } = await fitMixture(narrow, { components: 2 });
    expectAllWithin(
      mixture.means.map(([mean]) => mean).sort((a, b) => a - b),
      [0, 8e-4],
      3e-5,
    );
    for (const [[variance]] of mixture.covariances) expectWithin(variance, 1e-8, 3e-9);
    const { best } = await selectMixture(narrow, { components: [1, 2, 3], restarts: 3 });
    expect(best.k).toBe(2);
  });

  test('where columns are nearly collinear', async () => {
    const [own, none] = [
      await fitMixture(alike, { components: 1 }),
      await fitMixture(alike, { components: 1, regularization: 0 }),
    ];
    expectWithin(own.criteria.logLikelihood, none.criteria.logLikelihood, 1e-3);
  });

  test('in any unit: powers of two move the fit and nothing else', async () => {
    const fits = [2 ** -30, 1].map((unit) =>
      fitMixture(
        narrow.map(([x]) => [x * unit]),
        { components: 2 },
      ),
    );
    const [one, other] = (await Promise.all(fits)).map(({ mixture }) => mixture);
    expect(one.weights).toEqual(other.weights);
    expect(one.covariances.map(([[variance]]) => variance * 2 ** 60)).toEqual(other.covariances.map(([[v]]) => v));
  });

  test('whatever rows come first: the share is of the variance of all', async () => {
    // The first block suggests a scale four times too small, which is near enough to read the data but once.
    const rows = Array.from({ length: 65_536 + 60_000 }, (_, i) => [(i < 65_536 ? 1 : 8) * Math.sin(i)]);
    const device = cpuDevice();
    const added: number[] = [];
    for (const data of [rows, [...rows].reverse()]) {
      const dataset = await loadDataset(toSource(data), { device, missing: 'error' });
      added.push(regularizationOf(undefined, dataset)[0] * dataset.scaling.scale[0] ** 2);
      dataset.shard.dispose();
    }
    const variance = (65_536 * 0.5 + 60_000 * 32) / rows.length;
    for (const one of added) expectWithin(one, 1e-9 * variance, 1e-12 * variance);
    expectWithin(added[1], added[0], 1e-12 * added[0]);
  });
});
