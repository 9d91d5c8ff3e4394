import { expect, test } from 'vitest';
import { exponential } from '../../src/families/all.js';
import { shortened, shortenedTable } from '../../bench/studies/acceleration.js';

const way = (sweeps: number, end = 1): { readonly sweeps: number; readonly end: number } => ({ sweeps, end });

test('means are geometric, of runs that end alike; ends that differ are counted by which is lower', () => {
  const text = shortenedTable([
    { problem: 'a', seed: 0, plain: way(400), squarem: way(100) },
    { problem: 'a', seed: 1, plain: way(900), squarem: way(100) },
    { problem: 'b', seed: 0, plain: way(50), squarem: way(40) },
    { problem: 'b', seed: 1, plain: way(500, 2), squarem: way(10) },
    { problem: 'b', seed: 2, plain: way(500), squarem: way(10, 1.5) },
  ]);
  expect(text).toMatch(/^a +400, 900 +100, 100 +6\.00$/m);
  expect(text).toMatch(/^b +50, 500, 500 +40, 10, 10 +1\.25$/m);
  expect(text).toContain('same end: 3 of 5; squarem lower in 1, higher in 1');
  expect(text).toContain('plain over 100 sweeps: 2, 6.00 times fewer; least of all 1.25');
});

test('two exponentials that overlap: the same end in fewer sweeps', async () => {
  const data = Float64Array.from({ length: 200 }, (_, i) => -Math.log(1 - (i + 0.5) / 200) * (i % 3 ? 1 : 4));
  const problem = { name: 'two', data, d: 1, options: { family: exponential(), components: 2 } };
  const [{ plain, squarem }] = await shortened(problem, 1);
  expect(Math.abs(plain.end - squarem.end)).toBeLessThan(1e-9);
  expect(squarem.sweeps).toBeLessThan(plain.sweeps);
});
