/** Worker threads end with the call that started them, however that ends. */
import { describe, expect, test, vi } from 'vitest';
import { fitMixture, gaussian, type FitOptions, type Source } from '../../src/index.js';
import { problem } from '../oracle/index.js';
import type * as Pool from '../../src/threads/pool.js';
import { collectWorkers, heard } from './workers.js';

vi.mock('../../src/threads/start.js', () => ({ START_AFTER: 0, IDLE_FOR: 0 })); // with the first task, however short

/** Tasks that threads work on. */
const underWay = vi.hoisted(() => new Set<Promise<void>>());
vi.mock('../../src/threads/pool.js', async (original) => {
  const pool = await original<typeof Pool>();
  const taskForce: typeof pool.taskForce = (...asked) => {
    const force = pool.taskForce(...asked);
    const run = force.run.bind(force);
    force.run = (...task) => {
      const done = run(...task);
      underWay.add(done);
      const forget = (): void => void underWay.delete(done);
      done.then(forget, forget);
      return done;
    };
    return force;
  };
  return { ...pool, taskForce };
});

const workers = collectWorkers();
const { x } = problem('overlapping', { n: 6000, d: 3, k: 3, seed: 4 });
/** More than one task hands over. */
const manyRows = (): number[][] => Array.from({ length: 12 }, () => x).flat();
const options = { components: 3, backend: 'wasm', threads: 3, tolerance: 0, maxIterations: 1000 } as const;
const lost = /^a worker thread was lost \(it exited with status [01]\); try again, or with threads: 1$/;

describe('worker threads end', () => {
  test('with a fit', async () => {
    await fitMixture(x, { ...options, maxIterations: 2 });
    await workers.ended(3);
  });

  test('with every call of a mixture', async () => {
    const { mixture } = await fitMixture(x, { ...options, threads: 1, maxIterations: 2 });
    const on = { backend: 'wasm', threads: 2 } as const;
    await mixture.predict(x, on);
    await mixture.predictProba(x, on);
    await mixture.scoreSamples(x, on);
    await mixture.criteria(x, on);
    await mixture.evaluate(x, () => undefined, on);
    await workers.ended(10);
  });

  test('when a visitor throws', async () => {
    const { mixture } = await fitMixture(x, { ...options, threads: 1, maxIterations: 2 });
    const visit = (): never => {
      throw new Error('seen enough');
    };
    await expect(mixture.evaluate(x, visit, { backend: 'wasm', threads: 2 })).rejects.toThrow('seen enough');
    await workers.ended(2);
  });

  test('when a prediction is aborted', async () => {
    const { mixture } = await fitMixture(x, { ...options, threads: 1, maxIterations: 2 });
    const controller = new AbortController();
    const on = { backend: 'wasm', threads: 2, signal: controller.signal } as const;
    const visit = (): void => controller.abort(new Error('too late'));
    await expect(mixture.evaluate(manyRows(), visit, on)).rejects.toThrow('too late');
    await workers.ended(2);
  });

  test('when there are too few rows', async () => {
    await expect(fitMixture(x, { ...options, components: 6001 })).rejects.toThrow(
      'components: expected at most 6000, the number of rows, got 6001',
    );
    await workers.ended(0); // which nothing was asked of
  });

  test.each(['seed', 'fit', 'score'] as const)('when a progress callback throws in phase %s', async (phase) => {
    const onProgress: FitOptions['onProgress'] = (progress) => {
      if (progress.phase === phase) throw new Error('no more');
    };
    await expect(fitMixture(x, { ...options, maxIterations: 3, onProgress })).rejects.toThrow('no more');
    await workers.ended(3);
  });

  test('or do not start, when a source throws', async () => {
    const source: Source = {
      name: 'broken',
      columns: ['a'],
      async *batches() {
        yield { rows: 5000, values: Float64Array.from({ length: 5000 }, (_, i) => i) };
        throw new Error('the disk is gone');
      },
    };
    await expect(fitMixture(source, options)).rejects.toThrow('the disk is gone');
    await workers.ended(0);
  });

  test.each(['load', 'seed'] as const)('when a fit is aborted in phase %s', async (phase) => {
    const controller = new AbortController();
    const onProgress: FitOptions['onProgress'] = (progress) => {
      if (progress.phase === phase) controller.abort(new Error('never mind'));
    };
    const fit = fitMixture(x, { ...options, seeding: 'k-means', onProgress, signal: controller.signal });
    await expect(fit).rejects.toThrow('never mind');
    await workers.ended();
  });
});

describe('an abort in mid-sweep', () => {
  const wide = problem('overlapping', { n: 20_000, d: 8, k: 4, seed: 6 }).x;

  test.each([1, 2, 3])('on %d threads returns what is fitted', async (threads) => {
    const slow = { ...options, components: 48, threads, family: gaussian({ covariance: 'full' }) };
    const controller = new AbortController();
    const { signal } = controller;
    let iterations = 0;
    const fit = await fitMixture(wide, {
      ...slow,
      signal,
      onProgress(progress) {
        iterations = progress.iteration ?? iterations;
        // The third sweep takes longer than to get there.
        if (progress.iteration === 2) setTimeout(() => controller.abort(), 5);
      },
    });
    expect(fit).toMatchObject({ status: 'aborted', iterations });
    expect(iterations).toBeGreaterThanOrEqual(2);
    const complete = await fitMixture(wide, { ...slow, maxIterations: iterations });
    const provenance = expect.anything() as unknown; // it tells the two apart
    expect(fit.mixture.toJSON()).toEqual({ ...complete.mixture.toJSON(), provenance });
    expect(fit.criteria).toEqual(complete.criteria);
    await workers.ended(threads === 1 ? 0 : 2 * threads);
  });
});

describe('a worker thread that dies', () => {
  /** Calls back once, in the first iteration by which the process has heard of all three. */
  const onceAllAreThere = (then: () => void): NonNullable<FitOptions['onProgress']> => {
    let done = false;
    return ({ iteration }) => {
      if (done || iteration === undefined || workers.started.length < 3) return;
      done = true;
      then();
    };
  };

  test('in the middle of a fit ends the fit with an error that says so', async () => {
    const onProgress = onceAllAreThere(() => void workers.started[1].terminate());
    await expect(fitMixture(manyRows(), { ...options, onProgress })).rejects.toThrow(lost);
    await workers.ended(3);
  });

  test('before its first task does so too', async () => {
    workers.onStart = (worker) => {
      if (workers.started.length === 1) void worker.terminate();
    };
    await expect(fitMixture(manyRows(), options)).rejects.toThrow(lost);
    await workers.ended(3);
  });

  test('together with all the others does so too', async () => {
    const onProgress = onceAllAreThere(() => {
      for (const worker of workers.started) void worker.terminate();
    });
    await expect(fitMixture(manyRows(), { ...options, onProgress })).rejects.toThrow(lost);
    await workers.ended(3);
  });

  test('while an abort comes does so too: there is nothing left to score with', async () => {
    const controller = new AbortController();
    const onProgress = onceAllAreThere(() => {
      workers.started[0].once('exit', () => controller.abort());
      void workers.started[0].terminate();
    });
    await expect(fitMixture(manyRows(), { ...options, onProgress, signal: controller.signal })).rejects.toThrow(lost);
    await workers.ended(3);
  });

  test('between two blocks of a prediction has others take its place', async () => {
    const { mixture } = await fitMixture(x, { ...options, threads: 1, maxIterations: 2 });
    let blocks = 0;
    const visit = async (): Promise<void> => {
      await heard();
      if (++blocks > 1) return;
      while (underWay.size > 0) await Promise.all(underWay); // the next block is worked on while this one is looked at
      await heard();
      expect(underWay.size).toBe(0);
      await workers.started[0].terminate();
    };
    const rows = Array.from({ length: 4 }, manyRows).flat(); // five blocks
    await mixture.evaluate(rows, visit, { backend: 'wasm', threads: 2 });
    expect(blocks).toBe(5);
    await workers.ended(4);
  });
});

test('others have their turn all through a fit', async () => {
  const rows = Array.from({ length: 12 }, manyRows).flat(); // so that few sweeps are made in 30 ms
  let iterations = 0;
  let sinceTurn = 0;
  let longest = 0;
  const { status } = await fitMixture(rows, {
    ...options,
    maxIterations: 50,
    onProgress({ phase }) {
      if (phase !== 'fit') return;
      iterations++;
      longest = Math.max(longest, ++sinceTurn);
      setImmediate(() => (sinceTurn = 0));
    },
  });
  expect(status).toBe('maxIterations');
  expect(iterations).toBe(50);
  // Answers that come at once are taken at once: short sweeps may share a turn of the event loop.
  expect(longest).toBeLessThanOrEqual(10);
});
