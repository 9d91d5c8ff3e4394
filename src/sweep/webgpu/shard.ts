import type { Gpu } from '../../../kernels/webgpu/device.js';
import type { GpuModel, GpuShape } from '../../../kernels/webgpu/model.js';
import type { GpuSweepOptions } from '../../../kernels/webgpu/options.js';
import type { SweepArrays } from '../../../kernels/webgpu/stages.js';
import type { ResidentRows } from '../../../kernels/webgpu/resident.js';
import { rowOutputs } from '../../../kernels/webgpu/row-outputs.js';
import { singlesAtOnce, SingleSweeper } from '../../../kernels/webgpu/single-sweeper.js';
import { fitsSingle, type SingleShape } from '../../../kernels/webgpu/single.wgsl.js';
import { chunkedAtOnce, ChunkedSweeper } from '../../../kernels/webgpu/chunked-sweeper.js';
import type { RowFormat } from '../../../kernels/webgpu/rows.wgsl.js';
import { takeRows } from '../../../kernels/webgpu/take.js';
import { isMatrix } from '../../../kernels/form.js';
import { total } from '../../base/numbers.js';
import { centreOf, logDensityOf, objectiveOf } from '../conversions.js';
import type { PackedModel, PackedShape, PlanModel, SoleQuadratic } from '../model.js';
import { emptyMoments, takeOffMass, type Frame, type Moments } from '../moments.js';
import { logitsOf, type Logits } from '../logits.js';
import { quadraticOf, shapeOf } from '../quadratic.js';
import { completeTied, tiedMeans, type TiedMeans } from '../tied.js';
import type { RowOptions, RowOutputs, Shard, SweepOptions, SweepRequest } from '../shard.js';
import { requireWide } from './float16.js';
import { WebgpuNearestCentres } from './nearest.js';

/**
 * Up to this ratio of a factor's diagonal entries, moments are summed as differences in the columns' own scales.
 * Float32 then loses less than 1e-4 of the narrowest direction's variance. Beyond, they are summed whitened, at half as
 * much work more.
 */
const LONGEST = 8;

/** A shard on a GPU, swept by the fused WebGPU kernels. Owns its rows there; the device is the caller's. */
export class WebgpuShard implements Shard {
  readonly n: number;
  readonly d: number;
  readonly overlapping: boolean;
  private readonly single: SingleSweeper;
  private readonly chunked: ChunkedSweeper;
  /** Σ of the row weights. */
  private readonly weight: number;

  constructor(
    private readonly gpu: Gpu,
    private readonly rows_: ResidentRows,
    private readonly options?: GpuSweepOptions,
  ) {
    this.n = rows_.n;
    this.d = rows_.d;
    this.weight = total(rows_.tileWeights);
    this.single = new SingleSweeper(gpu, rows_);
    this.chunked = new ChunkedSweeper(gpu, rows_, options);
    this.overlapping = rows_.chunks.every(({ resident }) => resident !== undefined); // others share buffers for uploads
  }

  atOnce(shape: PackedShape): number {
    const own = { ...gpuShape(shape, this.rows_.format), hard: false, coupling: false };
    return fitsSingle(own) ? singlesAtOnce(this.n, own) : chunkedAtOnce(this.gpu, this.n, own);
  }

  /** Models of one shape at once: small ones by one submission, others one right after the other. */
  async sweep(requests: readonly SweepRequest[], { signal }: SweepOptions = {}): Promise<Moments[]> {
    signal?.throwIfAborted();
    const { format } = this.rows_;
    if (format === 'float16') for (const { model } of requests) requireWide(model.components);
    const sweeps = requests.map((request) => gpuSweep(request, format, this.options));
    for (const alike of groupsOf(sweeps)) {
      const sums = await this.sums(alike, signal);
      for (const [index, sweep] of alike.entries()) this.complete(sweep, sums[index]);
    }
    return sweeps.map(({ moments }) => moments);
  }

  /** Adds the sums of sweeps of one kind; resolves to Σ v (log Σ exp logit − centre) of each. */
  private async sums(alike: readonly GpuSweep[], signal?: AbortSignal): Promise<number[]> {
    const [{ shape, single, frame }] = alike;
    const sweeps = alike.map(({ model, moments, tied }) => ({
      model,
      into: { ...arraysOf(moments), ...(tied && { coupling: tied.coupling }) },
    }));
    return single ? this.single.sweep(sweeps, shape, signal) : this.chunked.sweep(sweeps, { ...shape, frame }, signal);
  }

  private complete(sweep: GpuSweep, sum: number): void {
    const { weight } = this;
    sweep.moments.weight = weight;
    sweep.moments.objective = objectiveOf(sweep, { centre: sweep.model.centre, weight, sum });
    takeOffMass(sweep.moments);
    if (sweep.tied) completeTied(sweep.moments, sweep.tied.coupling, sweep.tied.means);
  }

  async *rows(model: PlanModel, { responsibilities = false, signal }: RowOptions = {}): AsyncIterable<RowOutputs> {
    const logits = logitsOf(model);
    const packed = gpuModel(model.components, logits, 0, this.rows_.format);
    for await (const block of rowOutputs(this.gpu, this.rows_, packed, responsibilities, signal)) {
      const { logSum, logLargest } = block;
      yield {
        ...block,
        logDensity: logDensityOf(logits, logSum),
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

/** A sweep in the kernels' terms. */
interface GpuSweep extends Pick<Logits, 'reference' | 'temperature'> {
  readonly model: GpuModel;
  readonly shape: SingleShape;
  /** Whether it is small enough for one kernel. */
  readonly single: boolean;
  readonly frame: Frame;
  /** Empty as yet. */
  readonly moments: Moments;
  /** Of tied components whose rows are whitened once: what completes their moments, given the coupling. */
  readonly tied?: { readonly means: TiedMeans; readonly coupling: Float64Array } | undefined;
}

function gpuSweep(
  { model, objectiveNear, coupling = false }: SweepRequest,
  format: RowFormat,
  options?: GpuSweepOptions,
): GpuSweep {
  const { components } = model;
  const logits = logitsOf(model);
  const { hard, reference, temperature } = logits;
  const centre = centreOf(logits, objectiveNear);
  const shape = { ...gpuShape(components, format), hard, coupling };
  const packed = gpuModel(components, logits, centre, format);
  const common = { reference, temperature, single: fitsSingle(shape) };
  const each = common.single || components.linear || options?.without === 'whitening once';
  const means = each ? undefined : tiedMeans(quadraticOf(components));
  if (means) {
    const moments = emptyMoments(components, { coupling });
    const tied = { means, coupling: moments.coupling ?? new Float64Array(shape.k ** 2) };
    const once = { once: true, shared: means.shared };
    const summed = { ...shape, once: true, coupling: true };
    return { ...common, model: { ...packed, ...once }, shape: summed, frame: 'whitened', moments, tied };
  }
  const frame = common.single || isLong(quadraticOf(components)) ? 'whitened' : 'differences';
  return { ...common, model: packed, shape, frame, moments: emptyMoments(components, { coupling, frame }) };
}

/** Sweeps of one kind: those that one group of programs makes. */
function groupsOf(sweeps: readonly GpuSweep[]): Iterable<GpuSweep[]> {
  const groups = new Map<string, GpuSweep[]>();
  for (const sweep of sweeps) {
    const name = JSON.stringify([sweep.shape, sweep.frame]);
    groups.set(name, [...(groups.get(name) ?? []), sweep]);
  }
  return groups.values();
}

/** Moments of one quadratic term, or of none, as the kernels fill them. */
function arraysOf({ quadratic, mass, coupling, linear }: Moments): SweepArrays {
  const nothing = new Float64Array();
  const [{ first, second, radial } = { first: nothing, second: nothing, radial: undefined }] = quadratic;
  return { mass, first, second, coupling, linear, radial };
}

function gpuShape(shape: PackedShape, rows: RowFormat): GpuShape {
  const { k, linear } = shape;
  const { form, d, radial } = shapeOf(shape);
  return {
    form,
    k,
    d,
    ...(rows !== 'float32' && { rows }),
    ...(radial && { radial }),
    ...(linear && { linear: { dense: linear.dense, levels: linear.levels } }),
  };
}

function gpuModel(components: PackedModel, { offsets, rate }: Logits, centre: number, rows: RowFormat): GpuModel {
  const { means, whitening, degrees } = quadraticOf(components);
  const { linear } = components;
  return { ...gpuShape(components, rows), means, whitening, degrees, linear, offsets, rate, centre };
}

/** Whether a covariance is so long and narrow that sums of differences would lose its narrow directions. */
function isLong({ form, d, whitening }: SoleQuadratic): boolean {
  if (!isMatrix(form)) return false;
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
