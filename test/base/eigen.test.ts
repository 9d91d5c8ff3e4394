import { describe, expect, test } from 'vitest';
import { symmetricEigen } from '../../src/base/eigen.js';
import { product, transposed } from '../../src/base/matrices.js';
import { seededRandom } from '../../src/base/random.js';
import { singularValues } from '../../src/base/singular-values.js';

const sizes = [1, 2, 3, 4, 5, 17, 64];

/** Numbers from a normal distribution, `[d, d]`. */
function noise(d: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return new Float64Array(d * d).map(() => random.normal());
}

/** max |a − b|. */
const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, at) => Math.abs(value - b[at])).reduce((x, y) => Math.max(x, y), 0);

const identity = (d: number): Float64Array => new Float64Array(d * d).map((_, at) => Number(at % (d + 1) === 0));

/** Vᵀ diag(λ) V. */
function composed({ values, vectors }: ReturnType<typeof symmetricEigen>, d: number): Float64Array {
  return product(transposed(vectors, d), vectors.map((v, at) => v * values[Math.floor(at / d)]), d); // prettier-ignore
}

/** −1, 2, −1 beside the diagonal, whose eigenvalues are 2 − 2 cos(π i / (d + 1)). */
const second = (d: number): Float64Array =>
  new Float64Array(d * d).map((_, at) => [2, -1][Math.abs(Math.floor(at / d) - (at % d))] ?? 0);
const secondValues = (d: number): number[] =>
  Array.from({ length: d }, (_, i) => 2 - 2 * Math.cos((Math.PI * (i + 1)) / (d + 1)));

/** Symmetric matrices of every kind that breaks such methods, by name. */
const matrices: Readonly<Record<string, (d: number) => Float64Array>> = {
  random: (d) => noise(d, d).map((value, at, all) => value + all[(at % d) * d + Math.floor(at / d)]),
  'of rank 1': (d) => new Float64Array(d * d).fill(3),
  zero: (d) => new Float64Array(d * d),
  diagonal: (d) => identity(d).map((value, at) => value * (at + 1)),
  'second differences': second,
  'graded over 300 decades': (d) =>
    new Float64Array(d * d).map((_, at) => 10 ** (-150 * (Math.floor(at / d) / d + (at % d) / d))),
  huge: (d) => second(d).map((value) => value * 1e200),
  tiny: (d) => second(d).map((value) => value * 1e-200),
};

describe.each(Object.entries(matrices))('eigenvalues and eigenvectors, %s', (_, make) => {
  test.each(sizes)('[%i, %i] give the matrix back, and are orthonormal', (d) => {
    const matrix = make(d);
    const size = matrix.reduce((a, b) => Math.max(a, Math.abs(b)), Number.MIN_VALUE);
    const eigen = symmetricEigen(matrix, d);
    expect(gap(composed(eigen, d), matrix) / size).toBeLessThan(1e-14 * d + 1e-15);
    expect(gap(product(eigen.vectors, transposed(eigen.vectors, d), d), identity(d))).toBeLessThan(1e-13);
  });
});

test('eigenvalues of second differences are those of the formula', () => {
  expect(gap(symmetricEigen(second(64), 64).values.sort(), secondValues(64))).toBeLessThan(1e-14);
});

test('the lower triangle alone is read', () => {
  const half = noise(5, 2).map((value, at) => (at % 5 > Math.floor(at / 5) ? NaN : value));
  expect(symmetricEigen(half, 5).values.every(Number.isFinite)).toBe(true);
});

test.each([NaN, Infinity])('%d among the entries is an error', (bad) => {
  const matrix = second(4);
  matrix[9] = bad;
  expect(() => symmetricEigen(matrix, 4)).toThrow(RangeError);
  expect(() => singularValues(matrix, 4)).toThrow(RangeError);
});

describe('singular values', () => {
  test.each(sizes)('of a symmetric matrix [%i, %i] are the sizes of its eigenvalues', (d) => {
    const matrix = matrices.random(d);
    const sizesOf = symmetricEigen(matrix, d).values.map(Math.abs).sort();
    expect(gap(singularValues(matrix, d).sort(), sizesOf)).toBeLessThan(1e-13 * d);
  });

  test.each(sizes)('square to the eigenvalues of MᵀM, [%i, %i], and are those of Mᵀ', (d) => {
    const matrix = noise(d, 100 + d);
    const values = singularValues(matrix, d).sort();
    const { values: squares } = symmetricEigen(product(transposed(matrix, d), matrix, d), d);
    expect(gap(values.map((value) => value ** 2), squares.sort()) / values[d - 1] ** 2).toBeLessThan(1e-13); // prettier-ignore
    expect(gap(singularValues(transposed(matrix, d), d).sort(), values)).toBeLessThan(1e-13 * values[d - 1]);
  });

  test('that are small are right to rounding of the largest, where eigenvalues of MᵀM lose half of the digits', () => {
    const wanted = Float64Array.from([1e-12, 1e-9, 1e-6, 1e-3, 1]);
    const { vectors: u } = symmetricEigen(matrices.random(5), 5);
    const { vectors: v } = symmetricEigen(noise(5, 9), 5);
    const matrix = product(transposed(u, 5), v.map((value, at) => value * wanted[Math.floor(at / 5)]), 5); // prettier-ignore
    expect(gap(singularValues(matrix, 5).sort(), wanted)).toBeLessThan(1e-15);
  });

  test('of matrices of rank 1 and 0', () => {
    expect(gap(singularValues(new Float64Array(9).fill(2), 3).sort(), [0, 0, 6])).toBeLessThan(1e-14);
    expect(Array.from(singularValues(new Float64Array(9), 3))).toEqual([0, 0, 0]);
  });
});
