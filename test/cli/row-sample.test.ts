import { describe, expect, test } from 'vitest';
import { RowSample } from '../../src/cli/row-sample.js';

/** Passes rows 0 … n − 1, their numbers in both columns, in batches of `size`. */
function pass(sample: RowSample, n: number, size: number, weights = false): void {
  for (let from = 0; from < n; from += size) {
    const rows = Math.min(size, n - from);
    const values = Float64Array.from({ length: 2 * rows }, (_, i) => from + Math.floor(i / 2));
    const batch = {
      rows,
      values,
      ...(weights && { weights: Float64Array.from({ length: rows }, (_, i) => from + i) }),
    };
    sample.see(batch, from);
  }
}

describe('the rows a report draws', () => {
  test('are all of them where there are few', () => {
    const sample = new RowSample(2);
    pass(sample, 3000, 700);
    expect(sample.taken().rows).toEqual(Array.from({ length: 3000 }, (_, i) => [i, i]));
    expect(sample.taken()).not.toHaveProperty('weights');
  });

  test.each([4001, 16_000, 100_001])('are 4000 spread evenly over %d', (n) => {
    const sample = new RowSample(2);
    pass(sample, n, 65_536, true);
    const { rows, weights } = sample.taken();
    const gaps = rows.slice(1).map(([row], i) => row - rows[i][0]);
    expect(rows).toHaveLength(4000);
    expect(weights).toEqual(rows.map(([row]) => row));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.ceil(n / 4000));
    expect(rows.at(-1)![0]).toBeGreaterThan(n * 0.99 - 20);
  });

  test('do not depend on batches, begin anew with every pass and are whole', () => {
    const [one, other] = [new RowSample(2), new RowSample(2)];
    pass(one, 50_000, 50_000);
    pass(other, 50_000, 999);
    pass(other, 50_000, 4096);
    expect(other.taken()).toEqual(one.taken());
    one.see({ rows: 3, values: Float64Array.of(1, 2, 3, NaN, Infinity, 6) }, 0);
    expect(one.taken().rows).toEqual([[1, 2]]);
  });
});
