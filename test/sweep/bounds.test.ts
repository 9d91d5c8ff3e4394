import { describe, expect, test } from 'vitest';
import type { SoleQuadratic } from '../../src/sweep/model.js';
import { seededRandom } from '../../src/base/random.js';
import { logitBounds } from '../../src/sweep/bounds.js';

const ask = { n: 1e6, least: -25, rate: 0.5 };

/** Components whose factors' diagonals run over so many powers of ten, with means this far apart. */
function componentsOf(k: number, d: number, spread: number, decades = 0): SoleQuadratic {
  const random = seededRandom(5);
  const scale = Float64Array.from({ length: d }, (_, j) => 10 ** ((decades * j) / d));
  const whitening = Float32Array.from({ length: k * d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d) % d, at % d];
    return i === j ? scale[i] * (0.5 + random.uniform()) : i < j ? (scale[i] * random.normal()) / Math.sqrt(d) : 0;
  });
  const means = Float32Array.from({ length: k * d }, () => spread * random.normal());
  return { form: 'full', k, d, means, whitening };
}

/** Σ_j (Σ_i difference_i w_ij)². */
function squared(difference: Float64Array, w: Float32Array, size: number): number {
  let sum = 0;
  for (let j = 0; j < size; j++) {
    let z = 0;
    for (let i = 0; i <= j; i++) z += difference[i] * w[i * size + j];
    sum += z * z;
  }
  return sum;
}

describe('bounds of logits', () => {
  const cases: [number, number, number, number][] = [
    [4, 24, 2, 0],
    [9, 31, 2, 0],
    [40, 64, 2, 0],
    [6, 50, 1, 3],
  ];

  test.each(cases)('k = %d, d = %d, %d apart, over 1e%d: squared distances are no less', (k, d, spread, decades) => {
    const components = componentsOf(k, d, spread, decades);
    const bounds = logitBounds(components, new Float64Array(k).fill(1 / k), ask);
    if (!bounds) throw new Error('expected bounds, got none');
    const { columns: m, origin, projection } = bounds;
    expect(m % 4).toBe(0);
    expect(m).toBeLessThanOrEqual(d / 2 + 3);
    const random = seededRandom(6);
    let tight = 0;
    for (let row = 0; row < 200; row++) {
      const own = row % k;
      const x = Float64Array.from(
        { length: d },
        (_, i) => components.means[own * d + i] + random.normal() / 10 ** ((decades * i) / d),
      );
      const y = Float64Array.from({ length: m }, (_, j) =>
        x.reduce((sum, value, i) => sum + (value - origin[i]) * projection[i * m + j], 0),
      );
      for (let c = 0; c < k; c++) {
        const mean = components.means.subarray(c * d, (c + 1) * d);
        const exact = squared(
          x.map((value, i) => value - mean[i]),
          components.whitening.subarray(c * d * d),
          d,
        );
        const there = bounds.means.subarray(c * m, (c + 1) * m);
        const bound = squared(
          y.map((value, j) => value - there[j]),
          bounds.whitening.subarray(c * m * m),
          m,
        );
        expect(bound).toBeLessThanOrEqual(exact * (1 + 1e-5) + 1e-5);
        if (c !== own && bound > exact / 4) tight++;
      }
    }
    expect(tight).toBeGreaterThan(30 * (k - 1)); // of 200 (k − 1): they say something
  });

  test('there are none where they would not pay', () => {
    const weights = new Float64Array(8).fill(1 / 8);
    const apart = componentsOf(8, 32, 3);
    expect(logitBounds(apart, weights, ask)).toBeDefined();
    expect(logitBounds(apart, weights, { ...ask, n: 1000 }), 'few rows').toBeUndefined();
    expect(logitBounds({ ...apart, form: 'tied' }, weights, ask), 'tied').toBeUndefined();
    expect(logitBounds(componentsOf(8, 32, 0.1), weights, ask), 'overlapping').toBeUndefined();
    expect(logitBounds(componentsOf(8, 32, 0), weights, ask), 'all the same').toBeUndefined();
    expect(logitBounds(componentsOf(8, 16, 3), weights, ask), 'few columns').toBeUndefined();
    const degenerate = { ...apart, whitening: apart.whitening.map(() => 0) };
    expect(logitBounds(degenerate, weights, ask), 'no precision').toBeUndefined();
  });

  test('components without weight are bounded too', () => {
    const weights = Float64Array.of(0, 0.5, 0.5, 0, 0, 0);
    const bounds = logitBounds(componentsOf(6, 32, 3), weights, ask);
    expect(bounds?.means.every(Number.isFinite)).toBe(true);
    expect(bounds?.whitening.every(Number.isFinite)).toBe(true);
  });
});
