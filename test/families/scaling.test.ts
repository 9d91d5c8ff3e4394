import { describe, expect, test } from 'vitest';
import { logVolume, powerOfTwo, toScaling } from '../../src/families/scaling.js';
import { expectWithin } from '../within.js';

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

describe('toScaling', () => {
  test('variances become powers of two near their roots', () => {
    const { scale } = toScaling(Float64Array.of(0, 0, 0), Float64Array.of(16, 0, 1e-8), false);
    expect(Array.from(scale)).toEqual([4, 1, 2 ** -13]);
  });

  test('a shift has few digits: those of float32, or of a sixteenth of the scale where these are far off', () => {
    const shiftOf = (mean: number): number => toScaling(Float64Array.of(mean), Float64Array.of(1), false).shift[0];
    expect([shiftOf(0.1), shiftOf(1e8 + 3)]).toEqual([Math.fround(0.1), Math.fround(1e8 + 3)]);
    expect([shiftOf(1e15 + 3.26), shiftOf(1e12 + 0.01)]).toEqual([1e15 + 3.25, 1e12]);
    expect(shiftOf(1e300)).toBe(1e300); // beyond float32
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
