import type { KernelModel } from '../../kernels/model.js';
import type { Gpu } from '../../kernels/webgpu/device.js';
import type { GpuSweepOptions } from '../../kernels/webgpu/options.js';
import type { ResidentRows } from '../../kernels/webgpu/resident.js';
import { rowOutputs } from '../../kernels/webgpu/row-outputs.js';
import { SingleSweeper } from '../../kernels/webgpu/single-sweeper.js';
import { fitsSingle } from '../../kernels/webgpu/single.wgsl.js';
import { ChunkedSweeper } from '../../kernels/webgpu/chunked-sweeper.js';
import { takeRows } from '../../kernels/webgpu/take.js';
import { isMatrix } from '../../kernels/form.js';
import { emptyMoments, type Moments, type PackedComponents, type PlanModel } from '../moments.js';
import { logitsOf, type Logits } from './logits.js';
import type { RowOptions, RowOutputs, Shard, SweepOptions } from './shard.js';
import { total } from './tensor-block.js';
import { WebgpuNearestCentres } from './webgpu-nearest.js';

/**
 * Up to this ratio of a factor's diagonal entries, moments are summed as differences in the columns' own
 * scales: float32 then loses less than 1e-4 of the narrowest direction's variance. Beyond, they are summed
 * whitened, at half as much work more.
 */
const LONGEST = 8;

/** A shard on a GPU, swept by the fused WebGPU kernels. Owns its rows there; the device is the caller's. */
export class WebgpuShard implements Shard {
  readonly n: number;
  readonly d: number;
  private readonly single: SingleSweeper;
  private readonly chunked: ChunkedSweeper;
  /** Σ of the row weights. */
  private readonly weight: number;

  constructor(
    private readonly gpu: Gpu,
    private readonly rows_: ResidentRows,
    options?: GpuSweepOptions,
  ) {
    this.n = rows_.n;
    this.d = rows_.d;
    this.weight = total(rows_.tileWeights);
    this.single = new SingleSweeper(gpu, rows_);
    this.chunked = new ChunkedSweeper(gpu, rows_, options);
  }

  async sweep(model: PlanModel, { objectiveNear = 0, coupling = false, signal }: SweepOptions = {}): Promise<Moments> {
    signal?.throwIfAborted();
    const { components } = model;
    const { form, k, d } = components;
    const logits = logitsOf(model);
    const { hard, reference, temperature } = logits;
    const centre = Math.fround(-objectiveNear / temperature - reference);
    const shape = { form, k, d, hard, coupling };
    const single = fitsSingle(shape);
    const frame = single || (isMatrix(form) && isLong(components)) ? 'whitened' : 'differences';
    const moments: Moments = { ...emptyMoments(components, coupling), frame };
    const packed = gpuModel(components, logits, centre);
    const logSum = single
      ? await this.single.sweep(packed, shape, moments, signal)
      : await this.chunked.sweep(packed, { ...shape, frame }, moments, signal);
    moments.weight = this.weight;
    moments.objective = -temperature * (logSum + this.weight * (centre + reference));
    return moments;
  }

  async *rows(model: PlanModel, { responsibilities = false, signal }: RowOptions = {}): AsyncIterable<RowOutputs> {
    const logits = logitsOf(model);
    const packed = gpuModel(model.components, logits, 0);
    for await (const block of rowOutputs(this.gpu, this.rows_, packed, responsibilities, signal)) {
      const { logSum, logLargest } = block;
      yield {
        ...block,
        logDensity: Float64Array.from(logSum, (value) => value + logits.reference),
        logLargest: Float64Array.from(logLargest),
      };
    }
  }

  async take(indices: readonly number[]): Promise<Float64Array> {
    return Float64Array.from(await takeRows(this.gpu, this.rows_, indices));
  }

  nearestCentres(metric: Float64Array, signal?: AbortSignal): WebgpuNearestCentres {
    this.gpu.check();
    return new WebgpuNearestCentres(this.gpu, this.rows_, metric, signal);
  }

  dispose(): void {
    this.single.dispose();
    this.chunked.dispose();
    this.rows_.dispose();
  }
}

function gpuModel({ form, k, d, means, whitening }: PackedComponents, logits: Logits, centre: number): KernelModel {
  return { form, k, d, means, whitening, offsets: logits.offsets, rate: logits.rate, centre };
}

/** Whether a covariance is so long and narrow that sums of differences would lose its narrow directions. */
function isLong({ d, whitening }: PackedComponents): boolean {
  for (let at = 0; at < whitening.length; at += d * d) {
    let least = Infinity;
    let most = 0;
    for (let j = 0; j < d; j++) {
      const entry = whitening[at + j * (d + 1)];
      least = Math.min(least, entry);
      most = Math.max(most, entry);
    }
    if (most > LONGEST * least) return true;
  }
  return false;
}
