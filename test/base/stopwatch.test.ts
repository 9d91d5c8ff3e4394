import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Stopwatch } from '../../src/base/stopwatch.js';

test('adds up the seconds of each phase, also of one that fails', async () => {
  const watch = new Stopwatch();
  expect(await watch.time('load', () => after(20, 7))).toBe(7);
  const once = watch.seconds.load;
  await expect(watch.time('load', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await watch.time('load', () => after(20));
  expect(once).toBeGreaterThan(0.015);
  expect(watch.seconds.load).toBeGreaterThan(once + 0.015);
});

test('counts time once, to the phase that began last of those under way', async () => {
  const watch = new Stopwatch();
  const started = performance.now();
  await watch.time('fit', async () => {
    await Promise.all([watch.time('seed', () => after(40)), watch.time('seed', () => after(60))]);
    await after(20);
    await watch.time('seed', () => after(60));
  });
  const elapsed = (performance.now() - started) / 1000;
  const { seed, fit } = watch.seconds;
  expect(seed).toBeGreaterThan(0.1);
  expect(fit).toBeGreaterThan(0.015);
  expect(seed + fit).toBeLessThanOrEqual(elapsed);
  await after(20); // nothing is under way
  await watch.time('score', () => Promise.resolve());
  expect(seed + fit).toBe(watch.seconds.seed + watch.seconds.fit);
});
