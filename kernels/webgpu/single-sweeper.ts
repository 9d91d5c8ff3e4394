/** Sweeps of small models, several at once: one kernel over all rows, then sums over its segments. */
import { isMatrix } from '../form.js';
import type { GpuModel } from './model.js';
import { readBuffer, STORAGE, UNIFORMS, USAGE } from './buffers.js';
import type { Gpu } from './device.js';
import { PipelineCache, type Owned } from './pipelines.js';
import { TILE_ROWS } from './layout.js';
import { modelSize, packModel } from './pack.js';
import { PASS_SLOT } from './pass.wgsl.js';
import { programOf, type Program } from './program.js';
import { Recorder } from './recorder.js';
import { totalProgram, TOTALS } from './reduce.wgsl.js';
import type { ResidentRows } from './resident.js';
import { fitsSingle, singleLayout, singleProgram, type SingleShape } from './single.wgsl.js';
import type { SweepArrays } from './stages.js';
import { bind, dispatch, passBinding, passesOf, passSlots, writeSlots, type Pass } from './work.js';

/** Tiles that a workgroup walks over: enough to make its last sums cheap; more where there are very many. */
const SEGMENT_TILES = 16;
const MOST_SEGMENTS = 2 ** 16;
/** Models at once, and operations of all their sweeps, at the most: about what a GPU does while it answers to one submission. */
const MOST_MODELS = 16;
const MOST_OPERATIONS = 1e8;
/** Kinds of sweeps whose pipelines are kept: those that are made at once may be of two kinds, with coupling and without. */
const KINDS_KEPT = 2;

/** One of several sweeps: its model, and what its sums are added to. */
export interface SingleSweep {
  readonly model: GpuModel;
  readonly into: SweepArrays;
}

interface Pipelines {
  /** Models that there is room for. */
  readonly room: number;
  readonly single: Program;
  readonly total: Program;
  readonly passes: readonly Pass[];
  readonly segmentTiles: number;
  /** Of all chunks. */
  readonly segments: number;
  readonly buffers: { readonly [name in 'model' | 'sums' | 'totals' | 'readback' | 'passes' | 'sizes']: GPUBuffer };
}

/** Sums of all segments under all models: where, and how many of each. */
interface Segments {
  readonly sums: GPUBufferBinding;
  readonly count: number;
  readonly models: number;
}

/** Operations per row of a sweep with so many sums. */
const singleOperations = (count: number): number => 4 * count;

/** How many models of this shape are best swept at once, 1 where the shape is too large or rows are so many. */
export function singlesAtOnce(rows: number, shape: SingleShape): number {
  if (!fitsSingle(shape)) return 1;
  const operations = rows * singleOperations(singleLayout(shape).count);
  return Math.max(1, Math.min(MOST_MODELS, Math.floor(MOST_OPERATIONS / operations)));
}

export class SingleSweeper {
  private readonly cache: PipelineCache<SingleShape, Pipelines>;

  constructor(
    private readonly gpu: Gpu,
    private readonly rows: ResidentRows,
  ) {
    this.cache = new PipelineCache(gpu, KINDS_KEPT);
  }

  /**
   * Adds the sums of sweeps with models of one shape, whitened; resolves to Σ v (log Σ exp logit − centre) of each. They are
   * the same bit for bit however many there are.
   */
  async sweep(sweeps: readonly SingleSweep[], shape: SingleShape, signal?: AbortSignal): Promise<number[]> {
    const { gpu } = this;
    const models = sweeps.length;
    const make = (own: Owned): Promise<Pipelines> => this.makePipelines(shape, models, own);
    const pipelines = await this.cache.of(shape, make, ({ room }) => room >= models);
    const { buffers } = pipelines;
    const { count } = singleLayout(shape);
    const recorder = new Recorder(gpu, signal);
    gpu.device.queue.writeBuffer(buffers.model, 0, packModels(sweeps, shape));
    const sums = { buffer: buffers.sums, size: 4 * count * pipelines.segments * models };
    await this.record(pipelines, recorder, { sums, count, models });
    const totals = bind(gpu.device, pipelines.total, [{ buffer: buffers.sizes, size: 16 }, sums, buffers.totals]);
    dispatch(recorder.compute, totals, 0, count * models, gpu);
    const bytes = 16 * TOTALS * count;
    recorder.commands.copyBufferToBuffer(buffers.totals, 0, buffers.readback, 0, bytes * models);
    recorder.submit();
    const read = await readBuffer(gpu, buffers.readback, bytes * models);
    recorder.done();
    return sweeps.map(({ into }, index) => unpack(new Float32Array(read, bytes * index, bytes / 4), shape, into));
  }

  dispose(): void {
    this.cache.dispose();
  }

  /** Records the sums of all segments. */
  private async record(pipelines: Pipelines, recorder: Recorder, { sums, count, models }: Segments): Promise<void> {
    const { gpu, rows } = this;
    for (const [index, pass] of pipelines.passes.entries()) {
      const { x, v } = await rows.buffersOf(index, recorder);
      const bindings = [passBinding(pipelines.buffers.passes), x, v, pipelines.buffers.model, sums];
      const bound = bind(gpu.device, pipelines.single, bindings);
      dispatch(recorder.compute, bound, pass.slot, Math.ceil(pass.tiles / pipelines.segmentTiles), gpu, models);
      await recorder.recorded(pass.rows * singleOperations(count) * models);
      if (rows.chunks[index].host) recorder.submit();
    }
  }

  private async makePipelines(shape: SingleShape, room: number, own: Owned): Promise<Pipelines> {
    const { gpu, rows } = this;
    const { device } = gpu;
    const { count } = singleLayout(shape);
    const segmentTiles = SEGMENT_TILES * Math.ceil(rows.tiles / (SEGMENT_TILES * MOST_SEGMENTS));
    const [single, total] = await Promise.all([
      programOf(device, singleProgram(shape, segmentTiles)),
      programOf(device, totalProgram),
    ]);
    let segments = 0;
    // A pass is a whole chunk; where its segments begin among all stands in place of its first tile among all.
    const passes = passesOf(rows.chunks, rows.chunks[0].tiles * TILE_ROWS).map(([pass]) => {
      const first = segments;
      segments += Math.ceil(pass.tiles / segmentTiles);
      return { ...pass, firstTileOfAll: first };
    });
    const slots = passSlots([passes]);
    const buffers = await own.make({
      model: [4 * modelSize(shape) * room, STORAGE],
      sums: [4 * count * segments * room, STORAGE],
      totals: [16 * TOTALS * count * room, STORAGE],
      readback: [16 * TOTALS * count * room, USAGE.mapRead | USAGE.copyTarget],
      passes: [PASS_SLOT * slots.length, UNIFORMS],
      sizes: [PASS_SLOT, UNIFORMS],
    } as const);
    writeSlots(device, buffers.passes, slots);
    writeSlots(device, buffers.sizes, [[segments, count * room, 0]]);
    return { room, single, total, passes, segmentTiles, segments, buffers };
  }
}

/** Models one behind the other. */
function packModels(sweeps: readonly SingleSweep[], shape: SingleShape): Float32Array<ArrayBuffer> {
  const size = modelSize(shape);
  const packed = new Float32Array(size * sweeps.length);
  for (const [index, { model }] of sweeps.entries()) packed.set(packModel(model), index * size);
  return packed;
}

/** Adds what was read, `[count, 64]` quads of (high, low, 0, 0); returns the objective's sum. */
function unpack(read: Float32Array, shape: SingleShape, into: SweepArrays): number {
  const { form, k, d, coupling, linear } = shape;
  const layout = singleLayout(shape);
  const sum = (index: number): number => {
    let total = 0;
    for (let at = 4 * TOTALS * index; at < 4 * TOTALS * (index + 1); at += 4) total += read[at] + read[at + 1];
    return total;
  };
  const triangle = (from: number, size: number, to: Float64Array): void => {
    for (let j = 0, at = from; j < size; j++) {
      for (let l = 0; l <= j; l++, at++) {
        const value = sum(at);
        to[j * size + l] += value;
        if (l < j) to[l * size + j] += value;
      }
    }
  };
  for (let c = 0; c < k; c++) into.mass[c] += sum(1 + c);
  for (let at = 0; at < k * d; at++) into.first[at] += sum(layout.first + at);
  for (let c = 0; c < (form === 'tied' ? 1 : k); c++) {
    const from = layout.second + c * layout.secondSize;
    if (isMatrix(form)) triangle(from, d, into.second.subarray(c * d * d, (c + 1) * d * d));
    else for (let j = 0; j < d; j++) into.second[c * d + j] += sum(from + j);
  }
  if (into.radial) {
    for (let c = 0; c < k; c++) {
      into.radial.weight[c] += sum(layout.radial + c);
      into.radial.logarithm[c] += sum(layout.radial + k + c);
    }
  }
  if (linear && into.linear) for (let at = 0; at < into.linear.length; at++) into.linear[at] += sum(layout.linear + at);
  if (coupling && into.coupling) triangle(layout.coupling, k, into.coupling);
  return sum(0);
}
