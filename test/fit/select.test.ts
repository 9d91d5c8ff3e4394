import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { selectMixture, type Candidate, type Criterion } from '../../src/fit/select.js';
import { fitMixture } from '../../src/fit/fit.js';
import type { Family } from '../../src/families/family.js';
import { gaussian } from '../../src/families/gaussian.js';
import type { Source } from '../../src/data/source.js';
import { expectWithin } from '../within.js';
import { mulberry32, normal, problem } from '../oracle/index.js';

let tensors = 0;
beforeAll(() => tf.setBackend('cpu'));
beforeEach(() => (tensors = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors, 'tensors left behind').toBe(tensors));

const { x } = problem('separated', { n: 300, d: 2, k: 3, seed: 1 });
const names = (candidates: readonly Candidate[]): string[] =>
  candidates.map(({ covariance, k }) => `${covariance} ${k}`);

describe('selectMixture', () => {
  test('finds the three clusters that data have, by bic unless asked for another criterion', async () => {
    const { best, candidates, criterion } = await selectMixture(x, {
      components: [1, 2, 3, 4, 5],
      covariances: ['full'],
    });
    expect(criterion).toBe('bic');
    expect(best.k).toBe(3);
    expect(Math.min(...candidates.map(({ fit }) => fit.criteria.bic))).toBe(best.fit.criteria.bic);
  });

  test('finds the covariance type that data have', async () => {
    const random = mulberry32(3);
    const round = Array.from({ length: 400 }, (_, i) => [20 * (i % 2) + normal(random), normal(random)]);
    const { best } = await selectMixture(round, { components: [1, 2], restarts: 2 });
    expect(names([best])).toEqual(['spherical 2']);
  });

  test.each(['bic', 'aic', 'icl'] as const)('the best has the lowest %s', async (criterion: Criterion) => {
    const { best, candidates } = await selectMixture(x, {
      components: [1, 2, 3],
      covariances: ['diag', 'tied'],
      criterion,
    });
    const lowest = Math.min(...candidates.map(({ fit }) => fit.criteria[criterion]));
    expect(best.fit.criteria[criterion]).toBe(lowest);
    expect(candidates).toContain(best);
  });

  test('tries covariance types outside, numbers of components inside, in the order given', async () => {
    const told: string[] = [];
    const { candidates } = await selectMixture(x, {
      components: [3, 1],
      covariances: ['spherical', 'full'],
      onCandidate: (candidate, done, total) => told.push(`${names([candidate])[0]}: ${done} of ${total}`),
    });
    expect(names(candidates)).toEqual(['spherical 3', 'spherical 1', 'full 3', 'full 1']);
    expect(told).toEqual(['spherical 3: 1 of 4', 'spherical 1: 2 of 4', 'full 3: 3 of 4', 'full 1: 4 of 4']);
    candidates.forEach(({ fit, k, covariance }) => {
      expect([fit.mixture.k, fit.mixture.family.options]).toEqual([k, { covariance }]);
    });
  });

  test('tries all four covariance types by default', async () => {
    const { candidates } = await selectMixture(x, { components: [1] });
    expect(names(candidates)).toEqual(['full 1', 'tied 1', 'diag 1', 'spherical 1']);
  });

  test('hands the other options to every fit', async () => {
    const { candidates } = await selectMixture(x, {
      components: [1, 2],
      covariances: ['diag'],
      backend: 'cpu',
      maxIterations: 1,
      tolerance: 0,
    });
    for (const { fit } of candidates) {
      expect([fit.diagnostics.backend, fit.iterations]).toEqual(['cpu', 1]);
    }
  });
});

describe('the data', () => {
  const batches = [x.slice(0, 100), x.slice(100)].map((rows) => ({ rows: rows.length, values: Float64Array.from(rows.flat()) })); // prettier-ignore
  /** A source that counts how often it is read, and uses one array for all its batches. */
  const counting = (): { readonly source: Source; readonly reads: () => number } => {
    let reads = 0;
    const shared = new Float64Array(2 * x.length);
    const source: Source = {
      ...{ name: 'counted', columns: ['a', 'b'] },
      async *batches() {
        reads++;
        for (const { rows, values } of batches) {
          shared.set(values);
          yield await Promise.resolve({ rows, values: shared.subarray(0, values.length) });
        }
      },
    };
    return { source, reads: () => reads };
  };
  const options = { components: [1, 3], backend: 'wasm', restarts: 2 } as const;

  test('are read once for all models, each of which is what it is alone, to the bit', async () => {
    const { source, reads } = counting();
    const { candidates } = await selectMixture(source, { ...options, components: [3, 1, 5] });
    expect([candidates.length, reads()]).toEqual([12, 1]);
    for (const { fit, k, covariance } of candidates) {
      const alone = await fitMixture(source, { ...options, acceleration: 'squarem', components: k, family: gaussian({ covariance }) }); // prettier-ignore
      const { seconds: _, ...diagnostics } = fit.diagnostics;
      expect(alone.diagnostics).toMatchObject(diagnostics);
      expect(fit.mixture.toJSON()).toEqual(alone.mixture.toJSON());
      expect([fit.objective, fit.criteria, fit.restarts]).toEqual([alone.objective, alone.criteria, alone.restarts]);
    }
  });

  test('are still there for the plan of every model', async () => {
    const { source } = counting();
    const { candidates } = await selectMixture(source, options);
    for (const { fit } of candidates) {
      const { primal, dual } = await fit.plan.duality();
      expectWithin(primal, dual, 1e-5);
    }
  });

  test('are told of by every fit, read or not', async () => {
    const told: (number | undefined)[] = [];
    await selectMixture(x, {
      ...options,
      onProgress: ({ phase, rows }) => {
        if (phase === 'load') told.push(rows);
      },
    });
    expect(told).toEqual(new Array(8).fill(300));
  });
});

describe('aborting', () => {
  const options = { components: [1, 2, 3], covariances: ['diag'] } as const;

  test('gives what was fitted so far, and the best of it', async () => {
    const controller = new AbortController();
    const { candidates, best } = await selectMixture(x, {
      ...options,
      signal: controller.signal,
      onCandidate: ({ k }) => k === 2 && controller.abort(),
    });
    expect(names(candidates)).toEqual(['diag 1', 'diag 2']);
    expect(best.k).toBe(2);
  });

  test('keeps the models fitted before the one that was still being loaded', async () => {
    const controller = new AbortController();
    let loads = 0;
    const { candidates } = await selectMixture(x, {
      ...options,
      signal: controller.signal,
      onProgress: ({ phase }) => phase === 'load' && ++loads === 2 && controller.abort(),
    });
    expect(names(candidates)).toEqual(['diag 1']);
  });

  test('before the first model rejects with the reason', async () => {
    const reason = new Error('enough');
    await expect(selectMixture(x, { ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('candidates with a component of equal rows', () => {
  // A cloud, and equal rows apart from it: a component that settles there has a likelihood without bound.
  const random = mulberry32(7);
  const cloud = Array.from({ length: 90 }, () => [normal(random), normal(random)]);
  const spot = (rows: number): number[][] => [...cloud, ...new Array<number[]>(rows).fill([9, 9])];

  test.each([0, undefined])('of a large share win, as they should, regularization %s', async (regularization) => {
    const options = { covariances: ['full'], restarts: 3, components: [1, 2], ...(regularization === 0 && { regularization }) } as const; // prettier-ignore
    const { best, candidates } = await selectMixture(spot(30), options);
    expect(candidates.map(({ fit }) => fit.collapsed)).toEqual([[], []]);
    expect(best.k).toBe(2);
    expect(best.fit.ridged).toBe(regularization === 0);
  });

  test.each([0, undefined])(
    'do not win where these rows are few, though their criterion is lower, regularization %s',
    async (regularization) => {
      const options = { covariances: ['full'], restarts: 3, components: [1, 2], ...(regularization === 0 && { regularization }) } as const; // prettier-ignore
      const { best, candidates } = await selectMixture(spot(4), options);
      const [one, two] = candidates.map(({ fit }) => fit);
      expect([one.collapsed.length, two.collapsed.length]).toEqual([0, 1]);
      expect(two.criteria.bic).toBeLessThan(one.criteria.bic);
      expect(best.k).toBe(1);
    },
  );

  test('count where all have one', async () => {
    const { best, candidates } = await selectMixture(spot(4), {
      covariances: ['full'],
      restarts: 3,
      components: [2, 3],
    });
    expect(candidates.every(({ fit }) => fit.collapsed.length > 0)).toBe(true);
    expect(best.fit.criteria.bic).toBe(Math.min(...candidates.map(({ fit }) => fit.criteria.bic)));
  });
});

describe('what it refuses', () => {
  test.each([
    [
      'no numbers of components',
      { components: [] },
      'components [] and covariances ["full", "tied", "diag", "spherical"]',
    ],
    ['no covariance types', { components: [1, 2], covariances: [] }, 'components [1, 2] and covariances []'],
  ])('%s', async (_, options, got) => {
    await expect(selectMixture(x, options)).rejects.toThrow(
      new InputError('option', {
        where: 'select',
        expected: 'at least one number of components and one covariance type',
        got,
        remedy: 'name what to try',
      }),
    );
  });

  test.each([
    ['a name', ['gaussian'], 'families[0]: expected a family such as gaussian(), got "gaussian"; '],
    ['nothing', [gaussian(), null], 'families[1]: expected a family such as gaussian(), got null; '],
    [
      'no list',
      'gaussian',
      'select: expected at least one number of components and one family, got components [1] and ',
    ],
  ])('families that are %s', async (_, families, message) => {
    const options = { components: [1], families: families as unknown as Family[] };
    await expect(selectMixture(x, options)).rejects.toThrow(message);
  });

  test('a criterion it does not know', async () => {
    await expect(selectMixture(x, { components: [1], criterion: 'bicc' as Criterion })).rejects.toThrow(
      new InputError('option', {
        where: 'criterion',
        expected: 'one of bic, aic, icl',
        got: '"bicc"',
        remedy: 'choose one of these',
      }),
    );
  });

  test('a number of components that none can have', async () => {
    await expect(selectMixture(x, { components: [2, 0] })).rejects.toThrow(
      'components[1]: expected a whole number ≥ 1, got 0; ',
    );
    await expect(selectMixture(x, { components: [301] })).rejects.toThrow(
      'components: expected at most 300, the number of rows, got 301; ',
    );
  });
});

describe('growth', () => {
  const { x: clumps } = problem('separated', { n: 400, d: 2, k: 5, seed: 3 });
  const choice = {
    components: [1, 2, 3, 4, 5],
    covariances: ['spherical'],
    backend: 'wasm',
    seeding: 'random',
  } as const;

  test('gives fits one more run, which begins below the fit of one component less, and never worsens what they end with', async () => {
    const without = await selectMixture(clumps, choice);
    const grown = await selectMixture(clumps, { ...choice, growth: 'split' });
    expect(without.candidates.map(({ fit }) => fit.restarts.length)).toEqual([1, 1, 1, 1, 1]);
    expect(grown.candidates.map(({ fit }) => fit.restarts.length)).toEqual([1, 2, 2, 2, 2]);
    for (const [index, { fit }] of grown.candidates.entries()) {
      const [seeded, other] = fit.restarts;
      expect(seeded.objective).toBe(without.candidates[index].fit.restarts[0].objective);
      if (!other) continue;
      const { objective } = grown.candidates[index - 1].fit;
      expect(other.objective).toBeLessThan((objective.at(-1) ?? NaN) - 0.05);
      expect(fit.judged).toBe(Math.min(seeded.judged ?? NaN, other.judged ?? NaN));
    }
  });

  test('is of the same family alone, and of one component less', async () => {
    const components = [1, 3, 2];
    const { candidates } = await selectMixture(clumps, { ...choice, components, covariances: ['diag', 'tied'], growth: 'split' }); // prettier-ignore
    expect(candidates.map(({ fit }) => fit.restarts.length)).toEqual([1, 1, 2, 1, 1, 2]);
  });

  test('of one kind that there is, and of free proportions', async () => {
    const marginal = { kind: 'fixed', weights: [0.5, 0.5] } as const;
    await expect(selectMixture(clumps, { ...choice, components: [2], marginal, growth: 'split' })).rejects.toThrow(
      "growth: expected free proportions, which a split changes, got marginal fixed; leave growth out, or use marginal { kind: 'free' }",
    );
    await expect(selectMixture(clumps, { ...choice, growth: 'up' as 'split' })).rejects.toThrow(
      'growth: expected one of none, split, got "up"',
    );
  });
});
