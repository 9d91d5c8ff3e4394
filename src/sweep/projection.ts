import { cholesky, inverseTransposed } from '../base/cholesky.js';
import type { Floats } from './model.js';

/**
 * W' with W' W'ᵀ = (Pᵀ Σ P)⁻¹, which whitens what P `[d, columns]` makes of rows whose covariance is Σ = (W Wᵀ)⁻¹, W
 * upper triangular: Pᵀ Σ P = Bᵀ B with W B = P. Upper triangular, `[columns, columns]`, of the first `rank` columns, 0 of
 * the others; undefined where they are not independent.
 */
export function projectedWhitening(
  w: Float64Array,
  projection: Floats,
  { d, columns, rank }: { readonly d: number; readonly columns: number; readonly rank: number },
): Float64Array | undefined {
  const quads = Array.from({ length: columns / 4 }, (_, q) => solveFour(w, projection, 4 * q, d));
  const gram = new Float64Array(rank * rank);
  for (const [q, left] of quads.entries()) {
    for (const [r, right] of quads.slice(0, q + 1).entries()) {
      const products = productsOfFour(left, right);
      const [rows, along] = [Math.min(4, rank - 4 * q), Math.min(4, rank - 4 * r)];
      for (let j = 0; j < rows; j++) {
        for (let l = 0; l < along; l++) gram[(4 * q + j) * rank + 4 * r + l] = products[4 * j + l];
      }
    }
  }
  const factor = cholesky(gram, rank);
  if (!factor) return undefined;
  const inverse = inverseTransposed(factor, rank);
  const upper = new Float64Array(columns * columns);
  for (let i = 0; i < rank; i++) upper.set(inverse.subarray(i * rank, (i + 1) * rank), i * columns);
  return upper;
}

/** Four columns of B with W B = P, from column `from` on, `[d, 4]`: as many sums at once as a processor adds side by side. */
function solveFour(w: Float64Array, projection: Floats, from: number, d: number): Float64Array {
  const columns = projection.length / d;
  const b = new Float64Array(d * 4);
  for (let i = d - 1; i >= 0; i--) {
    const at = i * columns + from;
    let b0 = projection[at];
    let b1 = projection[at + 1];
    let b2 = projection[at + 2];
    let b3 = projection[at + 3];
    for (let l = i + 1; l < d; l++) {
      const entry = w[i * d + l];
      b0 -= entry * b[4 * l];
      b1 -= entry * b[4 * l + 1];
      b2 -= entry * b[4 * l + 2];
      b3 -= entry * b[4 * l + 3];
    }
    const pivot = 1 / w[i * d + i];
    b[4 * i] = b0 * pivot;
    b[4 * i + 1] = b1 * pivot;
    b[4 * i + 2] = b2 * pivot;
    b[4 * i + 3] = b3 * pivot;
  }
  return b;
}

/** The 16 products of four columns with four, both `[d, 4]`. */
function productsOfFour(left: Float64Array, right: Float64Array): Float64Array {
  const products = new Float64Array(16);
  for (let j = 0; j < 4; j++) {
    let p0 = 0;
    let p1 = 0;
    let p2 = 0;
    let p3 = 0;
    for (let at = 0; at < left.length; at += 4) {
      const entry = left[at + j];
      p0 += entry * right[at];
      p1 += entry * right[at + 1];
      p2 += entry * right[at + 2];
      p3 += entry * right[at + 3];
    }
    products.set([p0, p1, p2, p3], 4 * j);
  }
  return products;
}
