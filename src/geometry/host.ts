import { yieldToEvents } from '../base/event-loop.js';
import { AbsorbedKernel, KernelMemory } from './absorbed.js';
import { matrixCosts, pointCosts, type CostRows } from './cost-rows.js';
import { expOf, LEAST } from './exponential.js';
import type { Averages, Geometry, Side, Values } from './geometry.js';
import { ofBatch, type Geometries, type Problem, type Sizes, type Source } from './problem.js';

/** Points whose pairs are no more than this (8 MiB of kernel) are solved as a matrix is; others never store n × m. */
export const MOST_PAIRS = 2 ** 20;
/** Costs that are computed at a time. */
const TILE = 512;

/** Problems in the host's memory, which are solved in float64 by JavaScript alone. */
export function hostGeometries({ source, sizes, weights }: Problem): Geometries {
  const memory = new KernelMemory();
  const { batches, n, m } = sizes;
  const geometries = Array.from({ length: batches }, (_, s) => {
    const [a, b] = [weights.a.subarray(s * n, (s + 1) * n), weights.b.subarray(s * m, (s + 1) * m)];
    return new HostGeometry(rowsOf(source, sizes, s), a, b, memory);
  });
  return { geometries, backend: 'cpu', release: () => memory.release() };
}

function rowsOf(source: Source, { n, m }: Sizes, batch: number): CostRows {
  if (source.kind === 'matrix') return matrixCosts(ofBatch(source.cost, batch, n * m), n, m);
  const d = source.x.shape[source.x.shape.length - 1];
  return pointCosts(ofBatch(source.x, batch, n * d), ofBatch(source.y, batch, m * d), d, source.metric);
}

/** One problem in the CPU's memory, in float64. */
class HostGeometry implements Geometry {
  readonly batches = 1;
  readonly n: number;
  readonly m: number;
  readonly precision = 'float64';
  private kernel: AbsorbedKernel | undefined;

  constructor(
    private readonly rows: CostRows,
    private readonly a: Float64Array,
    private readonly b: Float64Array,
    private readonly memory: KernelMemory,
  ) {
    this.n = rows.n;
    this.m = rows.m;
  }

  async range(): Promise<readonly [number, number]> {
    return this.rows.range();
  }

  softmin(side: Side, potential: Float64Array, epsilon: number): Promise<Float64Array> | Float64Array {
    const { between } = this.rows;
    if (between && this.n * this.m > MOST_PAIRS) return this.streamed(between, side, potential, epsilon);
    this.kernel ??= new AbsorbedKernel(this.rows, this.a, this.b, this.memory);
    return side === 'a' ? this.kernel.rows(potential, epsilon) : this.kernel.columns(potential, epsilon);
  }

  /** Tile by tile, each sum relative to the least of what it has seen so far. */
  private async streamed(
    between: NonNullable<CostRows['between']>,
    side: Side,
    potential: Float64Array,
    epsilon: number,
  ): Promise<Float64Array> {
    const lowered = offsets(potential, side === 'a' ? this.b : this.a, epsilon);
    const softmins = new Float64Array(side === 'a' ? this.n : this.m);
    const gaps = new Float64Array(TILE);
    for (let i = 0; i < softmins.length; i++) {
      if (i % 64 === 0) await yieldToEvents();
      const total = { least: Infinity, sum: 0 };
      for (let from = 0; from < lowered.length; from += TILE) {
        const to = Math.min(from + TILE, lowered.length);
        between(side, i, from, to, gaps);
        addTile(total, gaps, lowered, from, to - from, epsilon);
      }
      softmins[i] = total.least - epsilon * Math.log(total.sum);
    }
    return softmins;
  }

  async averages(
    side: Side,
    potential: Float64Array,
    softmins: Float64Array,
    epsilon: number,
    { data, p }: Values,
  ): Promise<Averages> {
    const lowered = offsets(potential, side === 'a' ? this.b : this.a, epsilon);
    const values = new Float64Array(softmins.length * p);
    const cost = new Float64Array(softmins.length);
    const total = new Float64Array(softmins.length);
    for (let i = 0; i < this.n; i++) {
      await yieldToEvents();
      const costs = this.rows.row(i);
      for (let j = 0; j < this.m; j++) {
        const [own, from] = side === 'a' ? [i, j] : [j, i];
        const exponent = (softmins[own] - (costs[j] - lowered[from])) / epsilon;
        if (!(exponent > LEAST)) continue;
        const share = Math.exp(exponent);
        total[own] += share;
        cost[own] += share * costs[j];
        for (let c = 0; c < p; c++) values[own * p + c] += share * data[from * p + c];
      }
    }
    return {
      values: values.map((sum, at) => sum / total[Math.floor(at / p)]),
      cost: cost.map((sum, at) => sum / total[at]),
    };
  }

  async costs(): Promise<Float64Array> {
    const all = new Float64Array(this.n * this.m);
    for (let i = 0; i < this.n; i++) all.set(this.rows.row(i), i * this.m);
    return all;
  }

  /** The kernel's memory serves the next problem; a softmin that is asked for later makes one of its own. */
  dispose(): void {
    this.kernel = undefined;
  }
}

/** p_j + ε log w_j; −∞ where w_j is 0. */
function offsets(potential: Float64Array, weights: Float64Array, epsilon: number): Float64Array {
  return potential.map((value, at) => (weights[at] > 0 ? value + epsilon * Math.log(weights[at]) : -Infinity));
}

/** Adds Σ_j exp((least − (C_j − o_j))/ε) of a tile of costs to a sum that is relative to the least of all. */
function addTile(
  total: { least: number; sum: number },
  gaps: Float64Array,
  lowered: Float64Array,
  from: number,
  count: number,
  epsilon: number,
): void {
  let least = Infinity;
  for (let j = 0; j < count; j++) {
    const gap = gaps[j] - lowered[from + j];
    gaps[j] = gap;
    if (gap < least) least = gap;
  }
  if (least === Infinity) return;
  if (least < total.least) {
    total.sum *= Math.exp((least - total.least) / epsilon);
    total.least = least;
  }
  const furthest = total.least - LEAST * epsilon;
  if (least > furthest) return;
  let sum = 0;
  for (let j = 0; j < count; j++) if (gaps[j] < furthest) sum += expOf((total.least - gaps[j]) / epsilon);
  total.sum += sum;
}
