/**
 * Lower Cholesky factor L of a symmetric matrix `[d, d]` (A = L Lᵀ), row-major; undefined where a pivot does not
 * exceed `floor`, that is where A is not positive definite by that much.
 */
export function cholesky(a: Float64Array, d: number, floor = 0): Float64Array | undefined {
  const l = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = a[i * d + j] - dot(l, i * d, l, j * d, j);
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
  for (let i = 0; i < d; i++) {
    const pivot = 1 / l[i * d + i];
    const row = i * d;
    for (let p = 0; p < i; p++) {
      const factor = l[row + p];
      for (let j = 0, from = p * d; j <= p; j++) inverse[row + j] -= factor * inverse[from + j];
    }
    for (let j = 0; j < i; j++) inverse[row + j] *= pivot;
    inverse[row + i] = pivot;
  }
  return inverse;
}

/** L S Lᵀ of a lower triangular L and a symmetric S, of which the lower triangle is read; all `[d, d]`, row-major. */
export function congruence(l: Float64Array, s: Float64Array, d: number): Float64Array {
  const product = new Float64Array(d * d);
  const row = new Float64Array(d); // of L S, as far as the diagonal
  const whole = mirrored(s, d);
  for (let i = 0; i < d; i++) {
    row.fill(0);
    for (let p = 0; p <= i; p++) {
      const factor = l[i * d + p];
      for (let j = 0, from = p * d; j <= i; j++) row[j] += factor * whole[from + j];
    }
    for (let j = 0; j <= i; j++) product[j * d + i] = product[i * d + j] = dot(row, 0, l, j * d, j + 1);
  }
  return product;
}

/** A symmetric matrix of its lower triangle. */
function mirrored(lower: Float64Array, d: number): Float64Array {
  const whole = lower.slice();
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) whole[j * d + i] = lower[i * d + j];
  return whole;
}

/** Σ_p a[from + p] b[at + p] of so many. In four sums, which a processor adds to side by side. */
function dot(a: Float64Array, from: number, b: Float64Array, at: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let p = 0;
  for (; p + 4 <= count; p += 4) {
    s0 += a[from + p] * b[at + p];
    s1 += a[from + p + 1] * b[at + p + 1];
    s2 += a[from + p + 2] * b[at + p + 2];
    s3 += a[from + p + 3] * b[at + p + 3];
  }
  for (; p < count; p++) s0 += a[from + p] * b[at + p];
  return s0 + s1 + (s2 + s3);
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
