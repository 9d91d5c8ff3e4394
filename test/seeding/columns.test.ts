import { describe, expect, test } from 'vitest';
import { columnVariances } from '../../src/seeding/columns.js';
import { problem, sum } from '../oracle/index.js';
import { expectAllWithin } from '../within.js';
import { withRows } from './setting.js';

describe.each(['cpu', 'wasm'] as const)('columnVariances on %s', (backend) => {
  test('are the variances of the weighted rows', async () => {
    const { x } = problem('overlapping', { n: 2500, d: 3, k: 2, seed: 1 });
    const weights = x.map((_, i) => i % 4);
    const total = sum(weights);
    const variances = [0, 1, 2].map((j) => {
      const mean = sum(x.map((row, i) => weights[i] * row[j])) / total;
      return sum(x.map((row, i) => weights[i] * (row[j] - mean) ** 2)) / total;
    });
    const got = await withRows({ x, weights, backend }, (of) => columnVariances(of(1).shard));
    expectAllWithin(got, variances, 1e-5 * Math.max(...variances));
  });

  test('hold far from 0', async () => {
    const x = Array.from({ length: 1000 }, (_, i) => [300 + (i % 2)]);
    expectAllWithin(await withRows({ x, backend }, (of) => columnVariances(of(1).shard)), [0.25], 1e-5);
  });

  test('a constant column counts as a unit of length', async () => {
    const x = Array.from({ length: 100 }, (_, i) => [7, i % 2]);
    const [constant, other] = await withRows({ x, backend }, (of) => columnVariances(of(1).shard));
    expect(constant).toBe(1);
    expectAllWithin([other], [0.25], 1e-6);
  });
});
