/** Rows that are multiplied together: a row of the other matrix is read once for all of them. */
const TILE = 4;

/** A B of square matrices `[d, d]`, row-major. */
export function product(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const c = new Float64Array(d * d);
  for (let i = 0; i < d; i += TILE) {
    const rows = Math.min(TILE, d - i);
    for (let p = 0; p < d; p++) {
      if (rows === TILE) addToTile(c, i * d, a, i * d + p, b, p * d, d);
      else for (let row = i; row < i + rows; row++) addRow(c, row * d, a[row * d + p], b, p * d, d);
    }
  }
  return c;
}

function addToTile(
  c: Float64Array,
  at: number,
  a: Float64Array,
  from: number,
  b: Float64Array,
  row: number,
  d: number,
) {
  const [a0, a1, a2, a3] = [a[from], a[from + d], a[from + 2 * d], a[from + 3 * d]];
  for (let j = 0, c0 = at, c1 = at + d, c2 = c1 + d, c3 = c2 + d; j < d; j++, c0++, c1++, c2++, c3++) {
    const value = b[row + j];
    c[c0] += a0 * value;
    c[c1] += a1 * value;
    c[c2] += a2 * value;
    c[c3] += a3 * value;
  }
}

function addRow(c: Float64Array, at: number, factor: number, b: Float64Array, row: number, d: number): void {
  for (let j = 0; j < d; j++) c[at + j] += factor * b[row + j];
}

/** Aᵀ of a square matrix `[d, d]`. */
export function transposed(a: Float64Array, d: number): Float64Array {
  const t = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) t[j * d + i] = a[i * d + j];
  return t;
}

/** M x `[d]` of a matrix `[d, d]`, from the numbers of `x` from `at` on. */
export function timesVector(matrix: Float64Array, x: Float64Array, at: number, d: number): Float64Array {
  const result = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += matrix[i * d + j] * x[at + j];
    result[i] = sum;
  }
  return result;
}
