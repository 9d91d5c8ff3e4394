/** Sweeps over rows on a device: plan and moments, pass after pass; the plan of one pass alone is ever in memory. */
import { operationsPerRow } from '../form.js';
import { readBuffer, STORAGE, UNIFORMS, USAGE } from './buffers.js';
import type { Gpu } from './device.js';
import { GpuError } from './error.js';
import { PipelineCache, Owned } from './pipelines.js';
import { BLOCK_ROWS, modelLayout, passLines, planLines, TILE_QUADS, TILE_ROWS } from './layout.js';
import { linearPass, type LinearPass } from './linear-pass.js';
import { operationsOf, type GpuModel, type GpuShape, type MomentFrame } from './model.js';
import { momentStages, type Trial } from './moment-stages.js';
import { modelSize, packModel } from './pack.js';
import { momentCuts, type MomentCut } from './moments-geometry.js';
import type { GpuSweepOptions, Speedup } from './options.js';
import { PASS_SLOT } from './pass.wgsl.js';
import { planProgram } from './plan.wgsl.js';
import { programOf, type Program } from './program.js';
import { Recorder } from './recorder.js';
import { reduceProgram, totalProgram } from './reduce.wgsl.js';
import type { ResidentRows } from './resident.js';
import type { Chunk } from './chunks.js';
import { dispatchOperations } from './speed.js';
import { couplingStage, linearStages, radialStage, type Reduction, type SumStage, type SweepArrays } from './stages.js';
import { sumsSize } from './unpack.js';
import { whiteningOf, type Whitening } from './whitening.js';
import { bind, dispatch, passBinding, passesOf, passSlots, writeSlots, type Pass } from './work.js';

/** Bytes for the plan of one pass: most of it stays in a large GPU's second-level cache. */
const PLAN_BYTES = 2 ** 25;
/** Sums of the objective that the host adds. */
const TOTALS = 64;

/**
 * Operations of a sweep from which it pays to try how its moments are summed fastest: some milliseconds of a large GPU.
 */
const TUNE_FROM = 1e11;

/** What to compute, besides the numbers of a model. */
export interface SweepKind extends GpuShape {
  readonly hard: boolean;
  readonly coupling: boolean;
  readonly frame: MomentFrame;
}

type Inputs = { readonly [name in 'model' | 'plan' | 'objective' | 'totals' | 'passes']: GPUBuffer };

/** Everything that sweeps of one kind need, made once. */
interface Pipelines {
  readonly kind: SweepKind;
  readonly rowsPerPass: number;
  readonly passes: readonly (readonly Pass[])[];
  readonly linear: LinearPass;
  readonly whitening: Whitening;
  readonly plan: Program;
  readonly reduce: Program;
  readonly total: Program;
  readonly stages: readonly SumStage[];
  readonly buffers: Inputs & { readonly [name in 'readback' | 'sizes']: GPUBuffer };
}

export class ChunkedSweeper {
  private readonly cache: PipelineCache<SweepKind, Pipelines>;

  constructor(
    private readonly gpu: Gpu,
    private readonly rows: ResidentRows,
    private readonly options: GpuSweepOptions = {},
  ) {
    this.cache = new PipelineCache(gpu);
  }

  /** Adds the sums of a sweep; resolves to Σ v (log Σ exp logit − centre). */
  async sweep(model: GpuModel, kind: SweepKind, into: SweepArrays, signal?: AbortSignal): Promise<number> {
    const { gpu } = this;
    const pipelines = await this.pipelinesFor(kind);
    const { device } = gpu;
    const recorder = new Recorder(gpu, signal);
    device.queue.writeBuffer(pipelines.buffers.model, 0, packModel(model));
    for (const { partial } of pipelines.stages) recorder.commands.clearBuffer(partial);
    for (const [index, chunk] of this.rows.chunks.entries()) await this.chunk(pipelines, recorder, index, chunk);
    this.reduce(pipelines, recorder);
    recorder.submit();
    const read = await readBuffer(gpu, pipelines.buffers.readback, readbackBytes(pipelines.stages));
    recorder.done();
    let at = 16 * TOTALS;
    for (const stage of pipelines.stages) {
      const { geometry } = stage;
      stage.add(new Float32Array(read, at, sumsSize(geometry)), into);
      at += 4 * sumsSize(geometry);
    }
    return new Float32Array(read, 0, 4 * TOTALS).reduce((sum, value) => sum + value, 0);
  }

  dispose(): void {
    this.cache.dispose();
  }

  /** The pipelines of the last sweep where it fits: the same kind, and passes of about the right length. */
  private pipelinesFor(kind: SweepKind): Promise<Pipelines> {
    return this.cache.of(
      kind,
      (own) => this.makePipelines(kind, own),
      ({ rowsPerPass: known }) => {
        const wanted = rowsPerPass(this.gpu, kind);
        return wanted < 4 * known && known < 4 * wanted;
      },
    );
  }

  private async chunk(pipelines: Pipelines, recorder: Recorder, index: number, chunk: Chunk): Promise<void> {
    const { gpu } = this;
    const { device } = gpu;
    const { model, plan, objective } = pipelines.buffers;
    const own = await this.rows.buffersOf(index, recorder);
    const rows = pipelines.whitening.rows(own);
    const uniforms = passBinding(pipelines.buffers.passes);
    const linear = pipelines.linear([uniforms, rows.x, model, plan]);
    const whitening = pipelines.whitening.bind(uniforms, own, model, plan);
    const planned = bind(device, pipelines.plan, [uniforms, rows.y, rows.v, model, plan, objective]);
    const summed = pipelines.stages.map((stage) => ({
      bound: bind(device, stage.program, [uniforms, ...stage.bindings(rows, model, plan)]),
      groups: stage.geometry.groups,
    }));
    for (const pass of pipelines.passes[index]) {
      linear(recorder.compute, pass);
      whitening.before(recorder.compute, pass);
      dispatch(recorder.compute, planned, pass.slot, pass.tiles, gpu);
      whitening.after(recorder.compute, pass);
      for (const { bound, groups } of summed) dispatch(recorder.compute, bound, pass.slot, groups, gpu);
      await recorder.recorded(pass.rows * operationsOf(pipelines.kind));
    }
    if (chunk.host) recorder.submit();
  }

  private reduce({ stages, buffers, reduce, total }: Pipelines, recorder: Recorder): void {
    const { gpu } = this;
    const { device } = gpu;
    const binding = { buffer: buffers.sizes, size: 16 };
    dispatch(recorder.compute, bind(device, total, [binding, buffers.objective, buffers.totals]), 0, 1, gpu);
    reductionsOf(stages).forEach(({ from, to, count }, index) => {
      const bound = bind(device, reduce, [binding, from, to]);
      dispatch(recorder.compute, bound, PASS_SLOT * (index + 1), Math.ceil(count / 64), gpu);
    });
    recorder.commands.copyBufferToBuffer(buffers.totals, 0, buffers.readback, 0, 16 * TOTALS);
    let at = 16 * TOTALS;
    for (const { geometry, reduced } of stages) {
      const bytes = 4 * sumsSize(geometry);
      recorder.commands.copyBufferToBuffer(reduced, 0, buffers.readback, at, bytes);
      at += bytes;
    }
  }

  private async makePipelines(kind: SweepKind, own: Owned): Promise<Pipelines> {
    const { gpu, rows } = this;
    const { device } = gpu;
    const { k, hard } = kind;
    const { subgroups, subgroupSizes } = gpu.features;
    const { without } = this.options;
    const within = Math.max(...subgroupSizes) <= TILE_QUADS && without !== 'uniform slices';
    const rowsOfPass = rowsPerPass(gpu, kind);
    const options = { layout: modelLayout(kind), k, hard, subgroups, within, linear: kind.linear !== undefined };
    const [linear, plan, reduce, total] = await Promise.all([
      linearPass(gpu, kind),
      programOf(device, planProgram(options)),
      programOf(device, reduceProgram),
      programOf(device, totalProgram),
    ]);
    const passes = passesOf(rows.chunks, rowsOfPass);
    const longest = Math.max(...passes.flat().map(({ tiles }) => tiles));
    const slots = passSlots(passes);
    const inputs = await own.make({
      model: [4 * modelSize(kind), STORAGE],
      plan: [longest * TILE_ROWS * planLines(kind) * 4, STORAGE],
      objective: [4 * rows.tiles, STORAGE],
      totals: [16 * TOTALS, STORAGE],
      passes: [PASS_SLOT * slots.length, UNIFORMS],
    } as const);
    writeSlots(device, inputs.passes, slots);
    const whitening = await whiteningOf(gpu, kind, longest, own);
    const trial = this.isWorthTrials(kind) ? this.trial(inputs, passes[0][0], whitening) : undefined;
    const stages =
      kind.d > 0
        ? [...(await momentStages(gpu, kind, { frame: kind.frame, cut: cutWithout(without), trial }, own))]
        : [];
    if (kind.radial) stages.push(await radialStage(gpu, kind, own));
    stages.push(...(await linearStages(gpu, kind, own)));
    if (kind.coupling) stages.push(await couplingStage(gpu, k, own));
    const outputs = await own.make({
      readback: [readbackBytes(stages), USAGE.mapRead | USAGE.copyTarget],
      sizes: [PASS_SLOT * (1 + reductionsOf(stages).length), UNIFORMS],
    } as const);
    const buffers = { ...inputs, ...outputs };
    writeSlots(device, buffers.sizes, sizesOf(rows.tiles, stages));
    return { kind, rowsPerPass: rowsOfPass, passes, linear, whitening, plan, reduce, total, stages, buffers };
  }

  private isWorthTrials(kind: SweepKind): boolean {
    const { tuneFrom = TUNE_FROM } = this.options;
    return this.rows.n * operationsPerRow(kind) >= tuneFrom;
  }

  /** Runs stages on the first pass. Its plan is 0 as yet: what is summed takes as long. */
  private trial({ model, plan, passes }: Inputs, pass: Pass, whitening: Whitening): Trial {
    const { gpu, rows } = this;
    return async (make) => {
      const chunk = whitening.rows(await rows.buffersOf(0));
      const own = new Owned(gpu);
      const stages = await make(own).catch((error: unknown) => {
        own.destroy(); // some may have been made
        throw error;
      });
      const bound = stages.map((stage) => ({
        bound: bind(gpu.device, stage.program, [passBinding(passes), ...stage.bindings(chunk, model, plan)]),
        groups: stage.geometry.groups,
      }));
      return {
        record: (encoder) => bound.forEach((one) => dispatch(encoder, one.bound, pass.slot, one.groups, gpu)),
        dispose: () => own.destroy(),
      };
    };
  }
}

/**
 * Rows of which a plan of k columns fits a pass, and that a device sweeps in one dispatch's time: a multiple of 1024.
 */
function rowsPerPass({ device, limits }: Gpu, kind: SweepKind): number {
  const binding = limits.maxStorageBufferBindingSize;
  const longest = Math.max(planLines(kind), kind.once ? kind.d : 0);
  const room = Math.min(PLAN_BYTES / passLines(kind), binding / longest) / 4;
  if (room < BLOCK_ROWS) {
    const bytes = Math.min(PLAN_BYTES, binding);
    throw new GpuError('memory', `the plan of ${BLOCK_ROWS} rows and ${kind.k} components exceeds ${bytes} bytes`);
  }
  const rows = Math.min(room, dispatchOperations(device) / operationsOf(kind));
  return BLOCK_ROWS * Math.max(1, Math.floor(rows / BLOCK_ROWS));
}

/** The cut of moments without a speed-up of theirs, if that is switched off. */
function cutWithout(without?: Speedup): MomentCut | undefined {
  return without === 'loads ahead' ? momentCuts[1] : without === 'tiles of 16 columns' ? momentCuts[2] : undefined;
}

/** Uniforms of the last sums: how many numbers and how many of each, in slots of their own. */
function sizesOf(tiles: number, stages: readonly SumStage[]): number[][] {
  return [[tiles, 1, 0], ...reductionsOf(stages).map(({ count, partials }) => [count, partials, 0])];
}

const reductionsOf = (stages: readonly SumStage[]): Reduction[] => stages.flatMap(({ reductions }) => reductions);

function readbackBytes(stages: readonly SumStage[]): number {
  return stages.reduce((bytes, { geometry }) => bytes + 4 * sumsSize(geometry), 16 * TOTALS);
}
