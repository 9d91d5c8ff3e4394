import { describe, expect, test } from 'vitest';
import { intervalOf, quantile } from '../../src/bootstrap/intervals.js';
import { expectWithin } from '../within.js';

describe('quantiles', () => {
  test('lie between values by their distance, as definition 7 of Hyndman & Fan has them', () => {
    const sorted = [1, 2, 4, 8, 16];
    expect([0, 0.25, 0.5, 1].map((share) => quantile(sorted, share))).toEqual([1, 2, 4, 16]);
    expectWithin(quantile(sorted, 0.975), 8 + 0.9 * 8, 1e-12);
    expectWithin(quantile(sorted, 0.025), 1.1, 1e-12);
  });
});

test('an interval has the standard deviation of values in any order, and their quantiles', () => {
  const values = Array.from({ length: 41 }, (_, i) => (i * 7) % 41);
  const found = intervalOf(20, values, 0.9);
  expectWithin(found.standardError, Math.sqrt((41 ** 2 - 1) / 12) * Math.sqrt(41 / 40), 1e-12);
  expect(found.estimate).toBe(20);
  expectWithin(found.lower, 2, 1e-12);
  expectWithin(found.upper, 38, 1e-12);
  expect(values[1]).toBe(7); // left as they were
});
