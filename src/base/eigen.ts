import { tridiagonalEigenvalues } from './tridiagonal.js';

/** A = Σ_i λ_i v_i v_iᵀ. */
export interface SymmetricEigen {
  /** λ, `[d]`, in no order. */
  readonly values: Float64Array;
  /** v_i as rows, orthonormal, `[d, d]`. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix `[d, d]`, row-major, of which the lower triangle is read. Householder
 * reflections make it tridiagonal, and QL does the rest (Golub & Van Loan, 8.3): right to rounding of the largest |λ|,
 * whatever the matrix, singular ones included. Throws `RangeError` where entries are not finite.
 */
export function symmetricEigen(matrix: Float64Array, d: number): SymmetricEigen {
  const reduced = mirrored(matrix, d);
  const values = new Float64Array(d);
  const below = new Float64Array(d);
  const factors = tridiagonalize(reduced, d, values, below);
  const vectors = reflectionsProduct(reduced, factors, d);
  tridiagonalEigenvalues(values, below, vectors);
  return { values, vectors };
}

/** The matrix that the lower triangle of another says. */
function mirrored(matrix: Float64Array, d: number): Float64Array {
  const whole = matrix.slice();
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) whole[j * d + i] = whole[i * d + j];
  return whole;
}

/**
 * Q A Qᵀ = T by reflections I − β v vᵀ: v of column j is left below the diagonal in row j, beyond the diagonal, of the
 * matrix. Answers β, `[d]`.
 */
function tridiagonalize(a: Float64Array, d: number, diagonal: Float64Array, below: Float64Array): Float64Array {
  const factors = new Float64Array(d);
  const product = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    diagonal[j] = a[j * d + j];
    if (j === d - 1) break;
    const v = a.subarray(j * d + j + 1, (j + 1) * d); // by symmetry the column below the diagonal
    const { beta, size } = reflector(v);
    [factors[j], below[j]] = [beta, size];
    if (beta !== 0) takeRankTwo(a, d, j + 1, v, beta, product);
  }
  return factors;
}

/**
 * Makes v of x in place, and β, with (I − β v vᵀ) x = `size` e_1. Scaled by the largest entry, so that nothing overflows
 * and no small column is lost.
 */
export function reflector(x: Float64Array): { readonly beta: number; readonly size: number } {
  let scale = 0;
  for (const value of x) scale = Math.max(scale, Math.abs(value));
  let rest = 0;
  for (let i = 1; i < x.length; i++) rest += (x[i] / scale) ** 2;
  if (scale === 0 || rest === 0) return { beta: 0, size: x[0] };
  for (let i = 0; i < x.length; i++) x[i] /= scale;
  const norm = Math.sqrt(x[0] ** 2 + rest);
  const size = x[0] > 0 ? -norm : norm;
  x[0] -= size;
  return { beta: 2 / (x[0] ** 2 + rest), size: size * scale };
}

/** A ← H A H of the symmetric part from row and column `from` on, H = I − β v vᵀ: A − v wᵀ − w vᵀ. */
function takeRankTwo(
  a: Float64Array,
  d: number,
  from: number,
  v: Float64Array,
  beta: number,
  product: Float64Array,
): void {
  const n = d - from;
  const w = product.subarray(0, n);
  let along = 0;
  for (let i = 0; i < n; i++) {
    const row = (from + i) * d + from;
    let sum = 0;
    for (let j = 0; j < n; j++) sum += a[row + j] * v[j];
    w[i] = beta * sum;
    along += w[i] * v[i];
  }
  const half = (beta * along) / 2;
  for (let i = 0; i < n; i++) w[i] -= half * v[i];
  for (let i = 0; i < n; i++) {
    const row = (from + i) * d + from;
    const [vi, wi] = [v[i], w[i]];
    for (let j = 0; j < n; j++) a[row + j] -= vi * w[j] + wi * v[j];
  }
}

/** Q of the reflections that `tridiagonalize` has left, `[d, d]`: A = Qᵀ T Q. */
function reflectionsProduct(a: Float64Array, factors: Float64Array, d: number): Float64Array {
  const q = new Float64Array(d * d);
  for (let i = 0; i < d; i++) q[i * d + i] = 1;
  // Q = H_{d−2} … H_0, made as Qᵀ's columns are: from the last reflection, which touches the fewest, to the first.
  for (let j = d - 2; j >= 0; j--) {
    if (factors[j] === 0) continue;
    const v = a.subarray(j * d + j + 1, (j + 1) * d);
    for (let i = j + 1; i < d; i++) reflectRow(q, i * d + j + 1, v, factors[j]);
  }
  return q;
}

/** x ← x − β (x · v) v, of the numbers from `at` on. */
export function reflectRow(values: Float64Array, at: number, v: Float64Array, beta: number): void {
  let along = 0;
  for (let i = 0; i < v.length; i++) along += values[at + i] * v[i];
  along *= beta;
  for (let i = 0; i < v.length; i++) values[at + i] -= along * v[i];
}
