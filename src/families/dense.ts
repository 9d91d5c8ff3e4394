import { isList, nestedNumbers, shown } from '../base/check.js';
import { InputError, listed } from '../base/errors.js';
import { cholesky, congruence, inverseTransposed } from '../base/cholesky.js';

/** Gaussian components as users give and get them: covariances `[k][d][d]` whatever the covariance type. */
export interface DenseComponents {
  readonly means: readonly (readonly number[])[];
  readonly covariances: readonly (readonly (readonly number[])[])[];
}

/** The same, the caller's to keep: an alias, which unlike an interface is a record of named arrays too. */
export type OwnComponents = {
  means: number[][];
  covariances: number[][][];
};

/** Whether components of a family are told by means and covariances. */
export function haveMoments({ parameters }: { readonly parameters: readonly string[] }): boolean {
  return parameters.length === 2 && parameters.includes('means') && parameters.includes('covariances');
}

/** A row-major matrix with `columns` columns as nested arrays. */
export function nested(values: Float64Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns)),
  );
}

/** Nested arrays `[rows][columns]` as one row-major array; throws `InputError` where lengths or values do not fit. */
export function denseMatrix(dense: unknown, rows: number, columns: number, where: string): Float64Array {
  const lists = isList(dense) ? Array.from(dense) : [];
  if (lists.length === rows && lists.every((row) => isList(row) && row.length === columns)) {
    return nestedNumbers(dense, where).values;
  }
  const lengths = listed(lists.map((row) => (isList(row) ? row.length : shown(row))));
  const rest = lists.length === 0 ? 'an empty one' : `${lists.length} rows of lengths ${lengths}`;
  throw new InputError('shape', {
    where,
    expected: `an array [${rows}][${columns}]`,
    got: isList(dense) ? rest : shown(dense),
    remedy: 'give one row per component and one value per column',
  });
}

/** What matrices of components are called: Student-t's are no covariances. */
export type Matrices = 'covariances' | 'precisions' | 'scales';

/**
 * Covariances `[k][d][d]` as row-major matrices; throws `InputError` where one is not symmetric and positive definite.
 */
export function denseCovariances(
  dense: ArrayLike<unknown>,
  k: number,
  d: number,
  where: string,
  what: Matrices = 'covariances',
): Float64Array[] {
  if (dense.length !== k) {
    throw new InputError('shape', {
      where: `${where}: ${what}`,
      expected: `${k} matrices, one per component`,
      got: String(dense.length),
      remedy: `give every component its ${what.slice(0, -1)}, whatever the covariance type`,
    });
  }
  return Array.from(dense, (one, index) => {
    const values = denseMatrix(one, d, d, `${where}: ${what}[${index}]`);
    const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const symmetric = values.every(
      (value, at) => Math.abs(value - values[(at % d) * d + Math.floor(at / d)]) <= 1e-9 * largest,
    );
    if (symmetric && cholesky(values, d)) return values;
    throw new InputError('value', {
      where: `${where}: ${what}[${index}]`,
      expected: 'a symmetric positive definite matrix',
      got: symmetric ? 'one that is not positive definite' : 'one that is not symmetric',
      remedy: 'correct it, or add a little to its diagonal',
    });
  });
}

/**
 * U, upper triangular, with Σ⁻¹ = U Uᵀ of a positive definite matrix Σ `[d, d]`: L⁻ᵀ of its Cholesky factor L, as
 * scikit-learn's `precisions_cholesky_`.
 */
export function precisionFactor(matrix: Float64Array, d: number): Float64Array {
  const lower = cholesky(matrix, d);
  if (!lower) throw new RangeError('a matrix that was positive definite no longer is');
  return inverseTransposed(lower, d);
}

/** The inverse of a positive definite matrix `[d, d]`, exactly symmetric. */
export function inverseOf(matrix: Float64Array, d: number): Float64Array {
  const unit = new Float64Array(d * d);
  for (let i = 0; i < d; i++) unit[i * d + i] = 1;
  // Back to front, an upper triangular matrix is a lower one.
  return congruence(precisionFactor(matrix, d).reverse(), unit, d).reverse();
}
