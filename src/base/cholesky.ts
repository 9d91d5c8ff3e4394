/**
 * Factorisations of small dense matrices, float64, row-major `[d, d]`. All inner loops are dot products of rows, made
 * in tiles of 4 × 4. The eight sums of half a tile stay in registers and add up side by side.
 */
const TILE = 4;
/** Columns whose products are summed by themselves: sums of sums have rounding errors that grow more slowly. */
const PANEL = 16;

/**
 * Lower Cholesky factor L of a symmetric matrix (A = L Lᵀ), of which the lower triangle is read. Undefined where a
 * pivot does not exceed `floor`: A is then not positive definite by that much.
 */
export function cholesky(a: Float64Array, d: number, floor = 0): Float64Array | undefined {
  const l = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) l[i * d + j] = a[i * d + j];
  for (let from = 0; from < d; from += TILE) {
    const to = Math.min(from + TILE, d);
    if (from > 0) for (let i = from; i < d; i += TILE) takeOff(l, l, i, l, from, d, 0, from);
    if (!factorTile(l, d, from, to, floor)) return undefined;
    substitute(l, to, d, l, d, from, to);
  }
  return l;
}

/** The rows of L that begin in a tile on the diagonal, of what is left of A there; false where there are none. */
function factorTile(l: Float64Array, d: number, from: number, to: number, floor: number): boolean {
  for (let i = from; i < to; i++) {
    substitute(l, i, i + 1, l, d, from, i);
    let pivot = l[i * d + i];
    for (let p = from; p < i; p++) pivot -= l[i * d + p] * l[i * d + p];
    if (!(pivot > floor && Number.isFinite(pivot))) return false;
    l[i * d + i] = Math.sqrt(pivot);
    for (let j = i + 1; j < to; j++) l[i * d + j] = 0; // which the tile has filled
  }
  return true;
}

/** L⁻ᵀ, upper triangular, of a lower triangular L. */
export function inverseTransposed(l: Float64Array, d: number): Float64Array {
  const x = new Float64Array(d * d);
  // X Lᵀ = I, by columns: each takes off what those before it give, and is divided by a tile on the diagonal.
  for (let i = 0; i < d; i++) x[i * d + i] = 1;
  for (let from = 0; from < d; from += TILE) {
    const to = Math.min(from + TILE, d);
    for (let i = 0; i < from; i += TILE) takeOff(x, x, i, l, from, d, i, from);
    substitute(x, 0, to, l, d, from, to);
  }
  return x;
}

/** L S Lᵀ, exactly symmetric, of a lower triangular L and a symmetric S. */
export function congruence(l: Float64Array, s: Float64Array, d: number): Float64Array {
  const left = new Float64Array(d * d); // −L S, as far as the diagonal
  const product = new Float64Array(d * d);
  for (let i = 0; i < d; i += TILE) {
    const end = Math.min(i + TILE, d);
    for (let j = 0; j < end; j += TILE) takeOff(left, l, i, s, j, d, 0, end);
    for (let j = 0; j < end; j += TILE) {
      takeOff(product, left, i, l, j, d, 0, Math.min(j + TILE, d));
      mirror(product, i, j, d);
    }
  }
  return product;
}

/** Copies the tile at (i, j), on the diagonal its lower triangle, to where it belongs above the diagonal. */
function mirror(matrix: Float64Array, i: number, j: number, d: number): void {
  for (let row = i; row < d && row < i + TILE; row++) {
    for (let other = j; other < row && other < j + TILE; other++) matrix[other * d + row] = matrix[row * d + other];
  }
}

/** Solves y Bᵀ = x in place, with B the tile of L there: columns from ≤ j < to of rows first ≤ i < end of a matrix. */
function substitute(
  x: Float64Array,
  first: number,
  end: number,
  l: Float64Array,
  d: number,
  from: number,
  to: number,
): void {
  if (to - from === TILE) {
    substituteTile(x, first * d + from, end * d, l, d, from);
    return;
  }
  for (let i = first; i < end; i++) {
    for (let j = from; j < to; j++) {
      let rest = x[i * d + j];
      for (let p = from; p < j; p++) rest -= x[i * d + p] * l[j * d + p];
      x[i * d + j] = rest / l[j * d + j];
    }
  }
}

/** The same for a whole tile of L, and rows of x of which the first begins at `at`. */
function substituteTile(x: Float64Array, at: number, end: number, l: Float64Array, d: number, from: number): void {
  const l0 = from * d + from;
  const l1 = l0 + d;
  const l2 = l1 + d;
  const l3 = l2 + d;
  const b00 = l[l0];
  const b10 = l[l1];
  const b11 = l[l1 + 1];
  const b20 = l[l2];
  const b21 = l[l2 + 1];
  const b22 = l[l2 + 2];
  const b30 = l[l3];
  const b31 = l[l3 + 1];
  const b32 = l[l3 + 2];
  const b33 = l[l3 + 3];
  for (let row = at; row < end; row += d) {
    const y0 = x[row] / b00;
    const y1 = (x[row + 1] - y0 * b10) / b11;
    const y2 = (x[row + 2] - y0 * b20 - y1 * b21) / b22;
    x[row] = y0;
    x[row + 1] = y1;
    x[row + 2] = y2;
    x[row + 3] = (x[row + 3] - y0 * b30 - y1 * b31 - y2 * b32) / b33;
  }
}

/**
 * C_rc ← C_rc − Σ_p A_rp B_cp over columns from ≤ p < to. Rows are a tile of r from i on and of c from j on, or as many
 * as there are.
 */
function takeOff(
  c: Float64Array,
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  d: number,
  from: number,
  to: number,
): void {
  const whole = i + TILE <= d && j + TILE <= d;
  for (let p = from; p < to; p += PANEL) {
    const end = Math.min(p + PANEL, to);
    if (whole) {
      takeHalfOff(c, a, i, b, j, d, p, end);
      takeHalfOff(c, a, i + 2, b, j, d, p, end);
    } else takeRestOff(c, a, i, b, j, d, p, end);
  }
}

/** Two rows of a whole tile. */
function takeHalfOff(
  c: Float64Array,
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  d: number,
  from: number,
  to: number,
): void {
  const a0 = i * d;
  const a1 = a0 + d;
  const b0 = j * d;
  const b1 = b0 + d;
  const b2 = b1 + d;
  const b3 = b2 + d;
  const c0 = a0 + j;
  const c1 = a1 + j;
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  for (let p = from; p < to; p++) {
    const x0 = a[a0 + p];
    const x1 = a[a1 + p];
    const y0 = b[b0 + p];
    const y1 = b[b1 + p];
    const y2 = b[b2 + p];
    const y3 = b[b3 + p];
    s00 += x0 * y0;
    s10 += x1 * y0;
    s01 += x0 * y1;
    s11 += x1 * y1;
    s02 += x0 * y2;
    s12 += x1 * y2;
    s03 += x0 * y3;
    s13 += x1 * y3;
  }
  c[c0] -= s00;
  c[c0 + 1] -= s01;
  c[c0 + 2] -= s02;
  c[c0 + 3] -= s03;
  c[c1] -= s10;
  c[c1 + 1] -= s11;
  c[c1 + 2] -= s12;
  c[c1 + 3] -= s13;
}

/** A tile that is cut off at the last row or column. */
function takeRestOff(
  c: Float64Array,
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  d: number,
  from: number,
  to: number,
): void {
  for (let row = i; row < d && row < i + TILE; row++) {
    for (let other = j; other < d && other < j + TILE; other++) {
      let sum = 0;
      for (let p = from; p < to; p++) sum += a[row * d + p] * b[other * d + p];
      c[row * d + other] -= sum;
    }
  }
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
