import { describe, expect, test } from 'vitest';
import { countBins, countProbabilities, countShares } from '../../src/report/counts.js';

describe('countBins', () => {
  test.each([
    ['a bar a number, where there is room', [-0.5, 9.5], 12, { first: 0, width: 1, bins: 10 }],
    ['rounded widths from a multiple of these', [2.5, 120.5], 60, { first: 2, width: 2, bins: 60 }],
    ['one number alone', [6.5, 7.5], 12, { first: 7, width: 1, bins: 1 }],
    ['a million numbers', [-0.5, 1e6], 60, { first: 0, width: 20000, bins: 51 }],
  ] as const)('has %s', (_, interval, most, expected) => {
    expect(countBins(interval, most)).toEqual(expected);
  });
});

describe('countShares', () => {
  test('are shares of all values, those outside included, on average over the numbers of a bar', () => {
    expect(Array.from(countShares(Float64Array.of(0, 1, 2, 2, 9), { first: 0, width: 1, bins: 3 }))).toEqual([0.2, 0.2, 0.4]); // prettier-ignore
    expect(Array.from(countShares(Float64Array.of(0, 1, 2, 2), { first: 0, width: 2, bins: 2 }))).toEqual([0.25, 0.25]); // prettier-ignore
  });

  test('count weights where there are any, and are 0 of no rows', () => {
    expect(Array.from(countShares(Float64Array.of(0, 1), { first: 0, width: 1, bins: 2 }, [3, 1]))).toEqual([0.75, 0.25]); // prettier-ignore
    expect(Array.from(countShares(new Float64Array(), { first: 0, width: 1, bins: 2 }))).toEqual([0, 0]);
  });
});

describe('countProbabilities', () => {
  const half = { weight: 0.5, mean: 1, scale: 1, logDensity: (x: number) => Math.log(2) * -(x + 1) }; // p(x) = 2^−(x + 1)

  test('add up components times their weight, also of a count that is always the same', () => {
    const always = { weight: 0.5, mean: 1, scale: 0, logDensity: (x: number) => (x === 1 ? 0 : -Infinity) };
    expect(Array.from(countProbabilities([half, always], { first: 0, width: 1, bins: 3 }))).toEqual([0.25, 0.625, 0.0625].map((p) => expect.closeTo(p, 14) as number)); // prettier-ignore
  });

  test('are means over the numbers of a bar', () => {
    const [first] = countProbabilities([half], { first: 0, width: 2, bins: 1 });
    expect(first).toBeCloseTo(0.5 * (0.5 + 0.25) * 0.5, 14);
  });
});
