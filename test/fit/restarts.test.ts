/** Restarts that are under way at once: the same runs as one after the other, whatever happens to one of them. */
import { describe, expect, test, vi } from 'vitest';
import { fitMixture, gaussian, type Fit, type FitOptions, type Progress } from '../../src/index.js';
import { cases as casesOf } from '../cases.js';
import { problem } from '../oracle/index.js';
import { collectWorkers } from '../threads/workers.js';

vi.mock('../../src/threads/start.js', () => ({ START_AFTER: 0, IDLE_FOR: 0 })); // with the first task, however short

const workers = collectWorkers();
const k = 4;
/** Three groups of rows, the last one short. */
const { x } = problem('overlapping', { n: 2500, d: 2, k: 3, seed: 8 });

/** More restarts than meet at once, so that some begin when others have ended. */
const options = { components: k, backend: 'wasm', restarts: 10, seeding: 'random', seed: 2 } as const;

/** On one thread restarts run one after the other, on several at once. */
const fitOn = (threads: number, more: Partial<FitOptions> = {}, rows = x): Promise<Fit> =>
  fitMixture(rows, { ...options, ...more, threads });

const results = ({
  mixture,
  objective,
  sweeps,
  restarts,
  plan,
  criteria,
  marginalError,
  diagnostics,
}: Fit): unknown => ({
  ...{ mixture: mixture.toJSON(), objective, sweeps, restarts, mass: plan.mass, criteria, marginalError },
  repairs: diagnostics.repairs,
});

/** Restarts by number, in the order in which their iterations were told of. */
const iterationsOf = (seen: readonly Progress[]): number[] =>
  seen.filter(({ phase }) => phase === 'fit').map(({ restart = 0 }) => restart);

const together = (order: readonly number[]): boolean => order.some((restart, at) => at > 0 && restart < order[at - 1]);

const weights = [0.1, 0.2, 0.3, 0.4];
/** Clumps of equal rows: under hard assignment some components of a random start lose all they have. */
const clumps = x.map((_, i) => [Math.floor((i % 40) / 10) * 3 + (i % 3) * 0.1, (i % 2) * 0.1]);

const cases: Readonly<Record<string, Partial<FitOptions> & { readonly data?: number[][] }>> = {
  'full covariances': {},
  'tied covariances': { family: gaussian({ covariance: 'tied' }) },
  'diag covariances': { family: gaussian({ covariance: 'diag' }) },
  'spherical covariances': { family: gaussian({ covariance: 'spherical' }) },
  'sample weights': { sampleWeights: x.map((_, i) => i % 4) },
  'k-means++ and a schedule': { seeding: 'k-means++', epsilon: { from: 4, steps: 3 } },
  'hard assignments': { epsilon: 0 },
  'fixed proportions': { marginal: { kind: 'fixed', weights } },
  'relaxed proportions': { marginal: { kind: 'relaxed', weights, rho: 0.5 } },
  annealing: { strategy: 'anneal' },
  'a warm-up, with coupling for some and without for others': { strategy: 'warm-up', tolerance: 1e-3 },
  'short runs': { strategy: 'short-runs' },
  'a race': { strategy: 'race', restarts: 3, tolerance: 1e-8 },
  moves: { strategy: 'split-merge', restarts: 3, tolerance: 1e-8 },
  'short runs of a single restart': { strategy: 'short-runs', restarts: 1 },
  'few iterations': { maxIterations: 3, tolerance: 0 },
  'components that lose all their rows': { epsilon: 0, components: 12, data: clumps, restarts: 12 },
};

test.each(Object.entries(cases))('%s: the same bit for bit at once as one after the other', async (_, given) => {
  const { data = x, ...more } = given;
  const orders = new Map<number, number[]>();
  const fits: Fit[] = [];
  const counts = casesOf([1, 2, 3], (threads) => [threads > 1]);
  for (const threads of counts) {
    const seen: Progress[] = [];
    fits.push(await fitOn(threads, { ...more, onProgress: (progress) => seen.push(progress) }, data));
    orders.set(threads, iterationsOf(seen));
  }
  const [alone, ...others] = fits.map(results);
  expect(others.length).toBeGreaterThan(0);
  for (const other of others) expect(other).toEqual(alone);
  // Otherwise this compares nothing.
  if (given.restarts !== 1)
    expect(counts.map((threads) => together(orders.get(threads) ?? []))).toEqual(counts.map((threads) => threads > 1));
  if (data === clumps) expect(fits[0].diagnostics.repairs.map(({ kind }) => kind)).toContain('reseeded');
  if (given.marginal) expect(fits[0].sweeps).toBeGreaterThan(fits[0].iterations + 1); // inner solves
});

test('each report of progress says of which restart it is, and iterations of a restart come in order', async () => {
  const seen: Progress[] = [];
  const fit = await fitOn(2, { onProgress: (progress) => seen.push(progress) });
  const of = (phase: string, restart: number): Progress[] =>
    seen.filter((one) => one.phase === phase && one.restart === restart);
  for (const [index, { iterations }] of fit.restarts.entries()) {
    const told = of('fit', index + 1);
    expect(told.map(({ iteration }) => iteration)).toEqual(Array.from({ length: iterations }, (_, t) => t + 1));
    expect(of('seed', index + 1)).toHaveLength(1);
    expect(told[0]).toMatchObject({ restarts: 10, maxIterations: 200 });
    expect(seen.indexOf(of('seed', index + 1)[0])).toBeLessThan(seen.indexOf(told[0]));
    expect(told[iterations - 1].model?.().weights).toHaveLength(k);
  }
});

test('seconds of seeding and fitting are counted once', async () => {
  const started = performance.now();
  const { diagnostics } = await fitOn(2);
  const elapsed = (performance.now() - started) / 1000;
  const counted = Object.values(diagnostics.seconds);
  for (const seconds of counted) expect(seconds).toBeGreaterThan(0);
  expect(counted.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThanOrEqual(elapsed);
});

describe('an abort', () => {
  test('keeps all restarts that have begun, as far as they are', async () => {
    const controller = new AbortController();
    const last = new Map<number, number>();
    const onProgress = ({ restart = 0, iteration }: Progress): void => {
      if (iteration !== undefined) last.set(restart, iteration);
      if (restart === 2 && iteration === 3) controller.abort();
    };
    const fit = await fitOn(2, { tolerance: 0, signal: controller.signal, onProgress });
    expect(fit.status).toBe('aborted');
    expect(fit.restarts.map(({ status }) => status)).toEqual(new Array(8).fill('aborted'));
    expect(fit.restarts.map(({ iterations }) => iterations)).toEqual(
      [...last].sort(([a], [b]) => a - b).map(([, t]) => t),
    );
    const best = Math.min(...fit.restarts.map(({ objective }) => objective));
    expect(fit.objective.at(-1)).toBe(best);
    await workers.ended(2);
  });

  test('while a later restart is seeded keeps those before it', async () => {
    const controller = new AbortController();
    const onProgress = ({ phase, restart }: Progress): void => {
      if (phase === 'seed' && restart === 10) controller.abort();
    };
    const { status, restarts } = await fitOn(2, { signal: controller.signal, onProgress });
    expect(status).toBe('aborted');
    expect(restarts).toHaveLength(9);
    expect(restarts[0].iterations).toBeGreaterThan(0);
  });

  test.each(['plain', 'short-runs', 'race', 'split-merge'] as const)(
    'before the first of them has begun rejects, %s',
    async (strategy) => {
      const controller = new AbortController();
      const reason = new Error('never mind');
      const onProgress = ({ phase, restart }: Progress): void => {
        if (phase === 'seed' && restart === 1) controller.abort(reason);
      };
      await expect(fitOn(2, { strategy, signal: controller.signal, onProgress })).rejects.toBe(reason);
      await workers.ended(2);
    },
  );

  test('among short runs keeps the best of each restart, and goes on from none', async () => {
    const controller = new AbortController();
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => {
      seen.push(progress);
      if (progress.phase === 'seed' && progress.restart === 3) controller.abort();
    };
    const fit = await fitOn(2, { strategy: 'short-runs', signal: controller.signal, onProgress });
    expect(fit.status).toBe('aborted');
    expect(fit.restarts).toHaveLength(2);
    expect(iterationsOf(seen)).toEqual([]);
  });
});

describe('an error in one restart', () => {
  test.each(['plain', 'short-runs', 'race', 'split-merge'] as const)(
    'ends the fit and all others, %s',
    async (strategy) => {
      const told: number[] = [];
      const onProgress = ({ restart = 0, iteration = 0 }: Progress): void => {
        if (iteration > 0) told.push(restart);
        if (restart === 3 && iteration >= 2) throw new Error('no more');
      };
      await expect(fitOn(2, { strategy, tolerance: 0, onProgress })).rejects.toThrow('no more');
      expect(told.at(-1)).toBe(8); // the others learn it at their next sweep
      await workers.ended(2);
    },
  );

  test('while it is seeded likewise', async () => {
    const seeded: number[] = [];
    const onProgress = ({ phase, restart = 0 }: Progress): void => {
      if (phase === 'seed') seeded.push(restart);
      if (phase === 'seed' && restart === 3) throw new Error('no more');
    };
    await expect(fitOn(2, { onProgress })).rejects.toThrow('no more');
    expect(seeded).toEqual([1, 2, 3, 4, 5, 6, 7, 8]); // those that were under way; none begins after them
    await workers.ended(2);
  });

  test('is told once where it is that of all, such as a thread that dies', async () => {
    const onProgress = ({ phase }: Progress): void => {
      if (phase === 'fit') void workers.started.at(1)?.terminate(); // as soon as there is one
    };
    await expect(fitOn(2, { tolerance: 0, onProgress })).rejects.toThrow(/^a worker thread was lost/);
    await workers.ended(2);
  });
});
