import { describe, expect, test } from 'vitest';
import { findRoot, type Tangent } from '../../src/base/root.js';
import { expectWithin } from '../within.js';

const cube = (x: number): Tangent => ({ value: x ** 3 - 2, slope: 3 * x * x });

describe('findRoot', () => {
  test('finds the zero to the last digits', () => {
    expectWithin(findRoot(cube, { low: 0, high: 10, start: 9, falling: false }), 2 ** (1 / 3), 1e-15);
  });

  test('of a falling function too', () => {
    const root = findRoot((x) => ({ value: 1 / x - 3, slope: -1 / (x * x) }), { low: 0.1, high: 9, start: 8, falling: true }); // prettier-ignore
    expectWithin(root, 1 / 3, 1e-15);
  });

  test('halves the bracket where Newton’s steps leave it or do not help', () => {
    const flat = (x: number): Tangent => ({ value: Math.tanh(20 * (x - 1)), slope: 1e-9 });
    expectWithin(findRoot(flat, { low: -50, high: 60, start: 40, falling: false }), 1, 1e-14);
  });

  test('stops where values are rounding', () => {
    let calls = 0;
    const noisy = (x: number): Tangent => {
      calls++;
      return { value: x - 1 + (calls % 2 === 0 ? 1e-9 : -1e-9), slope: 1 };
    };
    expectWithin(findRoot(noisy, { low: 0, high: 4, start: 3, falling: false }), 1, 3e-9);
    expect(calls).toBeLessThan(10);
  });

  test('starts within the bracket, and ends where a function of one sign points', () => {
    expectWithin(findRoot(cube, { low: 2, high: 4, start: 7, falling: false }), 2, 1e-14);
    expectWithin(findRoot(cube, { low: 0.1, high: 0.5, start: 0, falling: false }), 0.5, 1e-14);
  });

  test('refuses a value that is no number', () => {
    const broken = (): Tangent => ({ value: NaN, slope: 1 });
    expect(() => findRoot(broken, { low: 0, high: 1, start: 0.5, falling: false })).toThrow(
      new RangeError('findRoot: expected a number at 0.5, got NaN'),
    );
  });
});
