import { describe, expect, test } from 'vitest';
import { covarianceLayouts, VARIANCE_FLOOR } from '../../src/families/covariance.js';
import { cholesky } from '../../src/base/cholesky.js';
import { isMatrix, type CovarianceForm } from '../../kernels/form.js';
import { cholesky as choleskyOf, forwardSolve, mulberry32, normal, outer, sum } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';

const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];
const random = mulberry32(5);
const vector = (d: number): number[] => Array.from({ length: d }, () => normal(random));

/** A positive definite matrix of the form. */
function covarianceOf(form: CovarianceForm, d: number): number[][] {
  const factor = Array.from({ length: d }, () => vector(d));
  const full = factor.map((u) => factor.map((v) => sum(u.map((value, j) => value * v[j]))));
  if (isMatrix(form)) return full;
  return full.map((row, i) =>
    row.map((_, j) => (i === j ? full[form === 'diag' ? i : 0][form === 'diag' ? i : 0] : 0)),
  );
}

/** The matrix of these four entries, by rows. */
const square = (a: number, b: number, c: number, d: number): number[][] => [
  [a, b],
  [c, d],
];
const flat = (rows: number[][]): Float64Array => Float64Array.from(rows.flat());
const largestOf = (values: Float64Array): number => Math.max(...values.map(Math.abs));

/** δ W as the kernels compute it. */
function whitened(delta: number[], factor: Float32Array, form: CovarianceForm): number[] {
  const d = delta.length;
  if (isMatrix(form)) return delta.map((_, j) => sum(delta.map((value, i) => value * factor[i * d + j])));
  return delta.map((value, j) => value * factor[form === 'diag' ? j : 0]);
}

describe.each(forms)('%s', (form) => {
  const layout = covarianceLayouts[form];
  const stored = (matrix: number[][]): Float64Array => layout.fromMatrix(flat(matrix), matrix.length);

  test.each([1, 2, 5, 17])('whitening reproduces Mahalanobis distances and log-determinants, d = %d', (d) => {
    const covariance = covarianceOf(form, d);
    const l = choleskyOf(covariance);
    const { factor, logDeterminant } = layout.whiten(stored(covariance), d);
    for (let trial = 0; trial < 5; trial++) {
      const delta = vector(d);
      const distance = sum(forwardSolve(l, delta).map((value) => value * value));
      const got = sum(whitened(delta, factor, form).map((value) => value * value));
      expectWithin(got, distance, 1e-5 * distance, 'squared distance');
    }
    const exact = -sum(l.map((row, j) => Math.log(row[j])));
    expectWithin(logDeterminant, exact, 1e-6 * d, 'log |det W|');
  });

  test('the log-determinant is that of the factor as rounded to float32', () => {
    const { factor, logDeterminant } = layout.whiten(stored(covarianceOf(form, 3)), 3);
    const diagonal = isMatrix(form) ? [0, 4, 8] : form === 'diag' ? [0, 1, 2] : [0, 0, 0];
    expectWithin(logDeterminant, sum(diagonal.map((at) => Math.log(factor[at]))), 1e-14);
  });

  test('unwhitening takes sums of whitened differences back to sums of differences', () => {
    const d = 4;
    const covariance = covarianceOf(form, d);
    const { factor } = layout.whiten(stored(covariance), d);
    const deltas = Array.from({ length: 6 }, () => vector(d));
    const back = layout.unwhiten(factor, d);
    const total = (rows: number[][]): Float64Array =>
      Float64Array.from(rows[0], (_, j) => sum(rows.map((row) => row[j])));
    const squares = (rows: number[][]): Float64Array =>
      total(rows.map((row) => (isMatrix(form) ? outer(row, row).flat() : row.map((value) => value * value))));
    const z = deltas.map((delta) => whitened(delta, factor, form));
    expectAllWithin(back.first(total(z)), total(deltas), 1e-11, 'first');
    expectAllWithin(back.second(squares(z)), squares(deltas), 1e-11, 'second');
  });

  test('fromMatrix undoes toMatrix', () => {
    const covariance = covarianceOf(form, 4);
    expectAllWithin(layout.toMatrix(stored(covariance), 4), flat(covariance), 1e-15 * largestOf(flat(covariance)));
    expect(stored(covariance)).toHaveLength(layout.size(4));
  });

  test('fromMatrix copies', () => {
    const matrix = flat(covarianceOf(form, 2));
    const copy = layout.fromMatrix(matrix, 2);
    const before = copy.slice();
    matrix.fill(7);
    expect(copy).toEqual(before);
  });

  test('rescale is diag(s) Σ diag(s)', () => {
    const covariance = covarianceOf(form, 3);
    const scale = form === 'spherical' ? [3, 3, 3] : [2, 1e-3, 5];
    const expected = covariance.map((row, i) => row.map((value, j) => value * scale[i] * scale[j]));
    const rescaled = layout.rescale(stored(covariance), Float64Array.from(scale));
    expectAllWithin(layout.toMatrix(rescaled, 3), flat(expected), 1e-14 * largestOf(flat(expected)));
  });

  test('lower is L with L Lᵀ = Σ', () => {
    const covariance = covarianceOf(form, 3);
    const lower = layout.lower(stored(covariance), 3);
    const rows = [0, 1, 2].map((i) => Array.from(lower.subarray(3 * i, 3 * i + 3)));
    const product = rows.map((u) => rows.map((v) => sum(u.map((value, j) => value * v[j]))));
    expectAllWithin(flat(product), flat(covariance), 1e-13 * largestOf(flat(covariance)));
  });

  test('addDiagonal adds to the variance of each column', () => {
    const covariance = covarianceOf(form, 3);
    const changed = stored(covariance);
    layout.addDiagonal(changed, Float64Array.of(1, 2, 6));
    const added = form === 'spherical' ? [3, 3, 3] : [1, 2, 6];
    const expected = covariance.map((row, i) => row.map((value, j) => value + (i === j ? added[i] : 0)));
    expectAllWithin(layout.toMatrix(changed, 3), flat(expected), 1e-14 * largestOf(flat(expected)));
  });

  test('the ridge of a positive definite covariance is 0, however small it is', () => {
    expect(layout.definite(stored(covarianceOf(form, 3)), 3)?.ridge).toBe(0);
    const least = square(VARIANCE_FLOOR, 0, 0, VARIANCE_FLOOR);
    expect(layout.definite(stored(least), 2)?.ridge).toBe(0);
  });

  test.each([
    ['zero', square(0, 0, 0, 0)],
    ['negative by rounding', square(-1e-9, 0, 0, -1e-9)],
    ['far from positive', square(-3, 0, 0, -3)],
    ['large and singular', square(1e6, 1e6, 1e6, 1e6)],
    ['indefinite', square(1, 2, 2, 1)],
  ])(
    'the ridge of one that is %s makes it positive definite and is the smallest but for a factor of 4',
    (_, matrix) => {
      const covariance = stored(matrix);
      const sound = (ridge: number): boolean => {
        const ridged = covariance.slice();
        layout.addDiagonal(ridged, new Float64Array(2).fill(ridge));
        return cholesky(layout.toMatrix(ridged, 2), 2, VARIANCE_FLOOR / 2) !== undefined;
      };
      const ridge = layout.definite(covariance, 2)?.ridge ?? NaN;
      expect(sound(ridge)).toBe(true);
      if (sound(0))
        expect(ridge).toBe(0); // as a diagonal alone it is sound
      else expect(ridge === VARIANCE_FLOOR || !sound(ridge / 4)).toBe(true);
    },
  );

  test('what makes it definite leaves it alone', () => {
    const singular = stored(square(0, 0, 0, 0));
    layout.definite(singular, 2);
    expect(singular.every((value) => value === 0)).toBe(true);
  });

  test.each([NaN, Infinity, -Infinity])('nothing makes one with an entry %d definite', (bad) => {
    for (let at = 0; at < layout.size(3); at++) {
      const broken = stored(covarianceOf(form, 3));
      broken[at] = broken[(at % 3) * 3 + Math.floor(at / 3)] = bad;
      expect(layout.definite(broken, 3)).toBeUndefined();
    }
  });

  test('the factor that is found on the way is that of whitening', () => {
    for (const matrix of [covarianceOf(form, 3), square(1, 1, 1, 1)]) {
      const d = matrix.length;
      const covariance = stored(matrix);
      const { ridge = NaN, lower } = layout.definite(covariance, d) ?? {};
      layout.addDiagonal(covariance, new Float64Array(d).fill(ridge));
      if (isMatrix(form)) expect(lower).toEqual(layout.lower(covariance, d));
      else expect(lower).toBeUndefined();
      expect(layout.whiten(covariance, d, lower)).toEqual(layout.whiten(covariance, d));
    }
  });
});

describe('layouts', () => {
  test.each([
    ['full', 9, 6, false],
    ['tied', 9, 6, true],
    ['diag', 3, 3, false],
    ['spherical', 1, 1, false],
  ] as const)('%s stores %d numbers in 3 dimensions, %d of them free', (form, size, parameters, shared) => {
    const layout = covarianceLayouts[form];
    expect([layout.size(3), layout.parameters(3), layout.shared]).toEqual([size, parameters, shared]);
  });

  test('scatter becomes a covariance: symmetric, a diagonal, or the average of the diagonal', () => {
    const covariance = (form: CovarianceForm, ...scatter: number[]): Float64Array => {
      const into = new Float64Array(covarianceLayouts[form].size(2));
      covarianceLayouts[form].fromScatter(Float64Array.from(scatter), 2, into);
      return into;
    };
    expect(covariance('full', 1, 2, 4, 8)).toEqual(Float64Array.of(0.5, 1.5, 1.5, 4));
    expect(covariance('tied', 1, 2, 4, 8)).toEqual(Float64Array.of(0.5, 1.5, 1.5, 4));
    expect(covariance('diag', 1, 8)).toEqual(Float64Array.of(0.5, 4));
    expect(covariance('spherical', 1, 8)).toEqual(Float64Array.of(2.25));
  });

  test.each([1, 3, 8, 9, 17])('scatter of %d columns is made symmetric', (d) => {
    const scatter = Float64Array.from({ length: d * d }, () => normal(random));
    const found = new Float64Array(d * d);
    covarianceLayouts.full.fromScatter(scatter, 4, found);
    const expected = scatter.map((value, at) => (value + scatter[(at % d) * d + Math.floor(at / d)]) / 8);
    expect(found).toEqual(expected);
  });

  test('takeOuter takes m δ δᵀ off, or its diagonal', () => {
    const rest = (form: CovarianceForm, ...scatter: number[]): Float64Array => {
      const changed = Float64Array.from(scatter);
      covarianceLayouts[form].takeOuter(changed, Float64Array.of(2, 3), 10);
      return changed;
    };
    expect(rest('full', 100, 100, 100, 100)).toEqual(Float64Array.of(60, 40, 40, 10));
    expect(rest('tied', 100, 100, 100, 100)).toEqual(Float64Array.of(60, 40, 40, 10));
    expect(rest('diag', 100, 100)).toEqual(Float64Array.of(60, 10));
    expect(rest('spherical', 100, 100)).toEqual(Float64Array.of(60, 10));
  });

  test.each(['full', 'tied'] as const)('the whitening factor of a %s covariance is upper triangular', (form) => {
    const { factor } = covarianceLayouts[form].whiten(flat(covarianceOf(form, 3)), 3);
    expect([factor[3], factor[6], factor[7]]).toEqual([0, 0, 0]);
  });

  test('a spherical covariance made of a matrix is the average of its diagonal', () => {
    expect(covarianceLayouts.spherical.fromMatrix(Float64Array.of(1, 9, 9, 3), 2)).toEqual(Float64Array.of(2));
  });

  test('sampling from a matrix that is not positive definite fails', () => {
    expect(() => covarianceLayouts.full.lower(Float64Array.of(1, 2, 2, 1), 2)).toThrow(
      new RangeError('a covariance that was positive definite no longer is'),
    );
  });
});
