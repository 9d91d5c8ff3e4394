import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RowSample, sampledIndices } from '../../src/data/row-sample.js';
import { size } from '../cases.js';
import { expectWithin } from '../within.js';

/** Rows 0, 1, 2, …, their numbers in both columns. */
const numbered = Float64Array.from({ length: 200_000 }, (_, i) => Math.floor(i / 2));

/** Passes rows 0 … n − 1 in batches of `size`. */
function pass(sample: RowSample, n: number, size: number, weightOf?: (row: number) => number): void {
  for (let from = 0; from < n; from += size) {
    const rows = Math.min(size, n - from);
    const values = numbered.subarray(2 * from, 2 * (from + rows));
    const weights = weightOf && Float64Array.from({ length: rows }, (_, i) => weightOf(from + i));
    sample.see({ rows, values, ...(weights && { weights }) }, from);
  }
}

describe('the rows a picture draws', () => {
  test('are all of them where there are few', () => {
    const sample = new RowSample(2);
    pass(sample, 3000, 700);
    expect(sample.taken()).toEqual({ rows: Array.from({ length: 3000 }, (_, i) => [i, i]), random: false });
  });

  test('are as many as asked for, whole, distinct, rising and of the data, whatever the number of rows', () => {
    const lengths = fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 3990, max: 16_400 }));
    const property = fc.property(lengths, fc.integer({ min: 100, max: 50_000 }), (n, size) => {
      const sample = new RowSample(2);
      pass(sample, n, size);
      const { rows, weights, random } = sample.taken();
      const numbers = rows.map(([row]) => row);
      expect([rows.length, random, weights]).toEqual([Math.min(n, 4000), n > 4000, undefined]);
      expect(rows.every(([a, b]) => Number.isInteger(a) && a === b && a >= 0 && a < n)).toBe(true);
      expect(numbers.every((row, i) => i === 0 || row > numbers[i - 1])).toBe(true);
    });
    fc.assert(property, { numRuns: size(300, 60), seed: 4100, examples: [[4100, 4100], [4000, 100], [4001, 65_536], [16_000, 999]] }); // prettier-ignore
  });

  test.each([2, 3, 4, 7, 16, 64])('take of every place in a period of %d rows alike', (period) => {
    const n = 64_000;
    const drawn = Array.from({ length: period }, () => 0);
    for (const row of sampledIndices(n)) drawn[row % period]++;
    const expected = 4000 / period;
    // A hypergeometric count: six of its standard deviations.
    for (const count of drawn) expectWithin(count, expected, 6 * Math.sqrt(expected));
  });

  test('take of every part of the data alike, and others with another seed', () => {
    const thousands = Array.from({ length: 100 }, () => 0);
    for (const row of sampledIndices(100_000)) thousands[Math.floor(row / 1000)]++;
    for (const count of thousands) expectWithin(count, 40, 6 * Math.sqrt(40));
    const other = new Set(sampledIndices(100_000, { seed: 1 }));
    expectWithin(sampledIndices(100_000).filter((row) => other.has(row)).length, 160, 6 * Math.sqrt(160));
  });

  test('do not depend on batches, begin anew with every pass and are whole', () => {
    const [one, other] = [new RowSample(2), new RowSample(2)];
    pass(one, 50_000, 50_000);
    pass(other, 50_000, 999);
    pass(other, 50_000, 4096);
    expect(other.taken()).toEqual(one.taken());
    expect(one.taken().rows.map(([row]) => row)).toEqual(sampledIndices(50_000));
    one.see({ rows: 3, values: Float64Array.of(1, 2, 3, NaN, Infinity, 6) }, 0);
    expect(one.taken().rows).toEqual([[1, 2]]);
  });

  test('stand for the weight of all rows, the heavy among them for sure and those of weight 0 never', () => {
    const weightOf = (row: number): number => (row === 777 ? 1e6 : row % 3);
    const sample = new RowSample(2, { size: 1000 });
    pass(sample, 60_000, 4096, weightOf);
    const { rows, weights = [] } = sample.taken();
    const numbers = rows.map(([row]) => row);
    const sum = (keep: (row: number) => boolean): number =>
      numbers.reduce((total, row, i) => total + (keep(row) ? weights[i] : 0), 0);
    expect(weights[numbers.indexOf(777)]).toBe(1e6);
    expect(numbers.some((row) => row % 3 === 0 && row !== 777)).toBe(false);
    // Of weights 1 and 2 there are 20,000 and 40,000 in all; some 333 and 667 rows stand for them.
    expectWithin(sum((row) => row % 3 === 1), 20_000, 20_000 * 0.2); // prettier-ignore
    expectWithin(
      sum((row) => row % 3 === 2 && row !== 777),
      40_000,
      40_000 * 0.1,
    );
  });

  test('keep their own weights where they are all of them', () => {
    const sample = new RowSample(2);
    pass(sample, 10, 4, (row) => row);
    expect(sample.taken()).toMatchObject({ weights: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], random: false });
  });
});
