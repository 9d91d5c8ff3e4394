import { expect, test } from 'vitest';
import { fromHalf, HALF_ROUNDING, LARGEST_HALF, toHalves } from '../../kernels/webgpu/half.js';
import { seededRandom } from '../../src/base/random.js';

const roundOf = (...values: number[]): number[] => Array.from(toHalves(Float32Array.from(values)), fromHalf);

test('each finite float16 is itself', () => {
  const finite = Array.from({ length: 65536 }, (_, half) => half).filter((half) => (half & 0x7c00) !== 0x7c00);
  expect(Array.from(toHalves(Float32Array.from(finite, fromHalf)))).toEqual(finite);
  expect(fromHalf(0x3555)).toBe(0.333251953125); // the nearest to a third
});

test('what is between two is the nearer one, and the even one halfway', () => {
  for (const half of [0, 1, 2, 1023, 1024, 1025, 0x3bff, 0x3c00, 0x7bfe]) {
    const [low, high] = [fromHalf(half), fromHalf(half + 1)];
    const even = half % 2 === 0 ? low : high;
    for (const sign of [1, -1]) {
      const between = [0.49, 0.5, 0.51].map((part) => sign * (low + part * (high - low)));
      expect(roundOf(...between).map(Math.abs), `above ${low}`).toEqual([low, even, high]);
    }
  }
});

test('what is beyond the largest is that', () => {
  expect(roundOf(65519, 65520, 1e30, -1e30)).toEqual([1, 1, 1, -1].map((sign) => sign * LARGEST_HALF));
});

test('the error is within half a unit of the eleventh digit, on average half of that at the most', () => {
  const random = seededRandom(1);
  for (const size of [1, 1.9, 300]) {
    const values = Float32Array.from({ length: 20_000 }, () => size * (1 + 0.01 * random.uniform()));
    const errors = roundOf(...values).map((value, i) => Math.abs(value / values[i] - 1));
    expect(Math.max(...errors)).toBeLessThanOrEqual(HALF_ROUNDING);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan((HALF_ROUNDING / 2) * 1.01);
  }
});
