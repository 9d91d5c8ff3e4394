import type { Side } from './geometry.js';

/** Costs of one problem by rows: a matrix, or computed of points when they are asked for. */
export interface CostRows {
  readonly n: number;
  readonly m: number;
  /** C_i·, `[m]`: valid until the next call. */
  row(i: number): Float64Array;
  /** Where costs are computed: those of point i of a side and points from..to of the other, into `into` from 0 on. */
  readonly between?: (side: Side, i: number, from: number, to: number, into: Float64Array) => void;
  /** Bounds of the costs. */
  range(): readonly [number, number];
}

/** Costs given as a matrix, row by row. */
export function matrixCosts(values: Float64Array, n: number, m: number): CostRows {
  return {
    n,
    m,
    row: (i) => values.subarray(i * m, (i + 1) * m),
    range: () => extremes(values.filter(Number.isFinite)),
  };
}

/** How the cost of two points is made of their coordinates. */
export type Metric = 'squaredEuclidean' | 'dot';

/**
 * Costs of points x `[n, d]` and y `[m, d]`, row by row: ‖x_i − y_j‖² by differences, or x_i · y_j. Their coordinates
 * are kept column by column, so that the inner loops run over points.
 */
export function pointCosts(x: Float64Array, y: Float64Array, d: number, metric: Metric): CostRows {
  const points = { a: byColumns(x, d), b: byColumns(y, d) };
  const [n, m] = [x.length / d, y.length / d];
  const lengths = { a: n, b: m };
  const buffer = new Float64Array(m);
  const add = metric === 'dot' ? addProducts : addSquares;
  const between = (side: Side, i: number, from: number, to: number, into: Float64Array): void => {
    const [own, others] = side === 'a' ? [points.a, points.b] : [points.b, points.a];
    const [length, otherLength] = side === 'a' ? [lengths.a, lengths.b] : [lengths.b, lengths.a];
    into.fill(0, 0, to - from);
    for (let k = 0; k < d; k++) add(own[k * length + i], others, k * otherLength + from, to - from, into);
  };
  return {
    n,
    m,
    between,
    row: (i) => {
      between('a', i, 0, m, buffer);
      return buffer;
    },
    range: () => (metric === 'dot' ? productBounds(x, y, d) : squareBounds(points, lengths, d)),
  };
}

function addSquares(coordinate: number, others: Float64Array, from: number, count: number, into: Float64Array): void {
  for (let j = 0; j < count; j++) {
    const difference = coordinate - others[from + j];
    into[j] += difference * difference;
  }
}

function addProducts(coordinate: number, others: Float64Array, from: number, count: number, into: Float64Array): void {
  for (let j = 0; j < count; j++) into[j] += coordinate * others[from + j];
}

/** `[n, d]` → `[d, n]`. */
function byColumns(points: Float64Array, d: number): Float64Array {
  const n = points.length / d;
  const columns = new Float64Array(points.length);
  for (let i = 0; i < n; i++) for (let k = 0; k < d; k++) columns[k * n + i] = points[i * d + k];
  return columns;
}

/** 0, and the squared diagonal of the box that holds all points. */
function squareBounds(
  points: Readonly<Record<Side, Float64Array>>,
  lengths: Readonly<Record<Side, number>>,
  d: number,
): [number, number] {
  let diagonal = 0;
  for (let k = 0; k < d; k++) {
    const [lowA, highA] = extremes(points.a.subarray(k * lengths.a, (k + 1) * lengths.a));
    const [lowB, highB] = extremes(points.b.subarray(k * lengths.b, (k + 1) * lengths.b));
    diagonal += Math.max(highA - lowB, highB - lowA) ** 2;
  }
  return [0, diagonal];
}

/** By Cauchy and Schwarz. */
function productBounds(x: Float64Array, y: Float64Array, d: number): [number, number] {
  const bound = Math.sqrt(longest(x, d) * longest(y, d));
  return [-bound, bound];
}

function longest(points: Float64Array, d: number): number {
  let most = 0;
  for (let from = 0; from < points.length; from += d) {
    let sum = 0;
    for (let k = from; k < from + d; k++) sum += points[k] * points[k];
    most = Math.max(most, sum);
  }
  return most;
}

export function extremes(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < values.length; at++) {
    low = Math.min(low, values[at]);
    high = Math.max(high, values[at]);
  }
  return [low, high];
}
