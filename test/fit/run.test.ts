import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, type FitOptions, type GivenStart, type Progress } from '../../src/index.js';
import { size } from '../cases.js';
import { problem } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';

const { x } = problem('overlapping', { n: 2000, d: 2, k: 3, seed: 2 });

describe('a fit', () => {
  test('with the same seed is the same, bit for bit; with another it need not be', async () => {
    const fit = (seed: number) => fitMixture(x, { components: 3, seed, backend: 'wasm' });
    const [one, same, other] = [await fit(1), await fit(1), await fit(2)];
    expect(same.mixture.toJSON()).toEqual(one.mixture.toJSON());
    expect(same.objective).toEqual(one.objective);
    expect(other.objective).not.toEqual(one.objective);
  });

  test('stops when an iteration gains less than the tolerance, and says so', async () => {
    const { objective, status, iterations, sweeps } = await fitMixture(x, {
      components: 3,
      tolerance: 1e-4,
      backend: 'cpu',
    });
    expect(status).toBe('converged');
    expect(iterations).toBe(objective.length);
    expect(sweeps).toBe(iterations + 1);
    const gains = objective.slice(1).map((value, t) => objective[t] - value);
    expect(gains.pop()).toBeLessThan(1e-4);
    for (const gain of gains) expect(gain).toBeGreaterThanOrEqual(1e-4);
  });

  test('stops at the iteration limit, and says so', async () => {
    const fit = await fitMixture(x, { components: 3, tolerance: 0, maxIterations: 2, backend: 'cpu' });
    expect(fit).toMatchObject({ status: 'maxIterations', iterations: 2, sweeps: 3 });
  });

  test('of several starts returns the best and reports each', async () => {
    const { restarts, objective, judged } = await fitMixture(x, {
      components: 5,
      restarts: size(6, 3),
      seeding: 'random',
      backend: 'cpu',
    });
    expect(restarts).toHaveLength(size(6, 3));
    const all = restarts.map((run) => run.judged);
    expect(judged).toBe(Math.min(...all.map(Number)));
    expect(objective[objective.length - 1]).toBe(restarts[all.indexOf(judged)].objective);
    expect(new Set(all).size).toBeGreaterThan(1);
  });

  test('reports progress by phase, rows and iterations', async () => {
    const seen: Progress[] = [];
    const { iterations, objective } = await fitMixture(x, {
      components: 3,
      restarts: 2,
      backend: 'cpu',
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen[0]).toEqual({ phase: 'load', rows: 2000, totalRows: 2000 });
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['load', 'seed', 'fit', 'score']);
    const best = seen.filter((one) => one.phase === 'fit' && one.objective === objective[objective.length - 1]);
    expect(best[0]).toMatchObject({ iteration: iterations, restarts: 2, maxIterations: 200, epsilon: 1 });
  });

  test('hands out what is fitted so far with its progress, then or later', async () => {
    const models: (GivenStart | undefined)[] = [];
    const seen: Progress[] = [];
    const moved = x.map(([a, b]) => [1e6 + a, 100 * b]); // in other units than the fit's own
    const fit = await fitMixture(moved, {
      components: 3,
      backend: 'wasm',
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.phase === 'fit') models.push(progress.model?.());
        else expect(progress.model).toBeUndefined();
      },
    });
    const { weights, means, covariances } = fit.mixture;
    expect(models).toHaveLength(fit.iterations);
    expect(models.at(-1)).toEqual({ weights, means, covariances });
    const later = seen.filter(({ phase }) => phase === 'fit').map(({ model }) => model?.());
    expect(later).toEqual(models);
  });

  test('goes on where its progress was', async () => {
    const models: GivenStart[] = [];
    const options = { components: 3, tolerance: 0, backend: 'cpu' } as const;
    const onProgress = ({ model }: Progress) => model && models.push(model());
    const whole = await fitMixture(x, { ...options, maxIterations: 5, onProgress });
    const rest = await fitMixture(x, { ...options, seeding: models[1], maxIterations: 3 });
    expectAllWithin(rest.objective, whole.objective.slice(2), 1e-6);
    expectAllWithin(rest.mixture.means.flat(), whole.mixture.means.flat(), 1e-4);
    expect(Math.abs(models[1].means[0][0] - models[4].means[0][0])).toBeGreaterThan(1e-3); // it had some way to go
  });

  test('returns what is fitted so far when it is aborted', async () => {
    const controller = new AbortController();
    const fit = await fitMixture(x, {
      components: 3,
      tolerance: 0,
      backend: 'cpu',
      signal: controller.signal,
      onProgress: ({ iteration }) => iteration === 4 && controller.abort(),
    });
    expect(fit).toMatchObject({ status: 'aborted', iterations: 4 });
    expectWithin(-fit.criteria.meanLogLikelihood, fit.objective[3], 1e-6);
    const four = await fitMixture(x, { components: 3, tolerance: 0, maxIterations: 4, backend: 'cpu' });
    expect(fit.mixture.toJSON()).toEqual({ ...four.mixture.toJSON(), provenance: expect.anything() as unknown });
  });

  test('keeps its first start when it is aborted in the second', async () => {
    const controller = new AbortController();
    const fit = await fitMixture(x, {
      components: 3,
      restarts: 5,
      backend: 'cpu',
      signal: controller.signal,
      onProgress: ({ phase, restart }) => phase === 'seed' && restart === 2 && controller.abort(),
    });
    expect(fit.status).toBe('aborted');
    expect(fit.restarts).toHaveLength(1);
    expect(fit.restarts[0].status).toBe('converged');
  });

  test('rejects with the signal’s reason when it is aborted before it began', async () => {
    const reason = new Error('never mind');
    await expect(fitMixture(x, { components: 3, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('anneals down a schedule that ends at ε = 1', async () => {
    const epsilons: number[] = [];
    const fit = await fitMixture(x, {
      components: 3,
      epsilon: { from: 4, steps: 3 },
      backend: 'cpu',
      onProgress: ({ epsilon }) => epsilon !== undefined && epsilons.push(epsilon),
    });
    expect([...new Set(epsilons)]).toEqual([4, 2, 1]);
    expectWithin(fit.objective[fit.iterations - 1], -fit.criteria.meanLogLikelihood, 1e-6);
  });

  test('at ε = 0 assigns every row to one component', async () => {
    const { mixture, criteria } = await fitMixture(x, { components: 3, epsilon: 0, tolerance: 0, backend: 'cpu' });
    const labels = await mixture.predict(x);
    expect(new Set(labels).size).toBe(3);
    // Its criteria are those of the mixture at ε = 1 all the same, in float64 since the fit ended so.
    expectWithin(criteria.meanLogLikelihood, await mixture.score(x, { backend: 'cpu' }), 1e-7);
  });

  test('says on what it ran and how long it took', async () => {
    const { diagnostics } = await fitMixture(x, {
      components: 2,
      backend: 'cpu',
      family: gaussian({ covariance: 'diag' }),
    });
    expect(diagnostics).toMatchObject({
      backend: 'cpu',
      precision: 'float32 sweeps, float64 host',
      rows: 2000,
      dropped: 0,
    });
    expect(Object.keys(diagnostics.seconds).sort()).toEqual(['fit', 'load', 'score', 'seed']);
  });
});

describe('a mistake in the options is one clear line', () => {
  const ball = [
    [1, 0],
    [0, 1],
  ];
  const start = {
    weights: [0.5, 0.5],
    means: [
      [0, 0],
      [1, 1],
    ],
    covariances: [ball, ball],
  };
  test.each<[string, Partial<FitOptions>, string]>([
    ['components 0', { components: 0 }, 'components: expected a whole number ≥ 1, got 0; correct it'],
    ['components 2.5', { components: 2.5 }, 'components: expected a whole number ≥ 1, got 2.5; correct it'],
    [
      'more components than rows',
      { components: 5000 },
      'components: expected at most 2000, the number of rows, got 5000; fit fewer components or give more rows',
    ],
    ['no restarts', { restarts: 0 }, 'restarts: expected a whole number ≥ 1, got 0; correct it'],
    ['a seed that is no integer', { seed: 0.5 }, 'seed: expected a whole number, got 0.5; correct it'],
    ['a negative tolerance', { tolerance: -1 }, 'tolerance: expected a finite number ≥ 0, got -1; correct it'],
    [
      'NaN regularization',
      { regularization: NaN },
      'regularization: expected a finite number ≥ 0, got NaN; correct it',
    ],
    [
      'fewer than no iterations',
      { maxIterations: -1 },
      'maxIterations: expected a whole number ≥ 0, got -1; correct it',
    ],
    [
      'direct I/O neither wanted nor not',
      { directSpill: 'yes' as unknown as boolean },
      'directSpill: expected true or false, got "yes"; correct it',
    ],
    [
      'an unknown seeding',
      { seeding: 'magic' as 'random' },
      'seeding: expected one of k-means++, k-means||, k-means, hierarchical, random, random-responsibilities, got "magic"; choose one of these',
    ],
    [
      'restarts of a given start',
      { seeding: start, restarts: 3 },
      'restarts: expected 1 where the start is given, got 3; leave restarts out, or choose a seeding method',
    ],
    [
      'start weights that do not sum to 1',
      { seeding: { ...start, weights: [0.5, 0.6] } },
      'seeding.weights: expected 2 positive numbers that sum to 1, one per component, got 2: 0.5, 0.6, sum 1.1; give every component its share of the rows',
    ],
    [
      'a start of another size',
      { seeding: { ...start, means: [[0], [1]] } },
      'seeding: covariances[0]: expected an array [1][1], got 2 rows of lengths 2, 2; give one row per component and one value per column',
    ],
    [
      'a start that is not positive definite',
      {
        seeding: {
          ...start,
          covariances: [
            ball,
            [
              [1, 2],
              [2, 1],
            ],
          ],
        },
      },
      'seeding: covariances[1]: expected a symmetric positive definite matrix, got one that is not positive definite; correct it, or add a little to its diagonal',
    ],
    [
      'proportions of other components',
      { marginal: { kind: 'fixed', weights: [0.5, 0.3, 0.2] } },
      'marginal.weights: expected 2 positive numbers that sum to 1, one per component, got 3: 0.5, 0.3, 0.2, sum 1; give every component its share of the rows',
    ],
    [
      'a proportion of 0',
      { marginal: { kind: 'fixed', weights: [1, 0] } },
      'marginal.weights: expected 2 positive numbers that sum to 1, one per component, got 2: 1, 0, sum 1; fit fewer components where one is to hold nothing',
    ],
    [
      'hard assignment under a prescribed marginal',
      { marginal: { kind: 'fixed', weights: [0.5, 0.5] }, epsilon: 0 },
      "epsilon: expected a number > 0 with marginal fixed, got 0; use a small one such as 0.1, or marginal { kind: 'free' }",
    ],
    [
      'a negative temperature',
      { epsilon: -1 },
      'epsilon: expected a number ≥ 0, or { from, steps } with from > 0 and a whole number of steps ≥ 1, got -1; use 1 for maximum likelihood, or a schedule such as { from: 1.5, steps: 5 }',
    ],
    [
      'weights of the wrong length',
      { sampleWeights: [1, 2] },
      'sampleWeights: expected 2000 weights, one per row, got 2; give every row its weight',
    ],
    [
      'a start without means',
      { seeding: { weights: [0.5, 0.5] } as unknown as 'random' },
      'seeding: expected one of k-means++, k-means||, k-means, hierarchical, random, random-responsibilities, or an object with means (and weights, covariances or precisions), with responsibilities, or with labels, got an object with weights; give one of these; what means lack is estimated',
    ],
  ])('%s', async (_, options, message) => {
    const attempt = fitMixture(x, { components: 2, backend: 'cpu', ...options });
    await expect(attempt).rejects.toMatchObject({ name: 'InputError', message });
  });

  test('no options at all, and null for the default', async () => {
    const bare = fitMixture as unknown as (data: number[][], options?: unknown) => Promise<unknown>;
    await expect(bare(x)).rejects.toThrow('components: expected a whole number ≥ 1, got undefined; correct it');
    const nothing = { epsilon: null, marginal: null, seeding: null, family: null };
    await expect(bare(x, { components: 1, backend: 'cpu', ...nothing })).resolves.toMatchObject({
      status: 'converged',
    });
  });

  test('a tensor that was disposed', async () => {
    const tensor = tf.tensor2d(x);
    tensor.dispose();
    await expect(fitMixture(tensor, { components: 2 })).rejects.toThrow(
      'got a tensor that was disposed; give rows and columns',
    );
  });
});
