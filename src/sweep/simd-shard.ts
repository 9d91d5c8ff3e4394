import { GROUP_ROWS, sumsLayout, tileRows } from '../../kernels/simd/layout.js';
import type { SimdModel } from '../../kernels/simd/model.js';
import type { RowBlock } from '../../kernels/simd/tasks.js';
import { emptyMoments, type Moments, type PlanModel } from '../moments.js';
import type { TaskForce } from '../threads/pool.js';
import { logitsOf } from './logits.js';
import type { RowOptions, RowOutputs, Shard, SweepOptions } from './shard.js';
import { addSums } from './simd-moments.js';
import { SimdNearestCentres } from './simd-nearest.js';
import { groupWeights, locate, sharedDoubles, sharedFloats, sharedIntegers } from './simd-rows.js';
import { tiedMeans } from './simd-tied.js';

/** Parts a sweep is cut into, whatever the number of threads, and what their sums may take, bytes. */
const PARTS = 64;
const PART_MEMORY = 2 ** 26;
/** Responsibilities handed over at once. */
const ROW_OUTPUTS = 2 ** 22;

/** A shard in the memory of the CPU, swept by the fused SIMD kernel on the threads of a task force. */
export class SimdShard implements Shard {
  readonly n: number;
  private readonly groupWeights: Float64Array;

  constructor(
    readonly d: number,
    private readonly blocks: readonly RowBlock[],
    private readonly force: TaskForce,
  ) {
    this.n = blocks.reduce((sum, { rows }) => sum + rows, 0);
    this.groupWeights = groupWeights(blocks);
  }

  async sweep(plan: PlanModel, options: SweepOptions = {}): Promise<Moments> {
    const { objectiveNear = 0, coupling = false, tails = false, signal } = options;
    const { reference, temperature, ...logits } = logitsOf(plan);
    const { form, k, d, means, whitening } = plan.components;
    const centre = Math.fround(-objectiveNear / temperature - reference);
    const tied = tiedMeans(plan.components);
    const shared = tied?.shared;
    const all = coupling || shared !== undefined;
    const model: SimdModel = { form, k, d, means, whitening, shared, ...logits, centre, coupling: all, tails };
    const { count } = sumsLayout(form, k, d, all);
    const parts = Math.max(1, Math.min(PARTS, this.groupWeights.length, Math.floor(PART_MEMORY / (count * 8))));
    const results = sharedDoubles(parts * count);
    await this.force.run({ kind: 'sweep', model, parts, control: sharedIntegers(2), results }, signal);
    const moments = emptyMoments(plan.components, coupling);
    moments.weight = this.groupWeights.reduce((sum, weight) => sum + weight, 0);
    // In the order of the parts: the sum is the same whoever computed them.
    const sums = results.slice(0, count);
    for (let part = 1; part < parts; part++) {
      for (let i = 0; i < count; i++) sums[i] += results[part * count + i];
    }
    moments.objective = -temperature * (sums[0] + moments.weight * (centre + reference));
    addSums(moments, sums, model, tied);
    return moments;
  }

  async *rows(plan: PlanModel, options: RowOptions = {}): AsyncIterable<RowOutputs> {
    const { reference, temperature: _, ...logits } = logitsOf(plan);
    const { form, k, d, means, whitening } = plan.components;
    const shared = tiedMeans(plan.components)?.shared;
    const unsummed = { hard: false, centre: 0, coupling: false, tails: true };
    const model: SimdModel = { form, k, d, means, whitening, shared, ...logits, ...unsummed };
    const columns = options.responsibilities ? k : 0;
    const step = Math.max(1, Math.min(PARTS, Math.floor(ROW_OUTPUTS / (columns * GROUP_ROWS))));
    const most = Math.min(step * GROUP_ROWS, this.n);
    const into = {
      labels: sharedIntegers(most),
      logSum: sharedFloats(most),
      logLargest: sharedFloats(most),
      responsibilities: sharedFloats(most * columns),
    };
    for (let first = 0; first < this.groupWeights.length; first += step) {
      const start = first * GROUP_ROWS;
      const rows = Math.min(most, this.n - start);
      const parts = Math.ceil(rows / GROUP_ROWS);
      await this.force.run({ kind: 'rows', model, first, parts, control: sharedIntegers(2), into }, options.signal);
      yield {
        start,
        rows,
        labels: into.labels.slice(0, rows),
        responsibilities: into.responsibilities.slice(0, rows * columns),
        logDensity: new Float64Array(into.logSum.subarray(0, rows)).map((value) => value + reference),
        logLargest: new Float64Array(into.logLargest.subarray(0, rows)),
        weights: this.weightsOf(start, rows),
      };
    }
  }

  take(indices: readonly number[]): Promise<Float64Array> {
    const { d } = this;
    const tile = tileRows(d);
    const taken = new Float64Array(indices.length * d);
    for (const [position, index] of indices.entries()) {
      const { block, at } = locate(this.blocks, index);
      const from = Math.floor(at / tile) * tile * d + (at % tile);
      for (let j = 0; j < d; j++) taken[position * d + j] = this.blocks[block].x[from + j * tile];
    }
    return Promise.resolve(taken);
  }

  nearestCentres(metric: Float64Array, signal?: AbortSignal): SimdNearestCentres {
    const parts = Math.min(PARTS, this.groupWeights.length);
    return new SimdNearestCentres(this.blocks, this.groupWeights, this.force, Float32Array.from(metric), parts, signal);
  }

  dispose(): void {
    this.force.stop();
  }

  /** Weights of consecutive rows, which may lie in several blocks. */
  private weightsOf(start: number, rows: number): Float32Array {
    const weights = new Float32Array(rows);
    for (let row = 0; row < rows;) {
      const { block, at } = locate(this.blocks, start + row);
      const count = Math.min(rows - row, this.blocks[block].rows - at);
      weights.set(this.blocks[block].v.subarray(at, at + count), row);
      row += count;
    }
    return weights;
  }
}
