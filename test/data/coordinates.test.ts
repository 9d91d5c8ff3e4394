import { describe, expect, test } from 'vitest';
import { misjudged, requireSquares, scalingOf as scalingFrom } from '../../src/data/coordinates.js';
import { matrixSource } from '../../src/data/arrays.js';
import { ColumnStatistics } from '../../src/data/statistics.js';
import { seededRandom } from '../../src/base/random.js';
import { scaledBy, type Scaling } from '../../src/families/scaling.js';
import { columnsOf } from '../loaded.js';
import { expectWithin } from '../within.js';

/** n rows whose columns have these means and deviations. */
function rows(n: number, means: number[], deviations: number[]): Float64Array {
  const random = seededRandom(3);
  return Float64Array.from({ length: n * means.length }, (_, at) => {
    const column = at % means.length;
    return means[column] + deviations[column] * random.normal();
  });
}

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

function statisticsOf(values: ArrayLike<number>, d: number, weights?: ArrayLike<number>): ColumnStatistics {
  const statistics = new ColumnStatistics(d);
  statistics.add(columnsOf(values, d, weights));
  return statistics;
}

const scalingOf = (
  ...[values, d, common, weights]: [ArrayLike<number>, number, boolean, ArrayLike<number>?]
): Scaling => scalingFrom(statisticsOf(values, d, weights), (columns) => scaledBy(columns, common));

describe('scalingOf', () => {
  test('scales are powers of two within √2 of the standard deviations, shifts near the means', () => {
    const deviations = [1e-4, 1, 3e5];
    const { shift, scale } = scalingOf(rows(2000, [1, -2, 7e5], deviations), 3, false);
    scale.forEach((value, column) => {
      expect(isPowerOfTwo(value)).toBe(true);
      expect(Math.abs(Math.log2(value / deviations[column]))).toBeLessThan(0.55);
      expectWithin(shift[column], [1, -2, 7e5][column], deviations[column] / 10);
    });
  });

  test('one common scale is that of the column that varies most', () => {
    const values = rows(2000, [0, 0, 0], [1e-4, 30, 2]);
    const own = scalingOf(values, 3, false).scale;
    expect(Array.from(scalingOf(values, 3, true).scale)).toEqual([own[1], own[1], own[1]]);
  });

  test('an offset of 1e6 does not change the scale, and what is left of the mean is small', () => {
    const near = rows(2000, [0, 0], [1, 0.01]);
    const far = near.map((value) => value + 1e6);
    const { shift, scale } = scalingOf(far, 2, false);
    expect(Array.from(scale)).toEqual(Array.from(scalingOf(near, 2, false).scale));
    // Float32 has a digit every 0.0625 at 1e6.
    shift.forEach((value) => expectWithin(value, 1e6, 0.1));
  });

  test('the shift is a float32 number: taking it off float32 data near it is exact', () => {
    const values = rows(500, [1e6], [3]).map(Math.fround);
    const { shift } = scalingOf(values, 1, false);
    expect(shift[0]).toBe(Math.fround(shift[0]));
    expect(Array.from(values, (value) => value - shift[0])).toEqual(
      Array.from(values, (value) => Math.fround(value - shift[0])),
    );
  });

  // 0.1 and 1/3 are no binary fractions: their mean must not differ from them by rounding.
  test.each([0, 1, 0.1, 1 / 3, -1e9 / 7, 1e-9])('a column that is always %d has scale 1', (value) => {
    const { shift, scale } = scalingOf(new Float64Array(3000).fill(value), 1, false);
    expect(scale[0]).toBe(1);
    expect(shift[0]).toBe(Math.fround(value));
  });

  test('a weight of 3 is the row three times', () => {
    const values = rows(300, [5, -1], [2, 30]);
    const weights = Array.from({ length: 300 }, (_, row) => row % 4);
    const repeated = weights.flatMap((weight, row) =>
      Array.from({ length: weight }, () => Array.from(values.subarray(2 * row, 2 * row + 2))),
    );
    const { shift, scale } = scalingOf(values, 2, false, weights);
    const expected = scalingOf(repeated.flat(), 2, false);
    expect(scale).toEqual(expected.scale);
    shift.forEach((value, column) => expectWithin(value, expected.shift[column], 1e-5));
  });

  test('a row of weight 0 has no say, wherever it is', () => {
    const values = rows(300, [1e6, -1], [1, 30]);
    const weights = [0, ...new Array<number>(300).fill(1)];
    expect(scalingOf([1e300, -1e300, ...values], 2, false, weights)).toEqual(
      scalingOf([...values.subarray(0, 2), ...values], 2, false, weights),
    );
    expect(scalingOf([1e300, -1e300, 7, 7], 2, false, [0, 2])).toEqual(scalingOf([7, 7], 2, false));
  });

  test('one row has scale 1 and itself as shift', () => {
    const { shift, scale } = scalingOf([3, -4], 2, false);
    expect(Array.from(shift)).toEqual([3, -4]);
    expect(Array.from(scale)).toEqual([1, 1]);
  });
});

describe('column statistics', () => {
  const values = rows(3000, [1e9, 3], [1, 1e-3]);
  const weights = Array.from({ length: 3000 }, (_, row) => [0, 1, 2.5][row % 3]);

  test.each([1, 7, 1000, 2999])('blocks of %d rows, in any order, say what all rows say together', (size) => {
    const whole = statisticsOf(values, 2, weights);
    for (const turned of [false, true]) {
      const parts = new ColumnStatistics(2);
      const starts = Array.from({ length: Math.ceil(3000 / size) }, (_, block) => block * size);
      for (const from of turned ? starts.reverse() : starts) {
        parts.add(columnsOf(values.slice(from * 2, (from + size) * 2), 2, weights.slice(from, from + size)));
      }
      whole.variances.forEach((variance, j) => {
        expectWithin(parts.variances[j], variance, 1e-7 * variance);
        expectWithin(parts.means[j], whole.means[j], 1e-5 * Math.sqrt(variance));
      });
      expect([parts.extremes.least, parts.extremes.most]).toEqual([whole.extremes.least, whole.extremes.most]);
    }
  });

  test('quantiles are of the rows added so far', () => {
    const grown = statisticsOf([1, 2, 3], 1);
    expect(grown.quantiles(0, [0.5])).toEqual([2]);
    grown.add(columnsOf([4, 5, 6, 7], 1));
    expect(grown.quantiles(0, [0, 0.5])).toEqual([1, 4]);
  });

  test('quantiles that are seen to be apart are', () => {
    const far = [0.01, 0.99] as const;
    const apart = (values: ArrayLike<number>, distance: number): boolean =>
      statisticsOf(values, 1).areApart(0, far, distance);
    const normal = rows(5000, [7], [1]);
    const [low, high] = statisticsOf(normal, 1).quantiles(0, far);
    for (const distance of [0.01, 1, 2, 2.2, 2.4, 3]) {
      if (apart(normal, distance)) expect(high - low).toBeGreaterThanOrEqual(2 * distance);
    }
    expect(apart(normal, 2)).toBe(true);
    expect(apart(normal, 3)).toBe(false);
    // One value in a thousand is no quantile.
    expect(
      apart(
        Float64Array.from({ length: 1000 }, (_, row) => (row === 500 ? 1e6 : row % 2)),
        100,
      ),
    ).toBe(false);
  });

  test('quantiles are of a sample of all rows, whatever their order', () => {
    const rising = new ColumnStatistics(1);
    for (let from = 0; from < 100_000; from += 1000) {
      rising.add(
        columnsOf(
          Array.from({ length: 1000 }, (_, row) => from + row),
          1,
        ),
      );
    }
    const [low, median, high] = rising.quantiles(0, [0.01, 0.5, 0.99]);
    expectWithin(low, 1000, 1000);
    expectWithin(median, 50_000, 6000);
    expectWithin(high, 99_000, 1000);
  });
});

describe('misjudged', () => {
  const statistics = statisticsOf(rows(1000, [0, 100], [1, 2]), 2);
  const guess = (shift: number, scale: number): Scaling => ({
    shift: Float64Array.of(shift, 100),
    scale: Float64Array.of(scale, 2),
  });

  test.each([
    ['as all rows say', 0, 1, []],
    ['a little off', -15, 1 / 16, []],
    ['far from the centre', 17, 1, [0]],
    ['too wide', 0, 32, [0]],
    ['too narrow', 0, 1 / 32, [0]],
  ])('a guess that is %s', (_, shift, scale, expected) => {
    expect(misjudged(guess(shift, scale), statistics, (columns) => scaledBy(columns, false))).toEqual(expected);
  });
});

test('a column that is constant needs no squares', () => {
  const statistics = statisticsOf([1e300, 1, 1e300, 2], 2);
  const source = matrixSource({ data: new Float64Array(4), shape: [2, 2] });
  expect(() => requireSquares(source, statistics)).not.toThrow();
});
