import { tf } from '#tfjs';
import type { TypedArray } from '@tensorflow/tfjs';
import { onBackend } from '../../../kernels/engine.js';
import { isMatrix } from '../../../kernels/form.js';
import { rowsKernel } from '../../../kernels/rows.js';
import { sweepKernel } from '../../../kernels/sweep.js';
import { yieldToEvents } from '../../base/event-loop.js';
import { total } from '../../base/numbers.js';
import { centreOf, logDensityOf, objectiveOf } from '../conversions.js';
import type { PackedShape, PlanModel } from '../model.js';
import { emptyMoments, takeOffMass, type Moments } from '../moments.js';
import type { RowOptions, RowOutputs, Shard, SweepOptions, SweepRequest } from '../shard.js';
import { readAll, type TensorBlock } from './block.js';
import { tensorModel, type TensorModel } from './model.js';
import { TensorNearestCentres } from './nearest.js';

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
    const moments = emptyMoments(model.components, { coupling });
    const packed = onBackend(this.backend, () => tensorModel(model, this.backend));
    const centre = centreOf(packed, objectiveNear);
    try {
      for (const block of this.blocks) {
        await yieldToEvents(signal);
        const { x, weights, groups } = block;
        const outputs = onBackend(this.backend, () =>
          sweepKernel({ x, weights, ...packed.inputs }, { ...packed.attributes, groups, centre, coupling }),
        );
        const sum = addGroups(moments, await readAll(outputs), groups, model.components);
        moments.weight += block.weight;
        moments.objective += objectiveOf(packed, { centre, weight: block.weight, sum });
      }
    } finally {
      tf.dispose(Object.values(packed.inputs));
    }
    takeOffMass(moments);
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
 * Adds a block's group sums to the moments, in float64 and in the order of the groups;
 * returns its Σ v (logSum − centre).
 */
function addGroups(
  { mass, quadratic, linear, coupling }: Moments,
  outputs: readonly TypedArray[],
  groups: number,
  { k, ...shape }: PackedShape,
): number {
  const [objective, ...sums] = outputs;
  const rest = sums.values();
  const add = (into: Float64Array, inner: number): void =>
    addOver(into, rest.next().value as TypedArray, groups, inner);
  add(mass, k);
  for (const [index, { first, second, radial }] of quadratic.entries()) {
    const { form, d } = shape.quadratic[index];
    add(first, d);
    add(second, isMatrix(form) ? d * d : d);
    if (radial) {
      add(radial.weight, 1);
      add(radial.logarithm, 1);
    }
  }
  if (linear) add(linear, linear.length);
  if (coupling) add(coupling, k * k);
  return total(objective);
}

/** into `[outer, inner]` += Σ_g values `[outer, groups, inner]`. */
function addOver(into: Float64Array, values: TypedArray, groups: number, inner: number): void {
  for (let outer = 0, from = 0; outer < into.length; outer += inner) {
    for (let group = 0; group < groups; group++) {
      for (let i = 0; i < inner; i++) into[outer + i] += values[from++];
    }
  }
}
