import { reflector, reflectRow } from './eigen.js';
import { tridiagonalEigenvalues } from './tridiagonal.js';

/**
 * Singular values of a square matrix `[d, d]`, row-major, `[d]` in no order: right to rounding of the largest, which the
 * square roots of eigenvalues of MᵀM are not. Reflections from both sides make it bidiagonal, and those of a bidiagonal
 * matrix are the eigenvalues ±σ of a tridiagonal one with a diagonal of 0 (Golub & Kahan 1965). Throws `RangeError` where
 * entries are not finite.
 */
export function singularValues(matrix: Float64Array, d: number): Float64Array {
  const a = matrix.slice();
  const diagonal = new Float64Array(2 * d);
  const below = new Float64Array(2 * d);
  const column = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    below[2 * j] = reflectColumn(a, d, j, column);
    if (j < d - 1) below[2 * j + 1] = reflectOwnRow(a, d, j);
  }
  // Reflections leave the large numbers first, and QL wants them last.
  tridiagonalEigenvalues(diagonal, below.reverse().copyWithin(0, 1));
  // They come in pairs ±σ, apart by rounding: the upper half of all is one of each.
  return diagonal
    .sort()
    .subarray(d)
    .map((value) => Math.max(0, value));
}

/** Clears column j below the diagonal, from the left; answers what stands on the diagonal then. */
function reflectColumn(a: Float64Array, d: number, j: number, column: Float64Array): number {
  const v = column.subarray(0, d - j);
  for (let i = 0; i < v.length; i++) v[i] = a[(j + i) * d + j];
  const { beta, size } = reflector(v);
  if (beta === 0) return size;
  const sums = new Float64Array(d - j - 1);
  for (let i = 0; i < v.length; i++) {
    const row = (j + i) * d + j + 1;
    for (let c = 0; c < sums.length; c++) sums[c] += v[i] * a[row + c];
  }
  for (let i = 0; i < v.length; i++) {
    const row = (j + i) * d + j + 1;
    const share = beta * v[i];
    for (let c = 0; c < sums.length; c++) a[row + c] -= share * sums[c];
  }
  return size;
}

/** Clears row j beyond the place beside the diagonal, from the right; answers what stands there then. */
function reflectOwnRow(a: Float64Array, d: number, j: number): number {
  const v = a.subarray(j * d + j + 1, (j + 1) * d);
  const { beta, size } = reflector(v);
  if (beta !== 0) for (let i = j + 1; i < d; i++) reflectRow(a, i * d + j + 1, v, beta);
  return size;
}
