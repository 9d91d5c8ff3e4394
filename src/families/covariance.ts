import type { CovarianceForm } from '../../kernels/form.js';
import { cholesky, congruence, invertLower } from '../cholesky.js';

/**
 * Least conditional variance that float32 rows can tell from 0, as a share of a column's variance: rows are rounded
 * at 6e-8 of a standard deviation per unit of distance, so below 1e-5 standard deviations a width is rounding.
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

/** How a covariance of one form is stored and handled: as a matrix, a diagonal, or one variance. */
export interface CovarianceLayout {
  /** Whether all components share one. */
  readonly shared: boolean;
  /** Numbers per covariance. */
  size(d: number): number;
  /** Free parameters per covariance. */
  parameters(d: number): number;
  /** Undoes a whitening factor W: z = (x − μ) W. */
  unwhiten(factor: Float32Array, d: number): Unwhitening;
  /** From a scatter matrix `[d, d]` or its diagonal `[d]`, of any mass. */
  fromScatter(scatter: Float64Array, d: number): Float64Array;
  /** δ δᵀ in the layout of second moments. */
  outer(delta: Float64Array): Float64Array;
  addDiagonal(covariance: Float64Array, diagonal: Float64Array): void;
  /** Smallest ridge, growing by factors of 4 from the floor, that makes it positive definite; 0 where it is. */
  ridge(covariance: Float64Array, d: number): number;
  /** C_ij ← C_ij s_i s_j. */
  rescale(covariance: Float64Array, scale: Float64Array): Float64Array;
  whiten(covariance: Float64Array, d: number): Whitening;
  /** Lower factor L of the covariance as a matrix, `[d, d]`, for sampling. */
  lower(covariance: Float64Array, d: number): Float64Array;
  toMatrix(covariance: Float64Array, d: number): Float64Array;
  fromMatrix(matrix: Float64Array, d: number): Float64Array;
}

const matrix: Omit<CovarianceLayout, 'shared'> = {
  size: (d) => d * d,
  parameters: (d) => (d * (d + 1)) / 2,
  unwhiten(factor, d) {
    // With W = L⁻ᵀ of float32 entries, x − μ = L z for L the inverse of Wᵀ.
    const l = invertLower(transposed(Float64Array.from(factor), d), d);
    return {
      first: (sum) =>
        sum.map((_, i) => sum.subarray(0, i + 1).reduce((all, value, p) => all + l[i * d + p] * value, 0)),
      second: (sum) => congruence(l, sum, d),
    };
  },
  fromScatter(scatter, d) {
    // Symmetric by construction but for rounding, which a factorisation must not see.
    const mean = new Float64Array(d * d);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) mean[i * d + j] = (scatter[i * d + j] + scatter[j * d + i]) / 2;
    }
    return mean;
  },
  outer(delta) {
    const d = delta.length;
    const product = new Float64Array(d * d);
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) product[i * d + j] = delta[i] * delta[j];
    return product;
  },
  addDiagonal(covariance, diagonal) {
    const d = diagonal.length;
    for (let j = 0; j < d; j++) covariance[j * d + j] += diagonal[j];
  },
  ridge(covariance, d) {
    if (cholesky(covariance, d, VARIANCE_FLOOR / 2)) return 0;
    for (let ridge = VARIANCE_FLOOR; ; ridge *= 4) {
      const ridged = covariance.slice();
      matrix.addDiagonal(ridged, new Float64Array(d).fill(ridge));
      if (cholesky(ridged, d, VARIANCE_FLOOR / 2) || !Number.isFinite(ridge)) return ridge;
    }
  },
  rescale(covariance, scale) {
    const d = scale.length;
    return covariance.map((value, at) => value * scale[Math.floor(at / d)] * scale[at % d]);
  },
  whiten(covariance, d) {
    const inverse = invertLower(matrix.lower(covariance, d), d);
    const factor = new Float32Array(d * d);
    let logDeterminant = 0;
    for (let i = 0; i < d; i++) {
      for (let j = i; j < d; j++) factor[i * d + j] = inverse[j * d + i];
      logDeterminant += Math.log(factor[i * d + i]);
    }
    return { factor, logDeterminant };
  },
  lower(covariance, d) {
    const l = cholesky(covariance, d);
    if (!l) throw new RangeError('a covariance that was positive definite no longer is');
    return l;
  },
  toMatrix: (covariance) => covariance.slice(),
  fromMatrix: (dense) => dense.slice(),
};

const diagonal: Omit<CovarianceLayout, 'shared'> = {
  size: (d) => d,
  parameters: (d) => d,
  unwhiten: (factor) => ({
    first: (sum) => sum.map((value, j) => value / factor[j]),
    second: (sum) => sum.map((value, j) => value / factor[j] ** 2),
  }),
  fromScatter: (scatter) => scatter.slice(),
  outer: (delta) => delta.map((value) => value * value),
  addDiagonal(covariance, added) {
    for (let j = 0; j < covariance.length; j++) covariance[j] += added[j];
  },
  ridge(covariance) {
    const least = covariance.reduce((a, b) => Math.min(a, b), Infinity);
    return least >= VARIANCE_FLOOR / 2 ? 0 : VARIANCE_FLOOR - least;
  },
  rescale: (covariance, scale) => covariance.map((value, j) => value * scale[j] * scale[j]),
  whiten(covariance) {
    const factor = Float32Array.from(covariance, (variance) => 1 / Math.sqrt(variance));
    return { factor, logDeterminant: factor.reduce((sum, value) => sum + Math.log(value), 0) };
  },
  lower: (covariance, d) => diagonal.toMatrix(covariance.map(Math.sqrt), d),
  toMatrix(covariance, d) {
    const dense = new Float64Array(d * d);
    for (let j = 0; j < d; j++) dense[j * d + j] = covariance[j];
    return dense;
  },
  fromMatrix: (dense, d) => new Float64Array(d).map((_, j) => dense[j * d + j]),
};

/** One variance: a diagonal whose entries are averaged. */
const single: Omit<CovarianceLayout, 'shared'> = {
  size: () => 1,
  parameters: () => 1,
  unwhiten: ([factor]) => ({
    first: (sum) => sum.map((value) => value / factor),
    second: (sum) => sum.map((value) => value / factor ** 2),
  }),
  fromScatter: (scatter) => Float64Array.of(average(scatter)),
  outer: diagonal.outer,
  addDiagonal(covariance, added) {
    covariance[0] += average(added);
  },
  ridge: diagonal.ridge,
  rescale: (covariance, scale) => Float64Array.of(covariance[0] * scale[0] * scale[0]),
  whiten(covariance, d) {
    const { factor, logDeterminant } = diagonal.whiten(covariance, 1);
    return { factor, logDeterminant: d * logDeterminant };
  },
  lower: (covariance, d) => diagonal.lower(new Float64Array(d).fill(covariance[0]), d),
  toMatrix: (covariance, d) => diagonal.toMatrix(new Float64Array(d).fill(covariance[0]), d),
  fromMatrix: (dense, d) => Float64Array.of(average(diagonal.fromMatrix(dense, d))),
};

function transposed(matrix: Float64Array, d: number): Float64Array {
  const turned = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) turned[j * d + i] = matrix[i * d + j];
  return turned;
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The four covariance types. */
export const covarianceLayouts: Readonly<Record<CovarianceForm, CovarianceLayout>> = {
  full: { ...matrix, shared: false },
  tied: { ...matrix, shared: true },
  diag: { ...diagonal, shared: false },
  spherical: { ...single, shared: false },
};
