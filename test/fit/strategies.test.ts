/** How runs go from their starts to their ends: every strategy is held to the laws of a plain fit. */
import { describe, expect, test } from 'vitest';
import { fitMixture, InputError, type Fit, type FitOptions, type Progress, type Strategy } from '../../src/index.js';
import { resolveBackend } from '../../src/backend/resolve.js';
import { loadDataset, toSource } from '../../src/data/dataset.js';
import { fitSettings } from '../../src/fit/options.js';
import { runRestarts } from '../../src/fit/restarts.js';
import { Stopwatch } from '../../src/base/stopwatch.js';
import { ANNEALING, contestOf, RACE, SHORT_RUNS, stagesOf, WARM_UP } from '../../src/fit/strategies.js';
import { strategies } from '../../src/fit/choices.js';
import { size } from '../cases.js';
import { problem } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';

const { x } = problem('overlapping', { n: size(1200, 300), d: 2, k: 3, seed: 2 });
const k = 4;

const fitBy = (strategy: Strategy, options: Partial<FitOptions> = {}): Promise<Fit> =>
  fitMixture(x, { components: k, strategy, seed: 5, backend: 'wasm', ...options });

const last = ({ objective }: Fit): number => objective[objective.length - 1];

/** Iterations of which nobody is told: those of a contest; those of moves depend on how the rows are. */
const quietOf = (strategy: Strategy): number =>
  contestOf(strategy)?.rounds.reduce((sum, { iterations }) => sum + iterations, 0) ?? 0;

const iterationsTold = (seen: readonly Progress[]): (number | undefined)[] =>
  seen.filter(({ phase }) => phase === 'fit').map(({ iteration }) => iteration);

describe.each(strategies)('strategy %s', (strategy) => {
  test('ends at ε = 1: F is the negative mean log-likelihood, and the primal value of the plan', async () => {
    const fit = await fitBy(strategy);
    expect(fit.status).toBe('converged');
    expectWithin(last(fit), -fit.criteria.meanLogLikelihood, 1e-6);
    expectWithin((await fit.plan.duality()).primal, last(fit), 1e-5);
    expect(fit.marginalError).toBe(0);
    expectAllWithin(fit.plan.mass, fit.mixture.weights, 1e-2);
  });

  test('F of its last stage never rises by more than rounding', async () => {
    const { objective, iterations } = await fitBy(strategy, { tolerance: 1e-7, maxIterations: 1000 });
    const before = {
      plain: 0,
      anneal: ANNEALING.iterations * (ANNEALING.steps - 1),
      'warm-up': WARM_UP,
      'short-runs': 0,
      race: 0,
      'split-merge': 0,
    };
    expect(iterations).toBeGreaterThan(before[strategy] + 1);
    objective.slice(before[strategy]).forEach((value, t, stage) => {
      if (t > 0) expect(value - stage[t - 1]).toBeLessThan(2e-6 * Math.abs(value));
    });
  });

  test('is the same bit for bit with the same seed, on any number of threads', async () => {
    const [one, two] = [await fitBy(strategy, { threads: 1 }), await fitBy(strategy, { threads: 2 })];
    expect(two.mixture.toJSON()).toEqual(one.mixture.toJSON());
    expect([two.objective, two.sweeps]).toEqual([one.objective, one.sweeps]);
  });

  test('of several restarts the best wins, each a run of its own', async () => {
    const fit = await fitBy(strategy, { restarts: 3, seeding: 'random' });
    expect(fit.restarts).toHaveLength(3);
    const best = fit.restarts.find(({ judged }) => judged === fit.judged);
    expect(fit.judged).toBe(Math.min(...fit.restarts.map(({ judged = NaN }) => judged)));
    expect(last(fit)).toBe(best?.objective);
    const alone = await fitBy(strategy, { restarts: 1, seeding: 'random' });
    expect(fit.restarts[0].objective).toBe(last(alone));
  });

  test('reports every iteration of its run, counted from where short runs left it', async () => {
    const seen: Progress[] = [];
    const fit = await fitBy(strategy, { tolerance: 1e-6, onProgress: (progress) => seen.push(progress) });
    const iterations = iterationsTold(seen);
    const first = strategy === 'split-merge' ? (iterations[0] ?? NaN) : quietOf(strategy) + 1;
    expect(iterations).toEqual(Array.from({ length: fit.iterations - first + 1 }, (_, index) => first + index));
    expect(fit.objective).toHaveLength(fit.iterations);
    expect(seen.at(-2)).toMatchObject({ iteration: fit.iterations, objective: last(fit), epsilon: 1 });
  });

  test('returns what is fitted so far when it is aborted', async () => {
    const controller = new AbortController();
    const told: Progress[] = [];
    const onProgress = (progress: Progress): void => {
      told.push(progress);
      if (iterationsTold(told).length === 12) controller.abort();
    };
    const fit = await fitBy(strategy, { tolerance: 0, signal: controller.signal, onProgress });
    const last = iterationsTold(told)[11];
    if (strategy !== 'split-merge') expect(last).toBe(quietOf(strategy) + 12);
    expect(fit).toMatchObject({ status: 'aborted', iterations: last });
    expect(Number.isFinite(fit.criteria.meanLogLikelihood)).toBe(true);
  });

  test.each([1, 3, 12])('keeps to %d iterations, and its F is that of what it ends with', async (maxIterations) => {
    const fit = await fitBy(strategy, { maxIterations, tolerance: 0 });
    expect(fit).toMatchObject({ status: 'maxIterations', iterations: maxIterations });
    expectWithin(last(fit), -fit.criteria.meanLogLikelihood, 1e-6);
  });

  test('one component needs no luck', async () => {
    const { mixture } = await fitBy(strategy, { components: 1 });
    const plain = await fitBy('plain', { components: 1 });
    expectAllWithin(mixture.means[0], plain.mixture.means[0], 1e-5);
  });
});

describe('strategies beside other options', () => {
  const weights = [0.1, 0.2, 0.3, 0.4];

  test.each(['anneal', 'short-runs', 'race'] as const)('%s meets prescribed proportions', async (strategy) => {
    const fit = await fitBy(strategy, { marginal: { kind: 'fixed', weights } });
    expect(fit.status).toBe('converged');
    expect(fit.marginalError).toBeLessThanOrEqual(2e-6);
    expectAllWithin(fit.plan.mass, weights, 2e-6);
  });

  test.each(['warm-up', 'short-runs', 'race'] as const)('%s goes down a schedule of the caller’s', async (strategy) => {
    const epsilons = new Set<number>();
    const onProgress = ({ epsilon }: Progress): void => {
      if (epsilon !== undefined) epsilons.add(epsilon);
    };
    const fit = await fitBy(strategy, { epsilon: { from: 4, steps: 3 }, onProgress });
    expect([...epsilons]).toEqual([4, 2, 1]);
    expectWithin(last(fit), -fit.criteria.meanLogLikelihood, 1e-6);
  });

  test('warm-up holds proportions equal, and then learns them', async () => {
    const held = await fitBy('warm-up', { maxIterations: WARM_UP, tolerance: 0 });
    expectAllWithin(held.mixture.weights, new Array<number>(k).fill(1 / k), 1e-12);
    const uneven = problem('unbalanced', { n: 1200, d: 2, k, seed: 4 });
    const free = await fitMixture(uneven.x, { components: k, strategy: 'warm-up', backend: 'wasm' });
    expect(Math.max(...free.mixture.weights) - Math.min(...free.mixture.weights)).toBeGreaterThan(0.05);
  });

  test('short runs: the best of them goes on, and the sweeps of all are counted', async () => {
    const { runs, iterations } = SHORT_RUNS;
    const options = { maxIterations: iterations, tolerance: 0, seeding: 'random' } as const;
    const short = await fitBy('short-runs', options);
    const plain = await fitBy('plain', { ...options, restarts: runs });
    expectWithin(last(short), last(plain), 1e-6);
    // One more to go on from where the best of them ended.
    expect(short.sweeps).toBe(runs * (iterations + 2) + 1); // each is judged by one
  });

  test('a race: in each round the best go on, and the sweeps of all are counted', async () => {
    const maxIterations = quietOf('race');
    const options = { acceleration: 'none', tolerance: 0, maxIterations } as const;
    const race = await fitBy('race', options);
    expect(race).toMatchObject({ status: 'maxIterations', iterations: maxIterations });
    // Each round sweeps where it goes on from, and to judge.
    const swept = RACE.rounds.reduce((sum, { runs, iterations }) => sum + runs * (iterations + 2), 0);
    expect(race.sweeps).toBe(swept + 1);
  });

  test('a race has hierarchical starts beside those of the fit’s seeding, and is accelerated unless that is refused', async () => {
    // Of random rows alone none comes near on two iterations.
    const grid = problem('overlapping', { n: 900, d: 2, k: 9, seed: 3 });
    const rounds = { components: 9, maxIterations: 1, backend: 'wasm', tolerance: 0 } as const;
    const race = await fitMixture(grid.x, { ...rounds, strategy: 'race', seeding: 'random', restarts: 1 });
    const hierarchical = await fitMixture(grid.x, { ...rounds, seeding: 'hierarchical', restarts: 2 });
    expect(last(race)).toBeLessThanOrEqual(last(hierarchical) + 1e-6);
    const [fast, plain] = await Promise.all([
      fitBy('race', { tolerance: 1e-7, maxIterations: 1000 }),
      fitBy('race', { tolerance: 1e-7, maxIterations: 1000, acceleration: 'none' }),
    ]);
    expect(fast.iterations).toBeLessThan(plain.iterations);
  });

  test('aborted in its third short run it keeps the best of those before', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const device = await resolveBackend('cpu');
    const dataset = await loadDataset(toSource(x), { device, missing: 'error' });
    const { shard } = dataset;
    const take = shard.take.bind(shard);
    let starts = 0;
    shard.take = (indices) => {
      if (++starts === 3) controller.abort(); // rows are taken once a start
      return take(indices);
    };
    try {
      const options = { components: k, strategy: 'short-runs', seeding: 'random', restarts: 2, signal } as const;
      const runs = await runRestarts(dataset, fitSettings({ ...options, tolerance: 0 }), new Stopwatch());
      // What is kept is the result: nothing goes on from there.
      expect(runs).toMatchObject([{ status: 'aborted', sweeps: 2 * (SHORT_RUNS.iterations + 2) }]);
      expect(runs[0].objective).toHaveLength(SHORT_RUNS.iterations);
      expect(starts).toBe(3);
    } finally {
      shard.dispose();
    }
  });

  test('aborted as it goes on from the best of them it keeps that one', async () => {
    const controller = new AbortController();
    const device = await resolveBackend('cpu');
    const dataset = await loadDataset(toSource(x), { device, missing: 'error' });
    const { shard } = dataset;
    const sweep = shard.sweep.bind(shard);
    let soft = 0;
    shard.sweep = (requests, options) => {
      // Two find the columns' variances; those of seeding are hard.
      const before = 2 + SHORT_RUNS.runs * (SHORT_RUNS.iterations + 1);
      if (requests[0].model.epsilon > 0 && ++soft > before) controller.abort();
      return sweep(requests, options);
    };
    try {
      const options = { components: k, strategy: 'short-runs', signal: controller.signal } as const;
      const runs = await runRestarts(dataset, fitSettings({ ...options, tolerance: 0 }), new Stopwatch());
      expect(runs).toMatchObject([{ status: 'aborted', sweeps: SHORT_RUNS.runs * (SHORT_RUNS.iterations + 1) }]);
    } finally {
      shard.dispose();
    }
  });

  test('aborted before its first short run rejects', async () => {
    const reason = new Error('never mind');
    await expect(fitBy('short-runs', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('a start that is given can be annealed and warmed up', async () => {
    const ball = [[1, 0], [0, 1]]; // prettier-ignore
    const means = [[0, 0], [1, 0], [0, 1], [1, 1]]; // prettier-ignore
    const seeding = { weights: [0.25, 0.25, 0.25, 0.25], means, covariances: means.map(() => ball) };
    for (const strategy of ['anneal', 'warm-up'] as const) {
      const fit = await fitBy(strategy, { seeding });
      expectWithin(last(fit), -fit.criteria.meanLogLikelihood, 1e-6);
    }
  });

  const conflicts: [Strategy, Partial<FitOptions>, string][] = [
    ['anneal', { epsilon: 2 }, 'expected epsilon 1, since anneal has a schedule of its own, got epsilon 2'],
    [
      'anneal',
      { epsilon: { from: 9 } },
      'expected epsilon 1, since anneal has a schedule of its own, got epsilon {"from":9}',
    ],
    [
      'warm-up',
      { marginal: { kind: 'relaxed', weights, rho: 1 } },
      'expected marginal free, since warm-up fixes it and frees it, got marginal relaxed',
    ],
    ['warm-up', { epsilon: 0 }, 'expected epsilon > 0, since warm-up meets proportions by it, got epsilon 0'],
    [
      'short-runs',
      { seeding: { weights, means: [], covariances: [] } },
      'expected a seeding method, since short-runs chooses among its starts, got a start',
    ],
    [
      'race',
      { seeding: { labels: x.map((_, i) => i % 4) } },
      'expected a seeding method, since race chooses among its starts, got a start',
    ],
    [
      'split-merge',
      { marginal: { kind: 'fixed', weights } },
      'expected marginal free, since moves change proportions, got marginal fixed',
    ],
    ['split-merge', { epsilon: 0 }, 'expected epsilon 1, at which moves are judged, got epsilon 0'],
    ['luck' as Strategy, {}, 'expected one of plain, anneal, warm-up, short-runs, race, split-merge, got "luck"'],
  ];
  test.each(conflicts)('%s with %j is refused', async (strategy, options, message) => {
    const fit = fitBy(strategy, options);
    await expect(fit).rejects.toBeInstanceOf(InputError);
    await expect(fit).rejects.toThrow(`strategy: ${message}; `);
  });

  test('stages: what each strategy makes of a fit', () => {
    const asked = { marginal: { kind: 'free' }, epsilon: 1, components: 2 } as const;
    const stages = (strategy: Strategy): [number, number | undefined][] =>
      stagesOf({ ...asked, strategy }).map(({ epsilon, iterations }) => [epsilon, iterations]);
    expect(stages('plain')).toEqual([[1, undefined]]);
    expect(stages('short-runs')).toEqual([[1, undefined]]);
    expect(stages('race')).toEqual([[1, undefined]]);
    expect(stages('warm-up')).toEqual([[1, WARM_UP], [1, undefined]]); // prettier-ignore
    const annealed = stages('anneal');
    expect(annealed).toHaveLength(ANNEALING.steps);
    expect(annealed[0]).toEqual([ANNEALING.from, ANNEALING.iterations]);
    expect(annealed.at(-1)).toEqual([1, undefined]);
  });
});
