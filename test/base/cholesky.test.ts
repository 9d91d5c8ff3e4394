import { describe, expect, test } from 'vitest';
import { cholesky, congruence, inverseTransposed, solveCholesky } from '../../src/base/cholesky.js';
import { mulberry32, normal } from '../oracle/index.js';
import { expectAllWithin } from '../within.js';

/** B Bᵀ of a random B `[d, d]`, row-major: positive definite. */
function positiveDefinite(d: number, seed: number): Float64Array {
  const random = mulberry32(seed);
  return timesTransposed(
    Float64Array.from({ length: d * d }, () => normal(random)),
    d,
  );
}

function product(a: Float64Array, b: Float64Array, d: number): Float64Array {
  return a.map((_, at) => {
    let sum = 0;
    for (let p = 0; p < d; p++) sum += a[Math.floor(at / d) * d + p] * b[p * d + (at % d)];
    return sum;
  });
}

const transposed = (a: Float64Array, d: number): Float64Array => a.map((_, at) => a[(at % d) * d + Math.floor(at / d)]);
const timesTransposed = (a: Float64Array, d: number): Float64Array => product(a, transposed(a, d), d);
const identity = (d: number): Float64Array => new Float64Array(d * d).map((_, at) => (at % (d + 1) === 0 ? 1 : 0));
const above = (a: Float64Array, d: number): Float64Array => a.filter((_, at) => at % d > Math.floor(at / d));

describe('cholesky', () => {
  test('factors a matrix worked by hand', () => {
    expect(cholesky(Float64Array.of(4, 2, -2, 2, 10, 2, -2, 2, 3), 3)).toEqual(
      Float64Array.of(2, 0, 0, 1, 3, 0, -1, 1, 1),
    );
  });

  test.each([1, 2, 3, 7, 20])('L Lᵀ is the matrix and L is lower triangular, d = %d', (d) => {
    const a = positiveDefinite(d, d);
    const l = cholesky(a, d) as Float64Array;
    expectAllWithin(timesTransposed(l, d), a, 1e-13 * d * Math.max(...a));
    expect(above(l, d).every((value) => value === 0)).toBe(true);
  });

  test('leaves its argument alone', () => {
    const a = positiveDefinite(3, 1);
    const before = a.slice();
    cholesky(a, 3);
    expect(a).toEqual(before);
  });

  test.each([
    ['negative', [-1], 1],
    ['zero', [0], 1],
    ['singular', [1, 1, 1, 1], 2],
    ['indefinite', [1, 2, 2, 1], 2],
    ['NaN', [1, NaN, NaN, 1], 2],
    ['infinite', [Infinity, 0, 0, 1], 2],
  ])('a matrix that is %s has no factor', (_, values, d) => {
    expect(cholesky(Float64Array.from(values), d)).toBeUndefined();
  });

  test('every pivot must exceed the floor', () => {
    const a = Float64Array.of(1, 0, 0, 1e-6);
    expect(cholesky(a, 2, 0.9e-6)).toBeDefined();
    expect(cholesky(a, 2, 1e-6)).toBeUndefined();
  });
});

/** Around the sizes of tiles and panels, and beyond. */
const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 33, 64, 100];
const EPSILON = 2 ** -52;

/** The textbook's loops. */
function plainCholesky(a: Float64Array, d: number): Float64Array {
  const l = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * d + j];
      for (let p = 0; p < j; p++) sum -= l[i * d + p] * l[j * d + p];
      l[i * d + j] = i === j ? Math.sqrt(sum) : sum / l[j * d + j];
    }
  }
  return l;
}

/** Σ_p |A_ip| |B_pj|: what rounding in a product is measured by. */
const size = (a: Float64Array, b: Float64Array, d: number): Float64Array =>
  product(a.map(Math.abs), b.map(Math.abs), d);

/** D A D for D from 1 down to `least`: positive definite, with a condition number of least⁻² or so. */
function illConditioned(d: number, least: number): Float64Array {
  const scale = Float64Array.from({ length: d }, (_, j) => least ** (j / Math.max(1, d - 1)));
  // Scaled columns of B, not rows of A: wide and narrow directions lie across the axes.
  const b = positiveDefinite(d, 300 + d).map((value, at) => value * scale[at % d]);
  return timesTransposed(b, d);
}

/** Fails unless every entry differs by no more than so many roundings of the size that is its own. */
function expectRounded(got: Float64Array, expected: Float64Array, sizes: Float64Array, roundings: number): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((value, at) => {
    expect(Math.abs(value - expected[at]), `at ${at}`).toBeLessThanOrEqual(roundings * EPSILON * sizes[at]);
  });
}

describe.each(sizes)('beside plain loops, d = %d', (d) => {
  test.each([1, 1e-2, 1e-4])('L Lᵀ is the matrix to rounding, directions from 1 to %d', (least) => {
    const a = illConditioned(d, least);
    const l = cholesky(a, d) as Float64Array;
    // |A − L Lᵀ| ≤ γ_{d+1} |L| |L|ᵀ (Higham, Accuracy and Stability, theorem 10.3); the product is rounded as well.
    expectRounded(product(l, transposed(l, d), d), a, size(l, transposed(l, d), d), 2 * (d + 1));
    if (least === 1) expectAllWithin(l, plainCholesky(a, d), 1e-9 * Math.max(...a));
  });

  test.each([1, 1e-4])('L⁻ᵀ is the inverse, upper triangular, directions from 1 to %d', (least) => {
    const l = plainCholesky(illConditioned(d, least), d);
    const x = inverseTransposed(l, d);
    expect(
      transposed(x, d)
        .filter((_, at) => at % d > Math.floor(at / d))
        .every((value) => value === 0),
    ).toBe(true);
    // X Lᵀ = I, by rows: |X Lᵀ − I| ≤ γ_d |X| |L|ᵀ.
    expectRounded(product(x, transposed(l, d), d), identity(d), size(x, transposed(l, d), d), 2 * (d + 1));
  });

  test('L S Lᵀ is that of two plain products, exactly symmetric', () => {
    const l = plainCholesky(illConditioned(d, 1e-3), d);
    const s = positiveDefinite(d, d + 100);
    const found = congruence(l, s, d);
    const expected = product(product(l, s, d), transposed(l, d), d);
    expectRounded(found, expected, size(size(l, s, d), transposed(l, d), d), 4 * (d + 1));
    expect(transposed(found, d)).toEqual(found);
  });

  test.each([0, Math.floor(d / 2), d - 1])('no factor where pivot %d is not positive, or not finite', (at) => {
    const l = plainCholesky(positiveDefinite(d, d), d);
    const signs = identity(d);
    signs[at * (d + 1)] = -1;
    const indefinite = product(product(l, signs, d), transposed(l, d), d);
    expect(cholesky(indefinite, d)).toBeUndefined();
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (const column of [0, at]) {
        const broken = positiveDefinite(d, d);
        broken[at * d + column] = broken[column * d + at] = bad;
        expect(cholesky(broken, d)).toBeUndefined();
      }
    }
  });

  test('the lower triangle alone is read, and left alone', () => {
    const a = positiveDefinite(d, d).map((value, at) => (at % d > Math.floor(at / d) ? NaN : value));
    const before = a.slice();
    const l = cholesky(a, d) as Float64Array;
    expect(l).toEqual(cholesky(positiveDefinite(d, d), d));
    expect(above(l, d).every((value) => value === 0)).toBe(true);
    expect(a).toEqual(before);
  });

  test('a pivot must exceed the floor, the last one too', () => {
    const a = identity(d);
    a[d * d - 1] = 1e-6;
    expect(cholesky(a, d, 0.9e-6)).toBeDefined();
    expect(cholesky(a, d, 1e-6)).toBeUndefined();
  });
});

describe('solveCholesky', () => {
  test('solves a system worked by hand', () => {
    const l = Float64Array.of(2, 0, 0, 1, 3, 0, -1, 1, 1);
    // A = L Lᵀ is the matrix above; A (1, −1, 2) = (−2, −4, 2).
    expectAllWithin(solveCholesky(l, Float64Array.of(-2, -4, 2)), [1, -1, 2], 1e-14);
  });

  test.each([1, 2, 5, 20])('A x is b, and b is left alone, d = %d', (d) => {
    const a = positiveDefinite(d, 200 + d);
    const x = Float64Array.from({ length: d }, (_, i) => Math.sin(i + 1));
    const b = x.map((_, i) => x.reduce((sum, value, j) => sum + a[i * d + j] * value, 0));
    const before = b.slice();
    expectAllWithin(solveCholesky(cholesky(a, d) as Float64Array, b), x, 1e-8);
    expect(b).toEqual(before);
  });
});
