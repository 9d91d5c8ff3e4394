import { describe, expect, test } from 'vitest';
import { logVolume, powerOfTwo, scalingOf, toScaling } from '../src/scaling.js';
import { seededRandom } from '../src/random.js';
import { expectWithin } from './within.js';

/** n rows whose columns have these means and deviations. */
function rows(n: number, means: number[], deviations: number[]): Float64Array {
  const random = seededRandom(3);
  return Float64Array.from({ length: n * means.length }, (_, at) => {
    const column = at % means.length;
    return means[column] + deviations[column] * random.normal();
  });
}

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

describe('powerOfTwo', () => {
  test.each([
    [1, 1],
    [1.4, 1],
    [1.5, 2],
    [0.3, 0.25],
    [1e4, 8192],
    [1e-30, 2 ** -100],
    [0, 1],
    [NaN, 1],
    [Infinity, 1],
    [1e308, 2 ** 1000],
    [5e-324, 2 ** -1000],
  ])('of %d is %d', (length, expected) => {
    expect(powerOfTwo(length)).toBe(expected);
  });
});

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

  test('rows that all weigh 0 count alike', () => {
    expect(scalingOf([1, 2, 3], 1, false, [0, 0, 0])).toEqual(scalingOf([1, 2, 3], 1, false));
  });

  test('one row has scale 1 and itself as shift', () => {
    const { shift, scale } = scalingOf([3, -4], 2, false);
    expect(Array.from(shift)).toEqual([3, -4]);
    expect(Array.from(scale)).toEqual([1, 1]);
  });
});

describe('toScaling', () => {
  test('variances become powers of two near their roots', () => {
    const { scale } = toScaling(Float64Array.of(0, 0, 0), Float64Array.of(16, 0, 1e-8), false);
    expect(Array.from(scale)).toEqual([4, 1, 2 ** -13]);
  });
});

describe('logVolume', () => {
  test('is Σ log scale: what a log-density gains when the unit of length grows', () => {
    const scale = Float64Array.of(4, 0.5, 2 ** 20);
    const shift = new Float64Array(3);
    expectWithin(logVolume({ shift, scale }), 21 * Math.LN2, 1e-14);
    const density = (x: number, deviation: number): number =>
      -0.5 * (x / deviation) ** 2 - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);
    const one = { shift: Float64Array.of(0), scale: Float64Array.of(8) };
    expectWithin(density(3, 5), density(3 / 8, 5 / 8) - logVolume(one), 1e-14);
  });
});
