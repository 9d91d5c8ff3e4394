import { describe, expect, test } from 'vitest';
import { drawLabels, FastRandom } from '../../src/base/fast-random.js';

const n = 200_000;
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('normal numbers', () => {
  const values = new Float64Array(n);
  new FastRandom(3).normals(values);

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

  // Φ at places inside layers, and where the tail of the ziggurat begins.
  test.each([
    [-4.038849846109504, 2.6856e-5],
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

  test('are distributed normally, by the greatest distance of the distributions (Kolmogorov & Smirnov)', () => {
    const sorted = values.slice().sort();
    const distances = sorted.map((x, i) => Math.max(Φ(x) - i / n, (i + 1) / n - Φ(x)));
    expect(Math.sqrt(n) * distances.reduce((a, b) => Math.max(a, b))).toBeLessThan(1.95); // 1 in 1000
  });

  test('are not repeated', () => {
    expect(new Set(values).size).toBe(n);
  });

  test('have the tails of the normal distribution, on both sides', () => {
    const many = new Float64Array(2 ** 24);
    new FastRandom(1).normals(many);
    const far = many.filter((x) => Math.abs(x) > 3);
    // The ziggurat's tail begins at 4.04. Φ of scipy.stats.norm.cdf
    for (const [least, share] of [
      [3, 1.3498980316301e-3],
      [4.038849846109504, 2.6855e-5],
      [4.5, 3.3976731247301e-6],
      [5, 2.866515718792e-7],
    ]) {
      for (const sign of [-1, 1]) {
        let count = 0;
        for (const x of far) if (sign * x > least) count++;
        const expected = share * many.length;
        expect(Math.abs(count - expected), `beyond ${sign * least}`).toBeLessThan(4 * Math.sqrt(expected) + 2);
      }
    }
    expect(far.every((x) => Math.abs(x) < 6.5)).toBe(true);
  });
});

/** Φ by the series x + x³/3 + x⁵/15 + … of its density, for |x| < 6 or so. */
function Φ(x: number): number {
  let [term, sum] = [x, x];
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) sum += term *= (x * x) / i;
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

test('a stream goes on where it was, whatever has been asked of it', () => {
  const random = new FastRandom(4);
  const [first, then, all] = [new Float64Array(3), new Float64Array(5), new Float64Array(9)];
  random.uniforms(first);
  random.skip(1);
  random.uniforms(then);
  new FastRandom(4).uniforms(all);
  expect([...first, ...then]).toEqual([...all.subarray(0, 3), ...all.subarray(4)]);
  expect(all.every((u) => u >= 0 && u < 1)).toBe(true);
});

test('streams are those of their seed, and seeds that are alike have streams that are not', () => {
  const first = (seed: number): number[] => {
    const values = new Float64Array(4);
    new FastRandom(seed).normals(values);
    return Array.from(values);
  };
  expect(first(5)).toEqual(first(5));
  const seeds = [0, 1, 2, -1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1];
  expect(new Set(seeds.flatMap(first)).size).toBe(4 * seeds.length);
  const second = new Float64Array(4);
  new FastRandom(5, 1).normals(second);
  expect(first(5).filter((x) => second.includes(x))).toEqual([]);
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
    drawLabels(Float64Array.from(weights), new FastRandom(7), labels);
    const counts = new Float64Array(weights.length);
    labels.forEach((label) => counts[label]++);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    expect(
      chiSquare(
        counts,
        weights.map((weight) => (n * weight) / total),
      ),
    ).toBeLessThan(4);
    weights.forEach((weight, k) => {
      const share = weight / total;
      if (weight === 0) expect(counts[k]).toBe(0);
      expect(Math.abs(counts[k] / n - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / n) + 5 / n);
    });
  });
});

/** χ² of counts in standard deviations above its mean; of what is expected less than five times together. */
function chiSquare(counts: Float64Array, expected: readonly number[]): number {
  const often = expected.map((one) => one >= 5);
  const seldom = (of: ArrayLike<number>): number => expected.reduce((sum, _, k) => sum + (often[k] ? 0 : of[k]), 0);
  const cells = expected.flatMap((one, k) => (often[k] ? [[counts[k], one]] : []));
  if (seldom(expected) >= 5) cells.push([seldom(counts), seldom(expected)]);
  const square = cells.reduce((sum, [count, one]) => sum + (count - one) ** 2 / one, 0);
  const freedom = Math.max(1, cells.length - 1);
  return (square - freedom) / Math.sqrt(2 * freedom);
}
