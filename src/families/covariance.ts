import type { CovarianceForm } from '../../kernels/form.js';
import type { Floats } from '../sweep/model.js';
import { cholesky, congruence, inverseTransposed } from '../base/cholesky.js';

/**
 * Least conditional variance that float32 rows can tell from 0, as a share of a column's variance. Rows are rounded at
 * 6e-8 of a standard deviation per unit of distance, so that below 1e-5 standard deviations a width is rounding.
 */
export const VARIANCE_FLOOR = 1e-10;

/** What one whitening factor amounts to: W, and log |det W| of W as rounded to float32. */
export interface Whitening {
  readonly factor: Float32Array;
  readonly logDeterminant: number;
}

/** From the coordinates of a whitening factor back to those of x − μ. */
export interface Unwhitening {
  /** Σ z `[d]` ↦ Σ (x − μ). */
  first(sum: Float64Array): Float64Array;
  /** Σ z zᵀ ↦ Σ (x − μ)(x − μ)ᵀ, `[d, d]` or its diagonal `[d]`. */
  second(sum: Float64Array): Float64Array;
}

/** What it takes to make a covariance positive definite. */
export interface Definite {
  /** The smallest ridge that does, growing by factors of 4 from the floor; 0 where none is wanted. */
  readonly ridge: number;
  /** Of a matrix, the Cholesky factor with that ridge. */
  readonly lower?: Float64Array | undefined;
}

/** How a covariance of one form is stored and handled: as a matrix, a diagonal, or one variance. */
export interface CovarianceLayout {
  /** Whether all components share one. */
  readonly shared: boolean;
  /** Whether each is a matrix. */
  readonly matrix: boolean;
  /** Numbers per covariance. */
  size(d: number): number;
  /** Free parameters per covariance. */
  parameters(d: number): number;
  /** Undoes a whitening factor W: z = (x − μ) W. */
  unwhiten(factor: Floats, d: number): Unwhitening;
  /** S ← S − m δ δᵀ of second moments: a matrix `[d, d]` or its diagonal `[d]`. */
  takeOuter(scatter: Float64Array, delta: Float64Array, m: number): void;
  /** Writes S / m, of such moments that sum to the mass m. */
  fromScatter(scatter: Float64Array, m: number, into: Float64Array): void;
  addDiagonal(covariance: Float64Array, diagonal: Float64Array): void;
  /** What makes it positive definite by `floor`, default `VARIANCE_FLOOR`; undefined where it is not finite. */
  definite(covariance: Float64Array, d: number, floor?: number): Definite | undefined;
  /** C_ij ← C_ij s_i s_j. */
  rescale(covariance: Float64Array, scale: Float64Array): Float64Array;
  /** Whitening factor W of a covariance; `lower` is its Cholesky factor, where that is known. */
  factor(covariance: Float64Array, d: number, lower?: Float64Array): Float64Array;
  /** log |det W|. */
  logDeterminant(factor: Floats, d: number): number;
  /** The factor as float32 kernels take it. */
  whiten(covariance: Float64Array, d: number, lower?: Float64Array): Whitening;
  /** Lower factor L of the covariance as a matrix, `[d, d]`, for sampling. */
  lower(covariance: Float64Array, d: number): Float64Array;
  /** The variances of the columns, `[d]`. */
  diagonal(covariance: Float64Array, d: number): Float64Array;
  toMatrix(covariance: Float64Array, d: number): Float64Array;
  fromMatrix(matrix: Float64Array, d: number): Float64Array;
}

/** What a layout is made of. */
type Form = Omit<CovarianceLayout, 'shared' | 'whiten'>;

const matrix: Form = {
  matrix: true,
  size: (d) => d * d,
  parameters: (d) => (d * (d + 1)) / 2,
  unwhiten(factor, d) {
    // With W = L⁻ᵀ of float32 entries, x − μ = L z for L = W⁻ᵀ. Back to front, an upper triangular matrix is a lower one.
    const l = inverseTransposed(new Float64Array(factor).reverse(), d).reverse();
    return {
      first: (sum) => timesLower(l, sum),
      second: (sum) => congruence(l, sum, d),
    };
  },
  takeOuter(scatter, delta, m) {
    const d = delta.length;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) scatter[i * d + j] -= delta[i] * delta[j] * m;
    }
  },
  fromScatter(scatter, m, into) {
    const half = 0.5 / m;
    // Symmetric by construction but for rounding, which a factorisation must not see.
    eachBelow(Math.sqrt(into.length), (at, mirrored) => {
      into[at] = into[mirrored] = (scatter[at] + scatter[mirrored]) * half;
    });
  },
  addDiagonal(covariance, diagonal) {
    const d = diagonal.length;
    for (let j = 0; j < d; j++) covariance[j * d + j] += diagonal[j];
  },
  definite(covariance, d, floor = VARIANCE_FLOOR) {
    const sound = cholesky(covariance, d, floor / 2);
    if (sound) return { ridge: 0, lower: sound }; // and so finite, being symmetric
    if (!covariance.every(Number.isFinite)) return undefined;
    for (let ridge = floor; ; ridge *= 4) {
      const ridged = covariance.slice();
      matrix.addDiagonal(ridged, new Float64Array(d).fill(ridge));
      const lower = cholesky(ridged, d, floor / 2);
      if (lower || !Number.isFinite(ridge)) return { ridge, lower };
    }
  },
  rescale(covariance, scale) {
    const d = scale.length;
    return covariance.map((value, at) => value * scale[Math.floor(at / d)] * scale[at % d]);
  },
  factor: (covariance, d, lower = matrix.lower(covariance, d)) => inverseTransposed(lower, d),
  logDeterminant(factor, d) {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += Math.log(factor[i * d + i]);
    return sum;
  },
  lower(covariance, d) {
    const l = cholesky(covariance, d);
    if (!l) throw new RangeError('a covariance that was positive definite no longer is');
    return l;
  },
  diagonal: (covariance, d) => new Float64Array(d).map((_, j) => covariance[j * (d + 1)]),
  toMatrix: (covariance) => covariance.slice(),
  fromMatrix: (dense) => dense.slice(),
};

const diagonal: Form = {
  matrix: false,
  size: (d) => d,
  parameters: (d) => d,
  unwhiten: (factor) => ({
    first: (sum) => sum.map((value, j) => value / factor[j]),
    second: (sum) => sum.map((value, j) => value / factor[j] ** 2),
  }),
  takeOuter(scatter, delta, m) {
    for (let j = 0; j < scatter.length; j++) scatter[j] -= delta[j] ** 2 * m;
  },
  fromScatter(scatter, m, into) {
    for (let j = 0; j < into.length; j++) into[j] = scatter[j] / m;
  },
  addDiagonal(covariance, added) {
    for (let j = 0; j < covariance.length; j++) covariance[j] += added[j];
  },
  definite(covariance, _, floor = VARIANCE_FLOOR) {
    if (!covariance.every(Number.isFinite)) return undefined;
    const least = covariance.reduce((a, b) => Math.min(a, b), Infinity);
    return { ridge: least >= floor / 2 ? 0 : floor - least };
  },
  rescale: (covariance, scale) => covariance.map((value, j) => value * scale[j] * scale[j]),
  factor: (covariance) => covariance.map((variance) => 1 / Math.sqrt(variance)),
  logDeterminant(factor) {
    let sum = 0;
    for (const value of factor) sum += Math.log(value);
    return sum;
  },
  lower: (covariance, d) => diagonal.toMatrix(covariance.map(Math.sqrt), d),
  diagonal: (covariance) => covariance.slice(),
  toMatrix(covariance, d) {
    const dense = new Float64Array(d * d);
    for (let j = 0; j < d; j++) dense[j * d + j] = covariance[j];
    return dense;
  },
  fromMatrix: (dense, d) => new Float64Array(d).map((_, j) => dense[j * d + j]),
};

/** One variance: a diagonal whose entries are averaged. */
const single: Form = {
  matrix: false,
  size: () => 1,
  parameters: () => 1,
  unwhiten: ([factor]) => ({
    first: (sum) => sum.map((value) => value / factor),
    second: (sum) => sum.map((value) => value / factor ** 2),
  }),
  takeOuter: diagonal.takeOuter,
  fromScatter(scatter, m, into) {
    into[0] = average(scatter) / m;
  },
  addDiagonal(covariance, added) {
    covariance[0] += average(added);
  },
  definite: diagonal.definite,
  rescale: (covariance, scale) => Float64Array.of(covariance[0] * scale[0] * scale[0]),
  factor: diagonal.factor,
  logDeterminant: (factor, d) => d * diagonal.logDeterminant(factor, 1),
  lower: (covariance, d) => diagonal.lower(new Float64Array(d).fill(covariance[0]), d),
  diagonal: (covariance, d) => new Float64Array(d).fill(covariance[0]),
  toMatrix: (covariance, d) => diagonal.toMatrix(new Float64Array(d).fill(covariance[0]), d),
  fromMatrix: (dense, d) => Float64Array.of(average(diagonal.fromMatrix(dense, d))),
};

/** Rows and columns that are looked at together. */
const TILE = 8;

/** Every place on or below the diagonal of a matrix `[d, d]` and its mirror image, tile by tile: columns are slow to follow. */
function eachBelow(d: number, visit: (at: number, mirrored: number) => void): void {
  for (let i = 0; i < d; i += TILE) {
    for (let j = 0; j <= i; j += TILE) {
      for (let row = i; row < Math.min(i + TILE, d); row++) {
        for (let column = j; column <= row && column < j + TILE; column++) visit(row * d + column, column * d + row);
      }
    }
  }
}

/** L v of a lower triangular matrix `[d, d]`. */
function timesLower(l: Float64Array, v: Float64Array): Float64Array {
  const d = v.length;
  const product = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += l[i * d + j] * v[j];
    product[i] = sum;
  }
  return product;
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function layoutOf(form: Form, shared: boolean): CovarianceLayout {
  return {
    ...form,
    shared,
    whiten(covariance, d, lower) {
      const factor = new Float32Array(form.factor(covariance, d, lower));
      return { factor, logDeterminant: form.logDeterminant(factor, d) };
    },
  };
}

/** The four covariance types. */
export const covarianceLayouts: Readonly<Record<CovarianceForm, CovarianceLayout>> = {
  full: layoutOf(matrix, false),
  tied: layoutOf(matrix, true),
  diag: layoutOf(diagonal, false),
  spherical: layoutOf(single, false),
};
