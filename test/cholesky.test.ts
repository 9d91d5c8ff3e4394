import { describe, expect, test } from 'vitest';
import { cholesky, congruence, invertLower, solveCholesky } from '../src/cholesky.js';
import { mulberry32, normal } from './oracle/index.js';
import { expectAllWithin } from './within.js';

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

describe('invertLower', () => {
  test.each([1, 2, 5, 20])('L⁻¹ L is the identity and L⁻¹ is lower triangular, d = %d', (d) => {
    const l = cholesky(positiveDefinite(d, 100 + d), d) as Float64Array;
    const inverse = invertLower(l, d);
    expectAllWithin(product(inverse, l, d), identity(d), 1e-11);
    expect(above(inverse, d).every((value) => value === 0)).toBe(true);
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

describe('congruence', () => {
  test.each([1, 2, 3, 5, 8, 21])('is L S Lᵀ, exactly symmetric, of the lower triangle of S, d = %d', (d) => {
    const l = cholesky(positiveDefinite(d, d), d) as Float64Array;
    const s = positiveDefinite(d, d + 100);
    const lower = s.map((value, at) => (at % d > Math.floor(at / d) ? NaN : value));
    const found = congruence(l, lower, d);
    const expected = product(product(l, s, d), transposed(l, d), d);
    expectAllWithin(found, expected, 1e-13 * d * Math.max(...expected));
    expect(transposed(found, d)).toEqual(found);
  });
});
