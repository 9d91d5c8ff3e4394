import { filledUp, leastOf, pairParts, pairTiles, type PairArray } from '../../kernels/simd/pairs.js';
import { sharedDoubles, sharedFloats, sharedIntegers } from '../threads/shared.js';
import { extremes, pointCosts, type CostRows, type Metric } from './cost-rows.js';
import { centredClouds } from './centred.js';
import { PairThreads, type PairThreadsOptions } from './pair-threads.js';
import { other, type Averages, type Geometry, type Rough, type Side, type Values } from './geometry.js';
import { ofBatch, type Geometries, type Problem } from './problem.js';

type Both<T> = Readonly<Record<Side, T>>;

/** Problems of points in the host's memory, on threads. `backend`: what computes, for the report. */
export function simdGeometries(problem: Problem, backend: string, options: PairThreadsOptions): Geometries {
  const { source, sizes, weights } = problem;
  if (source.kind !== 'points') throw new Error('expected points, got a matrix of costs');
  const { batches, n, m } = sizes;
  const threads = new PairThreads(options, Math.max(n, m));
  const centred = centredClouds(source, problem);
  const d = centred.x.shape[2];
  const geometries = Array.from({ length: batches }, (_, s) => {
    const ofA = (values: Float64Array, width = 1): Float64Array => values.subarray(s * n * width, (s + 1) * n * width);
    const ofB = (values: Float64Array, width = 1): Float64Array => values.subarray(s * m * width, (s + 1) * m * width);
    const clouds = {
      given: { a: ofBatch(source.x, s, n * d), b: ofBatch(source.y, s, m * d) },
      centred: { a: ofA(centred.x.values, d), b: ofB(centred.y.values, d) },
      shift: { a: ofA(centred.shift.a), b: ofB(centred.shift.b) },
      ...{ d, metric: source.metric },
    };
    return new SimdGeometry(clouds, { a: ofA(weights.a), b: ofB(weights.b) }, threads);
  });
  return { geometries, backend, release: () => threads.release() };
}

/** Two clouds of d coordinates, as given and about their means: costs of the latter lack u_i + v_j, the shift. */
interface Clouds {
  readonly given: Both<Float64Array>;
  readonly centred: Both<Float64Array>;
  readonly shift: Both<Float64Array>;
  readonly d: number;
  readonly metric: Metric;
}

/** Points of both sides in the kernel's tiles; costs of the problem are `unit` times those of what lies there. */
interface Tiles {
  readonly points: Both<PairArray>;
  readonly unit: number;
}

/** Values that are averaged at a time. */
const COLUMNS = 64;
/** Roundings of the largest potential by which a mass may be wrong; of a quarter as many some iterations were lost. */
const ROUNDINGS = 2;

/**
 * One problem of clouds in the CPU's memory, by the SIMD kernel on all threads. What it says is float64; its rough
 * softmins are float32, of coordinates about the means and no larger than 1.
 */
class SimdGeometry implements Geometry {
  readonly batches = 1;
  readonly n: number;
  readonly m: number;
  readonly precision = 'float64';
  readonly rough: Rough;
  private readonly rows: CostRows;
  private readonly exact: Tiles;
  /** The largest of the last rough softmins. */
  private reach = 0;

  constructor(
    private readonly clouds: Clouds,
    private readonly weights: Both<Float64Array>,
    private readonly threads: PairThreads,
  ) {
    const { given, d, metric } = clouds;
    this.n = weights.a.length;
    this.m = weights.b.length;
    this.rows = pointCosts(given.a, given.b, d, metric);
    this.exact = { points: { a: doubles(given.a, d), b: doubles(given.b, d) }, unit: 1 };
    const single = floats(clouds);
    this.rough = {
      softmin: (side, potential, epsilon) => this.roughly(single, side, potential, epsilon),
      error: (epsilon) => (ROUNDINGS * 2 ** -24 * this.reach) / epsilon,
    };
  }

  async range(): Promise<readonly [number, number]> {
    return this.rows.range();
  }

  softmin(side: Side, potential: Float64Array, epsilon: number): Promise<Float64Array> {
    return this.computed(this.exact, side, potential, epsilon);
  }

  private async roughly(tiles: Tiles, side: Side, potential: Float64Array, epsilon: number): Promise<Float64Array> {
    const { shift } = this.clouds;
    const ofOthers = shift[other(side)];
    const lowered = potential.map((value, at) => value - ofOthers[at]);
    const softmins = await this.computed(tiles, side, lowered, epsilon);
    const [low, high] = extremes(softmins);
    this.reach = Math.max(-low, high);
    return softmins.map((value, at) => value + shift[side][at]);
  }

  private async computed(tiles: Tiles, side: Side, potential: Float64Array, epsilon: number): Promise<Float64Array> {
    const { offsets, most } = this.offsets(tiles, side, potential, epsilon);
    const { length } = this.weights[side];
    const logSums = sharedDoubles(filledUp(length, offsets));
    await this.threads.run({ kind: 'softmin', ...this.pairs(tiles, side, epsilon), offsets, logSums });
    return Float64Array.from(logSums.subarray(0, length), (value) => -epsilon * Math.LN2 * (value + most));
  }

  async averages(
    side: Side,
    potential: Float64Array,
    softmins: Float64Array,
    epsilon: number,
    { data, p }: Values,
  ): Promise<Averages> {
    const { offsets, most } = this.offsets(this.exact, side, potential, epsilon);
    const pairs = this.pairs(this.exact, side, epsilon);
    const { length } = softmins;
    const logSums = sharedDoubles(filledUp(length, offsets));
    softmins.forEach((value, at) => (logSums[at] = -value / (epsilon * Math.LN2) - most));
    const all = { values: new Float64Array(length * p), cost: new Float64Array(length) };
    for (let from = 0; from === 0 || from < p; from += COLUMNS) {
      const count = Math.min(COLUMNS, p - from);
      const values = sharedDoubles(offsets.length * count);
      for (let at = 0; at * p < data.length; at++) {
        values.set(data.subarray(at * p + from, at * p + from + count), at * count);
      }
      const sums = sharedDoubles(logSums.length * (count + 2));
      const control = sharedIntegers(2);
      await this.threads.run({ kind: 'average', ...pairs, control, offsets, logSums, values, p: count, sums });
      divide(sums, count, (at, column, value) => {
        if (at >= length) return;
        if (column < 0) all.cost[at] = value;
        else all.values[at * p + from + column] = value;
      });
    }
    return all;
  }

  async costs(): Promise<Float64Array> {
    const all = new Float64Array(this.n * this.m);
    for (let i = 0; i < this.n; i++) all.set(this.rows.row(i), i * this.m);
    return all;
  }

  dispose(): void {
    // Threads end when the problem is solved, memory is the collector's.
  }

  private pairs(tiles: Tiles, side: Side, epsilon: number) {
    const { d, metric } = this.clouds;
    return {
      x: tiles.points[side],
      y: tiles.points[other(side)],
      d,
      product: metric === 'dot',
      slope: -tiles.unit / (epsilon * Math.LN2),
      parts: pairParts(filledUp(this.weights[side].length, tiles.points[side])),
      control: sharedIntegers(2),
    };
  }

  /** log₂ w + p/(ε log 2) of the other side, less the most of these: large numbers would lose digits in float32. */
  private offsets(
    { points }: Tiles,
    side: Side,
    potential: Float64Array,
    epsilon: number,
  ): { readonly offsets: PairArray; readonly most: number } {
    const weights = this.weights[other(side)];
    const exact = potential.map((p, at) => Math.log2(weights[at]) + p / (epsilon * Math.LN2));
    const most = extremes(exact)[1];
    const size = filledUp(exact.length, points.a);
    const offsets = points.a instanceof Float32Array ? sharedFloats(size) : sharedDoubles(size);
    const least = leastOf(offsets);
    offsets.fill(least);
    exact.forEach((value, at) => (offsets[at] = Math.max(least, value - most)));
    return { offsets, most };
  }
}

function doubles(points: Float64Array, d: number): Float64Array {
  return pairTiles(points, d, sharedDoubles(filledUp(points.length / d, points) * d));
}

/** Centred points in float32, in the power of two of their units in which they are no larger than 1. */
function floats({ centred, d }: Clouds): Tiles {
  const largest = Math.max(...[centred.a, centred.b].flatMap(extremes).map(Math.abs));
  const scale = 2 ** -Math.ceil(Math.log2(Math.max(largest, 2 ** -500)));
  const tiles = (points: Float64Array): Float32Array => {
    const scaled = points.map((value) => value * scale);
    const single = sharedFloats(filledUp(points.length / d, new Float32Array()) * d);
    return pairTiles(scaled, d, single);
  };
  return { points: { a: tiles(centred.a), b: tiles(centred.b) }, unit: scale ** -2 };
}

/** Sums of tiles `[tiles, p + 2, 4]` divided by the first of each row: the cost as column −1, values from 0 on. */
function divide(sums: Float64Array, p: number, take: (row: number, column: number, value: number) => void): void {
  const width = p + 2;
  for (let at = 0; at < sums.length / width; at++) {
    const from = Math.floor(at / 4) * width * 4 + (at % 4);
    for (let c = 1; c < width; c++) take(at, c - 2, sums[from + c * 4] / sums[from]);
  }
}
