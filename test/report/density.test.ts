import { describe, expect, test } from 'vitest';
import { density, densityGrid, histogram, mixtureDensity, quantile } from '../../src/report/density.js';
import { normals } from './fixture.js';

const bumps = [
  { weight: 0.6, mean: 0, scale: 1 },
  { weight: 0.3, mean: 5, scale: 0.02 }, // narrower than the even grid
  { weight: 0.1, mean: -3, scale: 2 },
];

describe('mixtureDensity', () => {
  test('integrates to 1 along straight lines over densityGrid, narrow components included', () => {
    const grid = densityGrid([-12, 12], bumps);
    const heights = grid.map((x) => mixtureDensity(x, bumps));
    const area = grid.slice(1).reduce((sum, x, i) => sum + ((x - grid[i]) * (heights[i] + heights[i + 1])) / 2, 0);
    expect(area).toBeCloseTo(1, 2); // chords under and over the curve: below 1 %
  });

  test('is Σ w N(μ, σ²)', () => {
    expect(density(0, bumps[0])).toBeCloseTo(0.6 / Math.sqrt(2 * Math.PI), 12);
    expect(mixtureDensity(1, bumps)).toBeCloseTo(
      bumps.reduce((sum, bump) => sum + density(1, bump), 0),
      12,
    );
  });

  test('leaves out a component without width', () => {
    expect(density(1, { weight: 1, mean: 1, scale: 0 })).toBe(0);
  });
});

test('densityGrid is sorted, distinct and within the interval', () => {
  const grid = densityGrid([-2, 5.005], bumps);
  expect(grid[0]).toBe(-2);
  expect(grid.at(-1)).toBeCloseTo(5.005, 2);
  expect(grid.slice(1).every((x, i) => x > grid[i])).toBe(true);
});

describe('histogram', () => {
  const normal = normals(3);
  const values = Float64Array.from({ length: 1000 }, normal);
  const area = (bars: ReturnType<typeof histogram>) => bars.reduce((sum, b) => sum + b.height * (b.high - b.low), 0);

  test('has the area of the share of values inside the interval', () => {
    expect(area(histogram(values, [-10, 10]))).toBeCloseTo(1, 12);
    const positive = values.filter((x) => x >= 0).length / values.length;
    expect(area(histogram(values, [0, 10]))).toBeCloseTo(positive, 12);
  });

  test('counts weights where there are any', () => {
    const weights = Float64Array.from(values, (x) => (x >= 0 ? 3 : 0));
    expect(area(histogram(values, [0, 10], weights))).toBeCloseTo(1, 12);
  });

  test('has bars as narrow as the components of many clusters, of which quartiles know nothing', () => {
    const bumps = Array.from({ length: 40 }, (_, mean) => ({ weight: 1 / 40, mean, scale: 0.06 }));
    const clusters = Float64Array.from({ length: 4000 }, (_, i) => (i % 40) + 0.06 * normal());
    const widthOf = (bars: readonly { low: number; high: number }[]): number => bars[0].high - bars[0].low;
    expect(widthOf(histogram(clusters, [-1, 40], undefined, { bumps, most: 313 }))).toBeLessThan(0.25);
    expect(widthOf(histogram(clusters, [-1, 40]))).toBeGreaterThan(0.5);
    expect(histogram(clusters, [-1, 40], undefined, { bumps, most: 100 })).toHaveLength(100);
  });

  test('has between 12 and 72 bars, also of a constant column and of none', () => {
    for (const column of [values, new Float64Array(50).fill(7), new Float64Array()]) {
      const bars = histogram(column, [-8, 8]);
      expect(bars.length).toBeGreaterThanOrEqual(12);
      expect(bars.length).toBeLessThanOrEqual(72);
      expect(bars.every((b) => Number.isFinite(b.height))).toBe(true);
    }
  });
});

test('quantile is linear between the sorted values', () => {
  expect(quantile(Float64Array.of(1, 2, 4), 0.75)).toBe(3);
  expect(quantile(Float64Array.of(1, 2, 4), 1)).toBe(4);
  expect(quantile(new Float64Array(), 0.5)).toBeNaN();
});
