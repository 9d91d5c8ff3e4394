import { packedSize } from '../../kernels/simd/layout.js';
import type { LogitBounds } from '../../kernels/simd/model.js';
import { cholesky, invertLower } from '../cholesky.js';
import type { PackedComponents } from '../moments.js';

/** What bounds depend on. */
type Whitened = Omit<PackedComponents, 'logNormalizers'>;

/** From so many components and columns on, choosing among components saves more than it costs. */
const COMPONENTS = 4;
const COLUMNS = 24;
/** Rows for each column of bounds from which on computing bounds costs little beside a sweep. */
const ROWS_PER_COLUMN = 256;
/** Components whose precisions are averaged: any metric gives bounds, so a rough one does. */
const AVERAGED = 4;
/** What of a difference is under this share of the largest is rounding. */
const SPANNED = 1e-4;
/** Components that others are compared with to see whether bounds pay. */
const PAIRED = 64;
/** What whitening a row for one component costs where rows are listed, beside where all are whitened. */
const LISTED = 1.4;
/** The share of all work from which on bounds are not tried. */
const WORTH = 0.9;

/**
 * Bounds of logits by the coordinates in which components differ most: those of Fisher's discriminant. The distribution
 * of y = (x − o) P under a component is that of a part of x, so its squared Mahalanobis distance is at most that of x. With
 * P spanning A (μ_k − o), A a mean of precisions, it is not much less for rows of other components. Undefined where
 * bounds would not pay, or where precisions are not positive definite. `least`: the logit, relative to the largest of a
 * row, under which a component has nothing of it. O(k d² (d + m)).
 */
export function logitBounds(
  components: Whitened,
  weights: Float64Array,
  { n, least, rate }: { readonly n: number; readonly least: number; readonly rate: number },
): LogitBounds | undefined {
  const { form, k, d } = components;
  const most = Math.min(k - 1, d >> 1);
  if (form !== 'full' || k < COMPONENTS || d < COLUMNS || n < ROWS_PER_COLUMN * most) return undefined;
  const origin = meanOf(components, weights);
  const factor = cholesky(meanPrecision(components, weights), d);
  if (!factor) return undefined;
  const differences = whitenedDifferences(components, origin, factor);
  const basis = discriminants(differences, weights, most);
  const rank = worthwhile(coordinates(differences, basis), { k, d, reach: -least / rate });
  if (rank === 0) return undefined;
  const columns = Math.ceil(rank / 4) * 4;
  const projection = projectionOf(basis.slice(0, rank), factor, d, columns);
  const means = new Float32Array(k * columns);
  const whitening = new Float32Array(k * columns * columns);
  for (let c = 0; c < k; c++) {
    means.set(projected(components, c, origin, projection, columns), c * columns);
    const w = projectedWhitening(components, c, projection, columns, rank);
    if (!w) return undefined;
    whitening.set(w, c * columns * columns);
  }
  return { columns, origin: Float32Array.from(origin), projection: Float32Array.from(projection), means, whitening };
}

/** Σ_k w_k μ_k / Σ_k w_k in float32, which rows are taken from, `[d]`. */
function meanOf({ k, d, means }: Whitened, weights: Float64Array): Float64Array {
  const mean = new Float64Array(d);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  for (let c = 0; c < k; c++) for (let j = 0; j < d; j++) mean[j] += (weights[c] / sum) * means[c * d + j];
  return mean.map(Math.fround);
}

/** Σ_k w_k W_k W_kᵀ / Σ_k w_k over the heaviest components, lower triangle, `[d, d]`. */
function meanPrecision({ d, whitening }: Whitened, weights: Float64Array): Float64Array {
  const sum = new Float64Array(d * d);
  const heaviest = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, AVERAGED);
  const total = heaviest.reduce((all, c) => all + weights[c], 0);
  for (const c of heaviest) {
    const w = Float64Array.from(whitening.subarray(c * d * d, (c + 1) * d * d));
    for (let i = 0; i < d; i++) {
      for (let l = 0; l <= i; l++) {
        let entry = 0;
        for (let j = i; j < d; j++) entry += w[i * d + j] * w[l * d + j];
        sum[i * d + l] += (weights[c] / total) * entry;
      }
    }
  }
  return sum;
}

/** (μ_k − o) C, C the precision's factor, `[k][d]`. */
function whitenedDifferences({ k, d, means }: Whitened, origin: Float64Array, factor: Float64Array): Float64Array[] {
  return Array.from({ length: k }, (_, c) => {
    const row = new Float64Array(d);
    for (let i = 0; i < d; i++) {
      const difference = means[c * d + i] - origin[i];
      for (let j = 0; j <= i; j++) row[j] += difference * factor[i * d + j];
    }
    return row;
  });
}

/**
 * An orthonormal basis, `[≤ most][d]`, of what most of the differences span: one after the other those of which, times
 * √w_k, most is left by the ones before.
 */
function discriminants(differences: readonly Float64Array[], weights: Float64Array, most: number): Float64Array[] {
  const left = differences.map((row, c) => row.map((value) => Math.sqrt(weights[c]) * value));
  const basis: Float64Array[] = [];
  let first = 0;
  while (basis.length < most) {
    const norms = left.map((row) => Math.sqrt(inner(row, row)));
    const largest = norms.reduce((at, norm, c) => (norm > norms[at] ? c : at), 0);
    if (basis.length === 0) first = norms[largest];
    if (!(norms[largest] > SPANNED * first)) break;
    const direction = left[largest].map((value) => value / norms[largest]);
    basis.push(direction);
    for (const row of left) {
      const along = inner(row, direction);
      for (let j = 0; j < row.length; j++) row[j] -= along * direction[j];
    }
  }
  return basis;
}

/** Of each difference in a basis, `[k][basis.length]`. */
function coordinates(differences: readonly Float64Array[], basis: readonly Float64Array[]): Float64Array[] {
  return differences.map((row) => Float64Array.from(basis, (direction) => inner(row, direction)));
}

/**
 * How many of the coordinates y to use, 0 where none pay: those for which bounds and what they leave over are the least
 * work, as a share of whitening all. For a row of l the bound of k is over the squared distances that matter if
 * ‖y_k − y_l‖² + m, less its standard deviation, is over those of l, d, by `reach`.
 */
function worthwhile(
  means: readonly Float64Array[],
  { k, d, reach }: { readonly k: number; readonly d: number; readonly reach: number },
): number {
  const some = means.filter((_, l) => l % Math.ceil(k / PAIRED) === 0);
  const squares = new Float64Array(some.length * k);
  let best = 0;
  let least = WORTH;
  for (let m = 1; m <= means[0].length; m++) {
    let left = 0;
    for (const [l, other] of some.entries()) {
      for (const [c, mean] of means.entries()) {
        const square = (squares[l * k + c] += (mean[m - 1] - other[m - 1]) ** 2);
        if (square + m - 2 * Math.sqrt(square) < d + reach) left++;
      }
    }
    const work = (packedSize(m) + (m * d) / k) / packedSize(d) + (LISTED * left) / squares.length;
    if (work < least) [best, least] = [m, work];
  }
  return best;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** P = C Q rounded to float32, filled up with columns of zeros, `[d, columns]`. */
function projectionOf(basis: readonly Float64Array[], factor: Float64Array, d: number, columns: number): Float64Array {
  const projection = new Float64Array(d * columns);
  for (let i = 0; i < d; i++) {
    for (const [j, direction] of basis.entries()) {
      let entry = 0;
      for (let l = 0; l <= i; l++) entry += factor[i * d + l] * direction[l];
      projection[i * columns + j] = Math.fround(entry);
    }
  }
  return projection;
}

/** (μ_k − o) P, `[columns]`. */
function projected(
  { d, means }: Whitened,
  c: number,
  origin: Float64Array,
  projection: Float64Array,
  columns: number,
): Float64Array {
  const y = new Float64Array(columns);
  for (let i = 0; i < d; i++) {
    const difference = means[c * d + i] - origin[i];
    for (let j = 0; j < columns; j++) y[j] += difference * projection[i * columns + j];
  }
  return y;
}

/**
 * W' with W' W'ᵀ = (Pᵀ Σ_k P)⁻¹ on the first `rank` columns, 0 on the others, upper triangular `[columns, columns]`.
 * Pᵀ Σ P = Bᵀ B with W B = P.
 */
function projectedWhitening(
  { d, whitening }: Whitened,
  c: number,
  projection: Float64Array,
  columns: number,
  rank: number,
): Float64Array | undefined {
  const w = Float64Array.from(whitening.subarray(c * d * d, (c + 1) * d * d));
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
  const inverse = invertLower(factor, rank);
  const upper = new Float64Array(columns * columns);
  for (let j = 0; j < rank; j++) for (let l = 0; l <= j; l++) upper[l * columns + j] = inverse[j * rank + l];
  return upper;
}

/** Four columns of B with W B = P, from column `from` on, `[d, 4]`: as many sums at once as a processor adds side by side. */
function solveFour(w: Float64Array, projection: Float64Array, from: number, d: number): Float64Array {
  const columns = projection.length / d;
  const b = new Float64Array(d * 4);
  for (let i = d - 1; i >= 0; i--) {
    const at = i * columns + from;
    let [b0, b1, b2, b3] = [projection[at], projection[at + 1], projection[at + 2], projection[at + 3]];
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
    let [p0, p1, p2, p3] = [0, 0, 0, 0];
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
