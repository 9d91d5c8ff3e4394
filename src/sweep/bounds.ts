import { packedSize } from '../../kernels/simd/layout.js';
import type { LogitBounds } from '../../kernels/simd/model.js';
import { cholesky } from '../base/cholesky.js';
import type { Floats, SoleQuadratic } from './model.js';
import { projectedWhitening } from './projection.js';

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
 * Bounds of logits by the coordinates in which components differ most: those of Fisher's discriminant. Under a
 * component, y = (x − o) P is distributed as a part of x. Its squared Mahalanobis distance is at most that of x. With P
 * spanning A (μ_k − o), A a mean of precisions, it is not much less for rows of other components. Undefined where
 * bounds would not pay, or where precisions are not positive definite. `least`: the logit, relative to the largest of a
 * row, under which a component has nothing of it. O(k d² (d + m)).
 */
export function logitBounds<Values extends Floats>(
  components: SoleQuadratic<Values>,
  weights: Float64Array,
  { n, least, rate }: { readonly n: number; readonly least: number; readonly rate: number },
): LogitBounds<Values> | undefined {
  const { form, k, d } = components;
  const most = Math.min(k - 1, d >> 1);
  if (form !== 'full' || k < COMPONENTS || d < COLUMNS || n < ROWS_PER_COLUMN * most) return undefined;
  const element = elementOf(components.means);
  const origin = element.from(meanOf(components, weights));
  const factor = cholesky(meanPrecision(components, weights), d);
  if (!factor) return undefined;
  const differences = whitenedDifferences(components, origin, factor);
  const basis = discriminants(differences, weights, most);
  const rank = worthwhile(coordinates(differences, basis), { k, d, reach: -least / rate });
  if (rank === 0) return undefined;
  const columns = Math.ceil(rank / 4) * 4;
  const projection = element.from(projectionOf(basis.slice(0, rank), factor, d, columns));
  const means = new element(k * columns);
  const whitening = new element(k * columns * columns);
  for (let c = 0; c < k; c++) {
    means.set(projected(components, c, origin, projection, columns), c * columns);
    const w = factorOf(components, c);
    if (w.every((entry) => entry === 0)) continue; // noise, from which no row is at a distance
    const factorOfBounds = projectedWhitening(w, projection, { d, columns, rank });
    if (!factorOfBounds) return undefined;
    whitening.set(factorOfBounds, c * columns * columns);
  }
  return { columns, origin, projection, means, whitening };
}

/** Arrays of the kind that components lie in: what kernels compute with is rounded before anything is made of it. */
interface Element<Values> {
  new (length: number): Values;
  from(values: ArrayLike<number>): Values;
}

function elementOf<Values extends Floats>(means: Values): Element<Values> {
  return means.constructor as Element<Values>;
}

/** Σ_k w_k μ_k / Σ_k w_k, which rows are taken from, `[d]`. */
function meanOf({ k, d, means }: SoleQuadratic<Floats>, weights: Float64Array): Float64Array {
  const mean = new Float64Array(d);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  for (let c = 0; c < k; c++) for (let j = 0; j < d; j++) mean[j] += (weights[c] / sum) * means[c * d + j];
  return mean;
}

/** Σ_k w_k W_k W_kᵀ / Σ_k w_k over the heaviest components, lower triangle, `[d, d]`. */
function meanPrecision(components: SoleQuadratic<Floats>, weights: Float64Array): Float64Array {
  const { d } = components;
  const sum = new Float64Array(d * d);
  const heaviest = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, AVERAGED);
  const total = heaviest.reduce((all, c) => all + weights[c], 0);
  for (const c of heaviest) {
    const w = factorOf(components, c);
    for (let i = 0; i < d; i++) {
      for (let l = 0; l <= i; l++) {
        sum[i * d + l] += (weights[c] / total) * dot(w, i * d + i, w, l * d + i, d - i);
      }
    }
  }
  return sum;
}

/** W_c in float64. */
function factorOf({ d, whitening }: SoleQuadratic<Floats>, c: number): Float64Array {
  return Float64Array.from(whitening.subarray(c * d * d, (c + 1) * d * d));
}

/** (μ_k − o) C, C the precision's factor, `[k][d]`. */
function whitenedDifferences(
  { k, d, means }: SoleQuadratic<Floats>,
  origin: Floats,
  factor: Float64Array,
): Float64Array[] {
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
 * An orthonormal basis, `[≤ most][d]`, of what most of the differences span. They are taken one after the other: those
 * of which, times √w_k, most is left by the ones before.
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
 * How many of the coordinates y to use, 0 where none pay. Bounds and what they leave over are then the least work, as a
 * share of whitening all. A row of l has squared distances d to l, and ‖y_k − y_l‖² + m to k. The bound of k is over
 * those that matter if the latter, less its standard deviation, exceeds the former by `reach`.
 */
function worthwhile(
  means: readonly Float64Array[],
  { k, d, reach }: { readonly k: number; readonly d: number; readonly reach: number },
): number {
  const some = means.filter((_, l) => l % Math.ceil(k / PAIRED) === 0);
  const squares = new Float64Array(some.length * k);
  let best = 0;
  let least = WORTH;
  for (let from = 0; from < means[0].length; from += 4) {
    const m = Math.min(from + 4, means[0].length);
    let left = 0;
    for (let pair = 0; pair < squares.length; pair++) {
      squares[pair] += distance(some[Math.floor(pair / k)], means[pair % k], from, m);
      if (squares[pair] + m - 2 * Math.sqrt(squares[pair]) < d + reach) left++;
    }
    const work = (packedSize(m) + (m * d) / k) / packedSize(d) + (LISTED * left) / squares.length;
    if (work >= least) continue;
    best = m;
    least = work;
  }
  return best;
}

/** Squared, in some of the coordinates. */
function distance(a: Float64Array, b: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += (a[j] - b[j]) ** 2;
  return sum;
}

function inner(a: Float64Array, b: Float64Array): number {
  return dot(a, 0, b, 0, a.length);
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

/** P = C Q, filled up with columns of zeros, `[d, columns]`. */
function projectionOf(basis: readonly Float64Array[], factor: Float64Array, d: number, columns: number): Float64Array {
  const projection = new Float64Array(d * columns);
  for (let i = 0; i < d; i++) {
    for (const [j, direction] of basis.entries()) {
      let entry = 0;
      for (let l = 0; l <= i; l++) entry += factor[i * d + l] * direction[l];
      projection[i * columns + j] = entry;
    }
  }
  return projection;
}

/** (μ_k − o) P, `[columns]`. */
function projected(
  { d, means }: SoleQuadratic<Floats>,
  c: number,
  origin: Floats,
  projection: Floats,
  columns: number,
): Float64Array {
  const y = new Float64Array(columns);
  for (let i = 0; i < d; i++) {
    const difference = means[c * d + i] - origin[i];
    for (let j = 0; j < columns; j++) y[j] += difference * projection[i * columns + j];
  }
  return y;
}
