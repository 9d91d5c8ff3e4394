import { describe, expect, test } from 'vitest';
import { drawLabels, fastRandom } from '../../src/base/fast-random.js';

const n = 200_000;
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('normal numbers', () => {
  const values = new Float64Array(n);
  fastRandom(3).normals(values);

  test.each([
    [1, 0, 1],
    [2, 1, 2],
    [3, 0, 15],
    [4, 3, 96],
    [6, 15, 10_170],
  ])('have the moment of order %d', (order, expected, variance) => {
    const moment = mean(values.map((x) => x ** order));
    expect(Math.abs(moment - expected)).toBeLessThan(5 * Math.sqrt(variance / n)); // five standard errors
  });

  // Φ at the places where the ziggurat changes its ways: inside a layer, at edges, in the tail.
  test.each([
    [-3.6541528853610088, 0.000129],
    [-2, 0.0227501],
    [-0.5, 0.3085375],
    [0, 0.5],
    [0.2, 0.5792597],
    [1, 0.8413447],
    [3, 0.9986501],
  ])('lie below %d as often as Φ says', (x, expected) => {
    const below = mean(values.map((value) => Number(value < x)));
    expect(Math.abs(below - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / n) + 1e-6);
  });

  test('are independent of the one before, also in size', () => {
    const next = values.subarray(1);
    expect(Math.abs(mean(next.map((x, i) => x * values[i])))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(mean(next.map((x, i) => (x * x - 1) * (values[i] ** 2 - 1))))).toBeLessThan(10 / Math.sqrt(n));
  });

  test('are not repeated', () => {
    expect(new Set(values).size).toBe(n);
  });

  test('reach into both tails beyond the last layer', () => {
    const many = new Float64Array(1_000_000);
    fastRandom(1).normals(many);
    const [low, high] = [many.filter((x) => x < -3.66).length, many.filter((x) => x > 3.66).length];
    for (const count of [low, high]) expect(Math.abs(count - 126)).toBeLessThan(56); // Φ(−3.66) = 1.26e-4
    expect(many.every((x) => Math.abs(x) < 6.5)).toBe(true);
  });
});

test('streams are those of their seed, and seeds that are alike have streams that are not', () => {
  const first = (seed: number): number[] => {
    const values = new Float64Array(4);
    fastRandom(seed).normals(values);
    return Array.from(values);
  };
  expect(first(5)).toEqual(first(5));
  const seeds = [0, 1, 2, -1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1];
  expect(new Set(seeds.flatMap(first)).size).toBe(4 * seeds.length);
});

describe('labels', () => {
  test.each([
    [[1]],
    [[0.2, 0.5, 0.3]],
    [[0, 1, 0]],
    [[0.25, 0.25, 0.25, 0.25]],
    [[1e-9, 0.4, 0, 0.6 - 1e-9]],
    [Array.from({ length: 300 }, (_, k) => (k % 3) / 299)],
  ])('have the shares of the weights %j', (weights) => {
    const labels = new Int32Array(n);
    drawLabels(Float64Array.from(weights), fastRandom(7), labels);
    const counts = new Float64Array(weights.length);
    labels.forEach((label) => counts[label]++);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    weights.forEach((weight, k) => {
      const share = weight / total;
      if (weight === 0) expect(counts[k]).toBe(0);
      expect(Math.abs(counts[k] / n - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / n) + 5 / n);
    });
  });
});
