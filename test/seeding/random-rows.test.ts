import { describe, expect, test } from 'vitest';
import { randomRows } from '../../src/seeding/random-rows.js';
import { expectWithin } from '../within.js';
import { withRows } from './setting.js';

const numbered = (n: number): number[][] => Array.from({ length: n }, (_, i) => [i]);
const seeds = Array.from({ length: 20 }, (_, seed) => seed);

describe.each(['cpu', 'wasm'] as const)('random rows on %s', (backend) => {
  test('are different rows', async () => {
    await withRows({ x: numbered(12), backend }, async (of) => {
      for (const seed of seeds) expect(new Set(await randomRows(of(8, seed))).size).toBe(8);
    });
  });

  test('are never rows of weight 0', async () => {
    const weights = numbered(30).map(([i]) => (i % 3 === 1 ? 1 : 0));
    await withRows({ x: numbered(30), weights, backend }, async (of) => {
      for (const seed of seeds) {
        expect(Array.from(await randomRows(of(5, seed))).every((row) => row % 3 === 1)).toBe(true);
      }
    });
  });

  test('repeat where there are fewer rows of positive weight than centres', async () => {
    const weights = [0, 1, 0, 1, 0];
    const rows = await withRows({ x: numbered(5), weights, backend }, (of) => randomRows(of(4)));
    expect(Array.from(rows).sort()).toEqual([1, 1, 3, 3]);
  });

  test('are drawn in proportion to their weights', async () => {
    const counts = [0, 0, 0, 0];
    await withRows({ x: numbered(4), weights: [1, 0, 2, 5], backend }, async (of) => {
      for (let seed = 0; seed < 160; seed++) counts[(await randomRows(of(1, seed)))[0]]++;
    });
    // Four standard errors.
    [20, 0, 40, 100].forEach((count, row) => expectWithin(counts[row], count, 4 * Math.sqrt(count)));
  });

  test('come from all blocks of the data', async () => {
    const n = 8000;
    const d = 16; // a block has 2048 such rows
    const x = Array.from({ length: n }, (_, i) => Array.from({ length: d }, () => i));
    const rows = await withRows({ x, backend }, (of) => randomRows(of(200)));
    const quarters = [0, 0, 0, 0];
    for (let at = 0; at < rows.length; at += d) quarters[Math.floor((4 * rows[at]) / n)]++;
    for (const count of quarters) expectWithin(count, 50, 28); // 4.5 standard errors
  });

  test('are the same for the same seed', async () => {
    await withRows({ x: numbered(500), backend }, async (of) => {
      expect(await randomRows(of(6, 4))).toEqual(await randomRows(of(6, 4)));
      expect(await randomRows(of(6, 4))).not.toEqual(await randomRows(of(6, 5)));
    });
  });

  test('k = n: every row, in almost every case', async () => {
    const rows = await withRows({ x: numbered(10), backend }, (of) => randomRows(of(10)));
    expect(Array.from(rows).sort((a, b) => a - b)).toEqual(numbered(10).flat());
  });

  test('rows that are all alike do not hang it', async () => {
    const x = Array.from({ length: 9 }, () => [4]);
    expect(Array.from(await withRows({ x, backend }, (of) => randomRows(of(3))))).toEqual([4, 4, 4]);
  });
});
