import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { denseCovariances, denseMatrix, nested } from '../../src/families/dense.js';

/** The matrix of these four entries, by rows. */
const square = (a: number, b: number, c: number, d: number): number[][] => [
  [a, b],
  [c, d],
];
const eye = square(1, 0, 0, 1);

describe('nested and denseMatrix', () => {
  test('nested cuts a row-major matrix into rows', () => {
    expect(nested(Float64Array.of(1, 2, 3, 4), 2)).toEqual(square(1, 2, 3, 4));
    expect(nested(Float64Array.of(1, 2, 3), 1)).toEqual([[1], [2], [3]]);
  });

  test('denseMatrix puts rows one after the other', () => {
    expect(denseMatrix(square(1, 2, 3, 4), 2, 2, 'it')).toEqual(Float64Array.of(1, 2, 3, 4));
    expect(denseMatrix([[1], [2], [3]], 3, 1, 'it')).toEqual(Float64Array.of(1, 2, 3));
  });

  test('a matrix of another shape is refused with the lengths it has', () => {
    expect(() => denseMatrix([[1, 2], [3]], 2, 2, 'start: means')).toThrow(
      new InputError('shape', {
        where: 'start: means',
        expected: 'an array [2][2]',
        got: '2 rows of lengths 2, 1',
        remedy: 'give one row per component and one value per column',
      }),
    );
    expect(() => denseMatrix([[1, 2]], 2, 2, 'it')).toThrow('it: expected an array [2][2], got 1 rows of lengths 2;');
  });

  test.each([NaN, Infinity, -Infinity])('%d is refused with its place', (bad) => {
    expect(() => denseMatrix(square(1, 2, 3, bad), 2, 2, 'it')).toThrow(
      new InputError('value', {
        where: 'it',
        expected: 'finite numbers',
        got: `${bad} at [1][1]`,
        remedy: 'replace it',
      }),
    );
  });
});

describe('denseCovariances', () => {
  test('gives every covariance as a row-major matrix', () => {
    expect(denseCovariances([eye, square(2, 1, 1, 2)], 2, 2, 'it')).toEqual([
      Float64Array.of(1, 0, 0, 1),
      Float64Array.of(2, 1, 1, 2),
    ]);
  });

  test('asymmetry by rounding is accepted', () => {
    expect(() => denseCovariances([square(1, 0.5, 0.5 + 1e-12, 1)], 1, 2, 'it')).not.toThrow();
  });

  test('every component needs one', () => {
    expect(() => denseCovariances([eye], 2, 2, 'start')).toThrow(
      'start: covariances: expected 2 matrices, one per component, got 1; give every component its covariance, whatever the covariance type',
    );
  });

  test.each([
    ['indefinite', square(1, 2, 2, 1), 'one that is not positive definite'],
    ['singular', square(1, 1, 1, 1), 'one that is not positive definite'],
    ['asymmetric', square(1, 0.5, 0.4, 1), 'one that is not symmetric'],
  ])('one that is %s is refused by its number', (_, bad, got) => {
    expect(() => denseCovariances([eye, bad], 2, 2, 'start')).toThrow(
      `start: covariances[1]: expected a symmetric positive definite matrix, got ${got}; correct it, or add a little to its diagonal`,
    );
  });

  test('one of another size is refused by its number', () => {
    expect(() => denseCovariances([eye, [[1]]], 2, 2, 'start')).toThrow(
      'start: covariances[1]: expected an array [2][2], got 1 rows of lengths 1;',
    );
  });
});
