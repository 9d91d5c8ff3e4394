/** What a fit with noise takes, and what it refuses. */
import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, loadMixture, poisson, type Fit, type FitOptions } from '../../src/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { drawn, nearby, scenes, startOf } from './scenes.js';
import { beside, withRowsOfNoise } from './noise.js';

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

  test.each(['warm-up', 'anneal', 'short-runs', 'race', 'split-merge'] as const)(
    'goes by strategy %s',
    async (strategy) => {
      const { mixture, status } = await fit({ strategy });
      expect(status).toBe('converged');
      expect(mixture.weights).toHaveLength(4);
    },
  );

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
