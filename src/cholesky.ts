/**
 * Lower Cholesky factor L of a symmetric matrix `[d, d]` (A = L Lᵀ), row-major; undefined where a pivot does not
 * exceed `floor`, that is where A is not positive definite by that much.
 */
export function cholesky(a: Float64Array, d: number, floor = 0): Float64Array | undefined {
  const l = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * d + j];
      for (let p = 0; p < j; p++) sum -= l[i * d + p] * l[j * d + p];
      if (i !== j) l[i * d + j] = sum / l[j * d + j];
      else if (sum > floor && Number.isFinite(sum)) l[i * d + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return l;
}

/** Inverse of a lower triangular matrix `[d, d]`, row-major. */
export function invertLower(l: Float64Array, d: number): Float64Array {
  const inverse = new Float64Array(d * d);
  for (let column = 0; column < d; column++) {
    inverse[column * d + column] = 1 / l[column * d + column];
    for (let i = column + 1; i < d; i++) {
      let sum = 0;
      for (let p = column; p < i; p++) sum -= l[i * d + p] * inverse[p * d + column];
      inverse[i * d + column] = sum / l[i * d + i];
    }
  }
  return inverse;
}

/** x with L Lᵀ x = b, for L lower triangular `[d, d]`, row-major, and b `[d]`. */
export function solveCholesky(l: Float64Array, b: Float64Array): Float64Array {
  const d = b.length;
  const x = b.slice();
  for (let i = 0; i < d; i++) {
    for (let p = 0; p < i; p++) x[i] -= l[i * d + p] * x[p];
    x[i] /= l[i * d + i];
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let p = i + 1; p < d; p++) x[i] -= l[p * d + i] * x[p];
    x[i] /= l[i * d + i];
  }
  return x;
}
