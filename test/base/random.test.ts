import { describe, expect, test } from 'vitest';
import { drawIndex, seededRandom, type Random } from '../../src/base/random.js';
import { expectWithin } from '../within.js';

const take = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
const uniforms = (random: Random, count: number): number[] => take(count, () => random.uniform());
const normals = (random: Random, count: number): number[] => take(count, () => random.normal());
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const moment = (values: number[], power: number): number => mean(values.map((value) => value ** power));

describe('seededRandom', () => {
  test('the same seed and stream give the same numbers', () => {
    const mixed = (random: Random): number[] => take(500, () => random.uniform() + random.normal());
    expect(mixed(seededRandom(7, 3))).toEqual(mixed(seededRandom(7, 3)));
  });

  test('seed 0 starts with these numbers on every machine', () => {
    expect(uniforms(seededRandom(0), 2)).toEqual([0.5029185419600006, 0.28396319112110346]);
  });

  test.each([
    ['another seed', 1, 0],
    ['a negative seed', -1, 0],
    ['another stream', 0, 1],
    ['a far stream', 0, 1000],
  ])('%s gives other numbers', (_, seed, stream) => {
    const first = new Set(uniforms(seededRandom(0), 1000));
    expect(uniforms(seededRandom(seed, stream), 1000).filter((value) => first.has(value))).toEqual([]);
  });

  test.each([
    ['seeds', (index: number) => seededRandom(index)],
    ['streams', (index: number) => seededRandom(0, index)],
  ])('first numbers of neighbouring %s are as good as independent', (_, start) => {
    const first = Array.from({ length: 10_000 }, (_, index) => start(index).uniform() - 0.5);
    // Standard errors: 0.0029 of the mean, 0.00083 of the covariance of neighbours.
    expectWithin(mean(first), 0, 0.012);
    expectWithin(mean(first.slice(1).map((value, i) => value * first[i])), 0, 0.0033);
  });

  test('uniform numbers fill [0, 1) evenly', () => {
    const values = uniforms(seededRandom(1), 100_000);
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expectWithin(mean(values), 1 / 2, 0.004); // 4 standard errors, as below
    expectWithin(moment(values, 2), 1 / 3, 0.004);
    const tenths = values.reduce(
      (counts, value) => counts.with(Math.floor(10 * value), counts[Math.floor(10 * value)] + 1),
      new Array<number>(10).fill(0),
    );
    for (const count of tenths) expectWithin(count, 10_000, 400);
  });

  test('normal numbers have the moments 0, 1, 0, 3 and no correlation', () => {
    const values = normals(seededRandom(2), 100_000);
    expectWithin(mean(values), 0, 0.013);
    expectWithin(moment(values, 2), 1, 0.018);
    expectWithin(moment(values, 3), 0, 0.05);
    expectWithin(moment(values, 4), 3, 0.13);
    expectWithin(mean(values.slice(1).map((value, i) => value * values[i])), 0, 0.013);
    expectWithin(values.filter((value) => Math.abs(value) > 1.959964).length, 5000, 280);
  });
});

describe('drawIndex', () => {
  const grid = (cells: number): number[] => Array.from({ length: cells }, (_, cell) => (cell + 0.5) / cells);
  const frequencies = (weights: number[], cells: number): number[] => {
    const counts = weights.map(() => 0);
    for (const uniform of grid(cells)) counts[drawIndex(weights, uniform)]++;
    return counts;
  };

  test('draws an index in proportion to its weight, whatever the weights sum to', () => {
    expect(frequencies([1, 2, 5], 800)).toEqual([100, 200, 500]);
    expect(frequencies([0.25, 0.5, 1.25], 800)).toEqual([100, 200, 500]);
  });

  test('never draws a weight of 0', () => {
    expect(frequencies([0, 3, 0, 1, 0], 400)).toEqual([0, 300, 0, 100, 0]);
    expect(drawIndex([0, 3, 0], 0)).toBe(1);
    expect(drawIndex([0, 3, 0], 1 - 2 ** -53)).toBe(1);
  });

  test('rounding does not lead beyond the last positive weight', () => {
    // (1 − 2⁻⁵³) · 0.6 is 0.6 again, and 0.6 − 0.1 − 0.1 − 0.4 is not negative.
    expect(drawIndex([0.1, 0.1, 0.4, 0], 1 - 2 ** -53)).toBe(2);
  });

  test('takes typed arrays', () => {
    expect(drawIndex(Float32Array.of(0, 1), 0.5)).toBe(1);
  });
});
