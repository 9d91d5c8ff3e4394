import { yieldToEvents } from '../../base/event-loop.js';
import { isMatrix } from '../../../kernels/form.js';
import type { Floats, PlanModel, QuadraticShape } from '../model.js';
import { emptyMoments, type Moments, type QuadraticMoments } from '../moments.js';
import { addStatistics, exactPlan, quadraticColumns, type ExactRow } from './plan.js';
import { completed } from '../seen.js';
import type { RowOptions, RowOutputs, SweepOptions, SweepRequest, SweptRows } from '../shard.js';

/** Rows between breaths, and handed over at once. */
const BLOCK_ROWS = 1024;

/** Consecutive rows in scaled coordinates, float64. */
export interface ExactBlock {
  /** Index of the first row. */
  readonly start: number;
  /** Row-major `[rows, d]`. */
  readonly values: Float64Array;
  /** `[rows]`. */
  readonly weights: Float64Array;
  /** log h(x) of families that have it, `[rows]`, nats: what log-densities exceed those of the model's terms by. */
  readonly base?: Float64Array | undefined;
}

/** Blocks that come one after the other, again and again, from wherever they lie. */
export type ExactBlocks = (Iterable<ExactBlock> | AsyncIterable<ExactBlock>) & {
  /** Rows of all. */
  readonly n: number;
};

/** Rows that are swept in float64 on the host, in plain TypeScript: for what float32 can't tell. */
export class ExactShard implements SweptRows<Floats> {
  readonly n: number;

  constructor(
    readonly d: number,
    private readonly blocks: readonly ExactBlock[] | ExactBlocks,
  ) {
    this.n = 'n' in blocks ? blocks.n : blocks.reduce((sum, { weights }) => sum + weights.length, 0);
  }

  async sweep(
    requests: readonly SweepRequest<Floats>[],
    { signal, partial = false }: SweepOptions = {},
  ): Promise<Moments[]> {
    const moments: Moments[] = [];
    for (const request of requests) {
      const sums = await this.sweepOne(request, signal);
      moments.push(partial ? sums : completed(sums, request.model.components));
    }
    return moments;
  }

  private async sweepOne({ model, coupling }: SweepRequest<Floats>, signal?: AbortSignal): Promise<Moments> {
    const moments = emptyMoments(model.components, { coupling });
    const temperature = model.epsilon || 1;
    const plan = exactPlan(model);
    const add = adder(moments, model);
    for await (const { values, weights, base } of this.blocks) {
      for (let row = 0; row < weights.length; row++) {
        if (row % BLOCK_ROWS === 0) await yieldToEvents(signal);
        if (weights[row] === 0) continue;
        const found = plan.of(values, row * this.d);
        moments.weight += weights[row];
        moments.objective -= temperature * weights[row] * found.logSum;
        if (base) moments.objective -= weights[row] * base[row];
        add(found, weights[row], values, row * this.d);
      }
    }
    plan.gaps.forEach((gaps, q) => gaps.complete(moments.quadratic[q]));
    return moments;
  }

  async *rows(model: PlanModel<Floats>, { responsibilities, signal }: RowOptions = {}): AsyncIterable<RowOutputs> {
    for await (const block of this.blocks) {
      await yieldToEvents(signal);
      yield exactOutputs(model, block, this.d, responsibilities);
    }
  }

  async take(indices: readonly number[]): Promise<Float64Array> {
    const { d, blocks } = this;
    const outside = indices.find((index) => !(index >= 0 && index < this.n));
    if (outside !== undefined) throw new RangeError(`row ${outside} of ${this.n}`);
    const taken = new Float64Array(indices.length * d);
    for await (const { start, values, weights } of blocks) {
      for (const [position, index] of indices.entries()) {
        const at = (index - start) * d;
        if (index >= start && index < start + weights.length) taken.set(values.subarray(at, at + d), position * d);
      }
    }
    return taken;
  }
}

/** Adds the part of a row, which begins at `from`, to the moments: `Moments` says of what. */
type Adder = (row: ExactRow, weight: number, values: Float64Array, from: number) => void;

export function adder(moments: Moments, { components, epsilon }: PlanModel<Floats>): Adder {
  const { k, quadratic } = components;
  const { mass, coupling, linear: sums } = moments;
  const { linear } = components;
  const first = quadraticColumns(components);
  return (row, weight, values, from) => {
    const { gaps, shares, label } = row;
    if (epsilon === 0) shares.fill(0).fill(1, label, label + 1);
    for (let c = 0; c < k; c++) {
      const share = weight * shares[c];
      if (share === 0) continue;
      mass[c] += share;
      for (let q = 0; q < quadratic.length; q++) {
        addTerm(moments.quadratic[q], quadratic[q], row, q, c, share);
        const gap = gaps[q];
        if (gap) gap.mass[c] += share;
      }
      if (linear && sums) addStatistics(linear, sums, c, values, from + first, share);
      if (coupling) for (let l = 0; l < k; l++) coupling[c * k + l] += share * shares[l];
    }
  };
}

/** Adds what a row is to term q of component c. */
function addTerm(
  sums: QuadraticMoments,
  shape: QuadraticShape,
  { z, radial, shrink }: ExactRow,
  q: number,
  c: number,
  share: number,
): void {
  const [student, into] = [radial[q], sums.radial];
  if (!student || !into) {
    addSquares(sums, shape, c, z[q], share, share);
    return;
  }
  // u z zᵀ of z as it is: u of z divided by `shrink` is u shrink².
  const squared = share * student.roots[c] ** 2;
  addSquares(sums, shape, c, z[q], squared / shrink, squared);
  into.weight[c] += squared / shrink / shrink;
  into.logarithm[c] += share * student.logarithms[c];
}

/** Adds share · z and `squared` · z zᵀ of component c. */
function addSquares(
  { first, second }: QuadraticMoments,
  { form, d }: QuadraticShape,
  c: number,
  z: Float64Array,
  share: number,
  squared: number,
): void {
  const matrix = isMatrix(form);
  const at = c * d;
  const into = form === 'tied' ? 0 : at * (matrix ? d : 1);
  for (let i = 0; i < d; i++) {
    first[at + i] += share * z[at + i];
    const part = squared * z[at + i];
    if (matrix) for (let j = 0; j < d; j++) second[into + i * d + j] += part * z[at + j];
    else second[into + i] += part * z[at + i];
  }
}

/** What a model says of a block of rows, in float64. */
export function exactOutputs(
  model: PlanModel<Floats>,
  { start, values, weights, base }: ExactBlock,
  d: number,
  responsibilities = false,
): RowOutputs {
  const rows = weights.length;
  const { k } = model.components;
  const plan = exactPlan(model);
  const temperature = model.epsilon || 1;
  const outputs = {
    ...{ start, rows, weights, labels: new Int32Array(rows) },
    responsibilities: new Float32Array(responsibilities ? rows * k : 0),
    ...{ logDensity: new Float64Array(rows), logLargest: new Float64Array(rows) },
  };
  for (let row = 0; row < rows; row++) {
    const { shares, label, logSum, logLargest } = plan.of(values, row * d);
    outputs.labels[row] = label;
    outputs.logDensity[row] = base ? logSum + base[row] / temperature : logSum;
    outputs.logLargest[row] = logLargest;
    if (responsibilities) outputs.responsibilities.set(shares, row * k);
  }
  return outputs;
}
