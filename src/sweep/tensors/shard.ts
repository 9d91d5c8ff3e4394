import { tf } from '#tfjs';
import { onBackend } from '../../../kernels/engine.js';
import { rowsKernel } from '../../../kernels/rows.js';
import { yieldToEvents } from '../../base/event-loop.js';
import { total } from '../../base/numbers.js';
import { centreOf, logDensityOf, objectiveOf } from '../conversions.js';
import type { PlanModel } from '../model.js';
import type { Moments } from '../moments.js';
import type { RowOptions, RowOutputs, Shard, SweepOptions, SweepRequest } from '../shard.js';
import { readAll, type TensorBlock } from './block.js';
import type { BlockSweep } from './block-sweep.js';
import { expandedSweep, expands } from './expanded.js';
import { tensorModel, type TensorModel } from './model.js';
import { TensorNearestCentres } from './nearest.js';
import { whitenedSweep } from './whitened.js';

/** A shard of tensors on one tfjs backend, swept by the composite kernels block after block. */
export class TensorShard implements Shard {
  readonly n: number;
  /** Blocks are awaited one by one. */
  readonly overlapping = false;

  constructor(
    readonly backend: string,
    readonly d: number,
    private readonly blocks: readonly TensorBlock[],
  ) {
    this.n = blocks.reduce((sum, block) => sum + block.rows, 0);
  }

  atOnce(): number {
    return 1;
  }

  async sweep(requests: readonly SweepRequest[], { signal }: SweepOptions = {}): Promise<Moments[]> {
    const moments: Moments[] = [];
    for (const request of requests) moments.push(await this.sweepOne(request, signal));
    return moments;
  }

  private async sweepOne(
    { model, objectiveNear, coupling = false }: SweepRequest,
    signal?: AbortSignal,
  ): Promise<Moments> {
    const sweep = onBackend(this.backend, () => blockSweep(model, coupling, this.backend));
    const { moments } = sweep;
    const centre = centreOf(sweep, objectiveNear);
    try {
      for (const block of this.blocks) {
        await yieldToEvents(signal);
        const outputs = onBackend(this.backend, () => sweep.swept(block, centre));
        const sum = total(sweep.add(await readAll(outputs), block.groups));
        moments.weight += block.weight;
        moments.objective += objectiveOf(sweep, { centre, weight: block.weight, sum });
      }
    } finally {
      sweep.dispose();
    }
    sweep.finish();
    return moments;
  }

  async *rows(model: PlanModel, options: RowOptions = {}): AsyncIterable<RowOutputs> {
    const packed = onBackend(this.backend, () => tensorModel(model, this.backend));
    try {
      for (const block of this.blocks) {
        await yieldToEvents(options.signal);
        const outputs = await this.blockRows(block, packed);
        yield options.responsibilities ? outputs : { ...outputs, responsibilities: new Float32Array() };
      }
    } finally {
      tf.dispose(Object.values(packed.inputs));
    }
  }

  private async blockRows(block: TensorBlock, packed: TensorModel): Promise<RowOutputs> {
    const { start, rows, x, hostWeights } = block;
    const outputs = onBackend(this.backend, () => rowsKernel({ x, ...packed.inputs }, packed.attributes));
    const [labels, responsibilities, logSum, logLargest] = (await readAll(outputs)) as [
      Int32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const k = packed.inputs.offsets.shape[0];
    return {
      start,
      rows,
      labels: labels.subarray(0, rows),
      responsibilities: responsibilities.subarray(0, rows * k),
      logDensity: logDensityOf(packed, logSum.subarray(0, rows)),
      logLargest: new Float64Array(logLargest.subarray(0, rows)),
      weights: hostWeights,
    };
  }

  async take(indices: readonly number[]): Promise<Float64Array> {
    const taken = new Float64Array(indices.length * this.d);
    for (const [position, index] of indices.entries()) {
      const block = this.blocks.find(({ start, rows }) => index >= start && index < start + rows);
      if (!block) throw new RangeError(`row ${index} of ${this.n}`);
      const row = onBackend(this.backend, () => tf.slice(block.x, [index - block.start, 0], [1, -1]));
      const [values] = (await readAll([row])) as [Float32Array];
      taken.set(values, position * this.d);
    }
    return taken;
  }

  nearestCentres(metric: Float64Array, signal?: AbortSignal): TensorNearestCentres {
    return new TensorNearestCentres(this.backend, this.blocks, metric, signal);
  }

  dispose(): void {
    for (const { x, weights } of this.blocks) tf.dispose([x, weights]);
  }
}

/**
 * The way that serves a model on a backend. Libtensorflow multiplies matrices so much faster than it does anything else that
 * squares are expanded where they may be.
 */
function blockSweep(model: PlanModel, coupling: boolean, backend: string): BlockSweep {
  const expanded = backend === 'tensorflow' && expands(model.components);
  return expanded ? expandedSweep(model, coupling) : whitenedSweep(model, coupling, backend);
}
