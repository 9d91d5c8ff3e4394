import { describe, expect, test } from 'vitest';
import { axisOf, mostSeparating, separation, viewOf } from '../../src/report/view.js';
import { normals, reportInput } from './fixture.js';

const bump = { weight: 1, mean: 0, scale: 1 };

describe('axisOf', () => {
  const normal = normals(5);
  const plain = Float64Array.from({ length: 2000 }, normal);

  test('shows the whole sample where it fills its range', () => {
    const { domain, clip, outside } = axisOf(plain, [bump]);
    expect([clip, outside]).toEqual([0, 0]);
    expect(domain[0]).toBeLessThan(Math.min(...plain));
    expect(domain[1]).toBeGreaterThan(Math.max(...plain));
  });

  test('is not squashed by a few far values, and counts what it leaves out', () => {
    const { domain, clip, outside } = axisOf(Float64Array.from([...plain, 1e6, -1e5]), [bump]);
    expect(clip).toBe(0.001);
    expect(outside).toBe([...plain, 1e6, -1e5].filter((x) => x < domain[0] || x > domain[1]).length);
    expect(domain[1] - domain[0]).toBeLessThan(12);
  });

  test('cuts a heavy tail down to 1–99 %, unless a component lives there', () => {
    const heavy = Float64Array.from({ length: 4000 }, () => Math.exp(3 * normal()));
    expect(axisOf(heavy, [bump])).toMatchObject({ clip: 0.01 });
    const far = { weight: 0.01, mean: 2000, scale: 100 };
    expect(axisOf(heavy, [bump, far])).toMatchObject({ clip: 0.001 });
    expect(axisOf(heavy, [bump, { ...far, weight: 0.001 }])).toMatchObject({ clip: 0.01 });
  });

  test('holds the mean of every component that is no speck, even one that the sample has no row of', () => {
    const means = [-40, 0, 55, 60];
    const { domain } = axisOf(plain, means.map((mean) => ({ weight: 0.25, mean, scale: 1 }))); // prettier-ignore
    for (const mean of means) expect(mean > domain[0] && mean < domain[1], String(mean)).toBe(true);
  });

  test('holds that of a speck where the picture stays large enough', () => {
    const speck = { weight: 0.0001, mean: 10, scale: 1 };
    expect(axisOf(plain, [bump, speck]).domain[1]).toBeGreaterThan(10);
    expect(axisOf(plain, [bump, { ...speck, mean: 100 }]).domain[1]).toBeLessThan(10);
  });

  test('gives the ellipses room, but not much', () => {
    const { domain } = axisOf(Float64Array.of(0, 1), [{ ...bump, mean: 0.5, scale: 10 }]);
    expect(domain).toEqual([-0.12, 1.12]);
  });

  test.each([
    ['a constant column', Float64Array.of(7, 7, 7), { ...bump, mean: 7, scale: 0 }],
    ['a column of zeros', Float64Array.of(0, 0), { ...bump, scale: 0 }],
    ['no sample', new Float64Array(), bump],
  ])('has width for %s', (_, values, only) => {
    const { domain } = axisOf(values, [only]);
    expect(domain[0]).toBeLessThan(only.mean);
    expect(domain[1]).toBeGreaterThan(only.mean);
  });
});

describe('viewOf', () => {
  test('ranks components by weight', () => {
    const view = viewOf({ ...reportInput(3, 2), weights: [0.2, 0.5, 0.3] });
    expect([view.order, view.rank]).toEqual([
      [1, 2, 0],
      [2, 0, 1],
    ]);
  });

  test('draws the dimensions asked for, in the order asked', () => {
    const view = viewOf(reportInput(2, 5), ['column 3', 'column 1']);
    expect(view.dimensions.map((dimension) => dimension.column)).toEqual([3, 1]);
  });

  test('reads rows and matrices alike', () => {
    const input = reportInput(2, 3, 10);
    const rows = input.sample.rows as number[][];
    const matrix = { data: Float64Array.from(rows.flat()), shape: [10, 3] as const };
    expect(viewOf({ ...input, sample: { ...input.sample, rows: matrix } })).toMatchObject({
      dimensions: viewOf(input).dimensions.map(({ values, domain }) => ({ values, domain })),
    });
  });
});

test('mostSeparating picks the columns along which components differ most, in order', () => {
  const input = reportInput(2, 3);
  const apart = { ...input, weights: [0.5, 0.5], means: [[0, 0, 0], [1, 9, 5]], covariances: [unit(3), unit(3)] }; // prettier-ignore
  expect(mostSeparating(apart, 2)).toEqual([1, 2]);
  expect(separation(apart, 1)).toBeCloseTo(4.5 ** 2, 12);
});

test('separation is 0 for a single component and infinite for distinct points', () => {
  expect(separation(reportInput(1, 1), 0)).toBe(0);
  const input = reportInput(2, 1);
  expect(separation({ ...input, means: [[0], [1]], covariances: [[[0]], [[0]]] }, 0)).toBe(Infinity);
});

function unit(d: number): number[][] {
  return Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? 1 : 0)));
}
