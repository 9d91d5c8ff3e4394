import { cholesky } from '../../base/cholesky.js';
import type { Floats } from '../model.js';

/** What a matrix makes of m columns that are missing, given the others. */
export interface GapFactors {
  /** Y = L⁻¹ W_m with Q_mm = L Lᵀ, `[m, d]`, so that Wᵀ C W = Yᵀ Y. */
  readonly y: Float64Array;
  /** B, `[m, d]`, 0 at what is missing. */
  readonly b: Float64Array;
}

/** Y, B and log |L| of a whitening factor and the columns that are missing. */
export function factorsOf(
  w: Floats,
  d: number,
  missing: readonly number[],
): GapFactors & { readonly logDeterminant: number } {
  const m = missing.length;
  const rows = missing.map((j) => Float64Array.from(w.subarray(j * d, (j + 1) * d)));
  const precision = new Float64Array(m * m);
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) precision[i * m + j] = product(rows[i], rows[j]);
  const lower = cholesky(precision, m);
  if (!lower) throw new RangeError('a matrix that was positive definite no longer is');
  const y = forward(lower, rows, d);
  // B = −L⁻ᵀ Y Wᵀ at the columns that are there.
  const back = backward(lower, y, d);
  const b = new Float64Array(m * d);
  for (let i = 0; i < m; i++) {
    const row = back.subarray(i * d, (i + 1) * d);
    for (let j = 0; j < d; j++) if (!missing.includes(j)) b[i * d + j] = -product(row, w.subarray(j * d, (j + 1) * d));
  }
  let logDeterminant = 0;
  for (let i = 0; i < m; i++) logDeterminant += Math.log(lower[i * m + i]);
  return { y, b, logDeterminant };
}

/** L⁻¹ R of rows R `[m, d]`. */
function forward(lower: Float64Array, rows: readonly Float64Array[], d: number): Float64Array {
  const m = rows.length;
  const y = new Float64Array(m * d);
  for (let i = 0; i < m; i++) {
    const own = y.subarray(i * d, (i + 1) * d);
    own.set(rows[i]);
    for (let p = 0; p < i; p++) for (let j = 0; j < d; j++) own[j] -= lower[i * m + p] * y[p * d + j];
    for (let j = 0; j < d; j++) own[j] /= lower[i * m + i];
  }
  return y;
}

/** L⁻ᵀ Y of rows Y `[m, d]`. */
function backward(lower: Float64Array, y: Float64Array, d: number): Float64Array {
  const m = y.length / d;
  const x = y.slice();
  for (let i = m - 1; i >= 0; i--) {
    const own = x.subarray(i * d, (i + 1) * d);
    for (let p = i + 1; p < m; p++) for (let j = 0; j < d; j++) own[j] -= lower[p * m + i] * x[p * d + j];
    for (let j = 0; j < d; j++) own[j] /= lower[i * m + i];
  }
  return x;
}

/** ⟨a, b⟩. */
export function product(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
