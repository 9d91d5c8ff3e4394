import { describe, expect, test } from 'vitest';
import { replicateWeights } from '../../src/bootstrap/weights.js';
import { expectWithin } from '../within.js';

const N = 40_000;

function moments(values: Float64Array): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

describe('weights of a replicate', () => {
  test('are exponential of mean 1', () => {
    const weights = replicateWeights(3, 0)()(undefined, N);
    const { mean, variance } = moments(weights);
    expectWithin(mean, 1, 0.02);
    expectWithin(variance, 1, 0.05);
    expectWithin(weights.filter((weight) => weight > 1).length / N, Math.exp(-1), 0.01);
  });

  test.each([
    [2, 1],
    [0.25, 1],
    [0.5, 0.25],
  ])('of a row of weight %d, where %d counts as a row, are of the gamma distribution', (weight, unit) => {
    const { mean, variance } = moments(replicateWeights(3, 1, unit)()(new Float64Array(N).fill(weight), N));
    expectWithin(mean, weight / unit, 0.05 * (weight / unit));
    expectWithin(variance, weight / unit, 0.1 * (weight / unit));
  });

  test('are the same in every pass and in batches of any size, others in other replicates and of other seeds', () => {
    const begin = replicateWeights(5, 2);
    const whole = begin()(undefined, 1000);
    const weigh = begin();
    const parts = [1, 511, 0, 488].flatMap((rows) => Array.from(weigh(undefined, rows)));
    expect(parts).toEqual(Array.from(whole));
    expect(replicateWeights(5, 3)()(undefined, 1000)).not.toEqual(whole);
    expect(replicateWeights(6, 2)()(undefined, 1000)).not.toEqual(whole);
  });

  test('leave a row of weight 0 out, and what is no weight to the gate', () => {
    const [none, missing, negative, some] = replicateWeights(0, 0)()(Float64Array.of(0, NaN, -1, 3), 4);
    expect([none, missing, negative]).toEqual([0, NaN, -1]);
    expect(some).toBeGreaterThan(0);
  });
});
