/**
 * An aborted call gives what it has, with status 'aborted' and finite numbers throughout, or, where it has nothing yet,
 * rejects with the signal's reason: at whatever moment the signal is aborted.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  fitMixture,
  selectMixture,
  sinkhorn,
  sinkhornDivergence,
  type Fit,
  type FitOptions,
  type Transport,
} from '../../src/index.js';
import { size } from '../cases.js';
import { problem } from '../oracle/index.js';

const { x } = problem('overlapping', { n: 60, d: 2, k: 3, seed: 2 });
const reason = new Error('enough');

// Long work looks again after a while: by a clock that stands still it looks as often on every machine.
beforeAll(() => void vi.spyOn(performance, 'now').mockReturnValue(0));
afterAll(() => void vi.restoreAllMocks());

/** A signal that is aborted when it is looked at for the n-th time. */
function atLook(n: number): AbortSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted') as PropertyDescriptor;
  let looks = 0;
  const look = (): boolean => {
    if (++looks === n) controller.abort(reason);
    return aborted.get?.call(signal) as boolean;
  };
  Object.defineProperty(signal, 'aborted', { get: look });
  signal.throwIfAborted = () => {
    if (look()) throw reason;
  };
  return signal;
}

/** What a call comes to when it is aborted at every look in turn, until it ends by itself. */
async function atEveryLook<T>(
  call: (signal: AbortSignal) => Promise<T>,
  step: number,
  visit: (result: T) => boolean,
): Promise<{ readonly rejected: number; readonly given: number }> {
  let [rejected, given] = [0, 0];
  for (let n = 1; n < 5000; n += step) {
    const result = await call(atLook(n)).catch((error: unknown) => {
      expect(error).toBe(reason);
      return undefined;
    });
    if (result === undefined) {
      expect(given, 'once there is something, it is given').toBe(0);
      rejected++;
    } else if (visit(result)) given++;
    else return { rejected, given };
  }
  throw new Error('it never ends');
}

/** Whether a fit was aborted; all its numbers are finite either way. */
function isAborted(fit: Fit): boolean {
  const { objective, criteria, marginalError, mixture, restarts } = fit;
  const numbers = [
    ...objective,
    ...Object.values(criteria),
    marginalError,
    ...mixture.weights,
    ...mixture.means.flat(),
  ];
  expect([...numbers, ...restarts.map((one) => one.objective)].every(Number.isFinite)).toBe(true);
  expect(objective.length).toBeGreaterThan(0);
  // What is not aborted has been judged.
  const ended = restarts.filter((one) => restarts.length > 1 && one.status !== 'aborted');
  ended.forEach(({ judged }) => expect(judged).toBeDefined());
  return fit.status === 'aborted';
}

const options = { components: 3, maxIterations: 2, tolerance: 0, backend: 'cpu' } as const;

describe('fitMixture', () => {
  test.each<[string, Partial<FitOptions>, number]>([
    ['plain', {}, 1],
    ['several restarts', { restarts: 3, seeding: 'random' }, 5],
    ['several at once', { restarts: 4, backend: 'wasm', threads: 2 }, 7],
    ['short runs', { strategy: 'short-runs', restarts: 2, seeding: 'random' }, 23],
    ['a race', { strategy: 'race', restarts: 2, seeding: 'random', maxIterations: 6 }, size(23, 97)],
    ['moves', { strategy: 'split-merge', restarts: 2, seeding: 'random', maxIterations: 6 }, size(13, 89)],
    ['warm-up', { strategy: 'warm-up' }, 2],
    ['prescribed proportions', { marginal: { kind: 'fixed', weights: [0.2, 0.3, 0.5] } }, 1],
    ['no iterations', { maxIterations: 0 }, 1],
    ['a start in part', { seeding: { means: x.slice(0, 3) } }, 1],
    ['labels', { seeding: { labels: x.map((_, i) => i % 3) } }, 1],
  ])('%s', async (_, more, step) => {
    const got = await atEveryLook((signal) => fitMixture(x, { ...options, ...more, signal }), step, isAborted);
    expect(got.rejected).toBeGreaterThan(0);
  });
});

test('selectMixture: with the models that are fitted, the last perhaps in part', async () => {
  const choice = { ...options, components: [1, 2], covariances: ['diag'] as const };
  const got = await atEveryLook(
    (signal) => selectMixture(x, { ...choice, signal }),
    2,
    ({ candidates, status, best }) => {
      candidates.forEach(({ fit }) => isAborted(fit));
      expect(candidates).toContain(best);
      expect(status === 'aborted').toBe(candidates.length < 2 || candidates[1].fit.status === 'aborted');
      return status === 'aborted';
    },
  );
  expect(Math.min(got.rejected, got.given)).toBeGreaterThan(0);
});

test('what a mixture says of rows is all of it, or the reason', async () => {
  const { mixture } = await fitMixture(x, options);
  for (const call of ['predict', 'predictProba', 'scoreSamples', 'score', 'criteria'] as const) {
    const got = await atEveryLook<unknown>(
      (signal) => mixture[call](x, { signal, backend: 'cpu' }),
      1,
      () => false,
    );
    expect([got.rejected > 0, got.given]).toEqual([true, 0]);
  }
});

describe('transport', () => {
  const [a, b] = [x.slice(0, 9), x.slice(9, 21)];
  const isCut = ({ status, objectives, costs, f, g }: Transport): boolean => {
    expect([...objectives, ...costs, ...f, ...g].every(Number.isFinite)).toBe(true);
    return status === 'aborted';
  };

  test.each([0.01, 1])('sinkhorn, at epsilon %d', async (epsilon) => {
    const problems: [unknown, object][] = [
      [{ x: a, y: b }, {}],
      [[[0, Infinity, 1], [1, 0, 2]], { a: [0.5, 0.5], b: [0.4, 0.3, 0.3] }],
    ]; // prettier-ignore
    for (const [costs, more] of problems) {
      const call = (signal: AbortSignal): Promise<Transport> =>
        sinkhorn(costs as number[][], { epsilon, tolerance: 1e-9, maxIterations: 40, signal, ...more });
      const got = await atEveryLook(call, 1, isCut);
      expect(Math.min(got.rejected, got.given)).toBeGreaterThan(0);
    }
  });

  test('a divergence, once all three of its problems have begun', async () => {
    const got = await atEveryLook(
      (signal) => sinkhornDivergence(a, b, { epsilon: 1, signal }),
      1,
      ({ status, value }) => {
        expect(Number.isFinite(value) && value >= 0).toBe(true);
        return status === 'aborted';
      },
    );
    expect(Math.min(got.rejected, got.given)).toBeGreaterThan(0);
  });
});
