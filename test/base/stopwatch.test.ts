import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Stopwatch } from '../../src/base/stopwatch.js';

// By a clock that stands still between timers.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Takes so many seconds. */
const after = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

test('adds up the seconds of each phase, also of one that fails', async () => {
  const watch = new Stopwatch();
  const loaded = watch.time('load', () => after(2).then(() => 7));
  await vi.runAllTimersAsync();
  expect(await loaded).toBe(7);
  expect(watch.seconds).toEqual({ load: 2 });
  const failed = watch.time('load', () => after(3).then(() => Promise.reject(new Error('no'))));
  await Promise.all([expect(failed).rejects.toThrow('no'), vi.runAllTimersAsync()]);
  expect(watch.seconds).toEqual({ load: 5 });
});

test('counts time once, to the phase that began last of those under way', async () => {
  const watch = new Stopwatch();
  const fit = watch.time('fit', async () => {
    await after(1);
    await Promise.all([watch.time('seed', () => after(4)), watch.time('seed', () => after(6))]);
    await after(2);
    await watch.time('seed', () => after(3));
  });
  await vi.runAllTimersAsync();
  await fit;
  expect(watch.seconds).toEqual({ fit: 1 + 2, seed: 6 + 3 });
  vi.advanceTimersByTime(5000); // nothing is under way
  await watch.time('score', () => Promise.resolve());
  expect(watch.seconds).toEqual({ fit: 3, seed: 9, score: 0 });
});
