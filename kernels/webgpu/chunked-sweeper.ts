/** Sweeps over rows on a device: plan and moments, pass after pass; the plan of one pass alone is ever in memory. */
import { readBuffer } from './buffers.js';
import {
  makePipelines,
  readbackBytes,
  reductionsOf,
  rowsPerPass,
  type Pipelines,
  type SweepKind,
} from './chunked-pipelines.js';
import type { Chunk } from './chunks.js';
import type { Gpu } from './device.js';
import { workgroupsFor } from './geometry.js';
import { operationsOf, type GpuModel, type GpuShape } from './model.js';
import type { GpuSweepOptions } from './options.js';
import { packModel } from './pack.js';
import { PASS_SLOT } from './pass.wgsl.js';
import { PipelineCache } from './pipelines.js';
import { inTurns, type Reading } from './readback.js';
import { Recorder } from './recorder.js';
import { TOTALS } from './reduce.wgsl.js';
import type { ResidentRows } from './resident.js';
import type { SweepArrays } from './stages.js';
import { sumsSize } from './unpack.js';
import { bind, dispatch, passBinding } from './work.js';

/**
 * Sweeps at once, and operations of all, at the most: some milliseconds of a large GPU, beside which its waits for the host
 * count. Software adapters wait for nobody.
 */
const MOST_MODELS = 4;
const MOST_OPERATIONS = { device: 1e11, software: 1e8 } as const;

/** How many models of this shape are best swept one right after the other, 1 where a sweep is long. */
export function chunkedAtOnce({ software }: Gpu, rows: number, shape: GpuShape): number {
  const most = software ? MOST_OPERATIONS.software : MOST_OPERATIONS.device;
  return Math.max(1, Math.min(MOST_MODELS, Math.floor(most / (rows * operationsOf(shape)))));
}

/** One of several sweeps: its model, and what its sums are added to. */
export interface ChunkedSweep {
  readonly model: GpuModel;
  readonly into: SweepArrays;
}

export class ChunkedSweeper {
  private readonly cache: PipelineCache<SweepKind, Pipelines>;

  constructor(
    readonly gpu: Gpu,
    readonly rows: ResidentRows,
    readonly options: GpuSweepOptions = {},
  ) {
    this.cache = new PipelineCache(gpu);
  }

  /**
   * Adds the sums of sweeps of one kind; resolves to Σ v (log Σ exp logit − centre) of each. The device makes a sweep while
   * the sums of the one before it are read.
   */
  async sweep(sweeps: readonly ChunkedSweep[], kind: SweepKind, signal?: AbortSignal): Promise<number[]> {
    const pipelines = await this.pipelinesFor(kind);
    const objectives: number[] = [];
    const begun = inTurns(sweeps, (one, turn) => this.begin(pipelines, one, pipelines.readbacks[turn], signal));
    for await (const objective of begun) objectives.push(objective);
    return objectives;
  }

  dispose(): void {
    this.cache.dispose();
  }

  /** The pipelines of the last sweep where it fits: the same kind, and passes of about the right length. */
  private pipelinesFor(kind: SweepKind): Promise<Pipelines> {
    return this.cache.of(
      kind,
      (own) => makePipelines(this, kind, own),
      ({ rowsPerPass: known }) => {
        const wanted = rowsPerPass(this.gpu, kind);
        return wanted < 4 * known && known < 4 * wanted;
      },
    );
  }

  /** Hands over a sweep; its sums come by a buffer that nothing else is read from meanwhile. */
  private async begin(
    pipelines: Pipelines,
    { model, into }: ChunkedSweep,
    readback: GPUBuffer,
    signal?: AbortSignal,
  ): Promise<Reading<number>> {
    const { gpu } = this;
    const recorder = new Recorder(gpu, signal);
    gpu.device.queue.writeBuffer(pipelines.buffers.model, 0, packModel(model));
    for (const { partial } of pipelines.stages) recorder.commands.clearBuffer(partial);
    for (const [index, chunk] of this.rows.chunks.entries()) await this.chunk(pipelines, recorder, index, chunk);
    this.reduce(pipelines, recorder, readback);
    recorder.submit();
    const arrived = readBuffer(gpu, readback, readbackBytes(pipelines.stages));
    return {
      read: arrived.then((sums) => {
        recorder.done();
        return unpack(pipelines, sums, into);
      }),
    };
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
      geometry: stage.geometry,
    }));
    for (const pass of pipelines.passes[index]) {
      linear(recorder.compute, pass);
      whitening.before(recorder.compute, pass);
      dispatch(recorder.compute, planned, pass.slot, pass.tiles, gpu);
      whitening.after(recorder.compute, pass);
      for (const { bound, geometry } of summed)
        dispatch(recorder.compute, bound, pass.slot, workgroupsFor(geometry, pass.tiles), gpu);
      await recorder.recorded(pass.rows * operationsOf(pipelines.kind));
    }
    if (chunk.host) recorder.submit();
  }

  private reduce({ stages, buffers, reduce, total }: Pipelines, recorder: Recorder, readback: GPUBuffer): void {
    const { gpu } = this;
    const { device } = gpu;
    const binding = { buffer: buffers.sizes, size: 16 };
    dispatch(recorder.compute, bind(device, total, [binding, buffers.objective, buffers.totals]), 0, 1, gpu);
    reductionsOf(stages).forEach(({ from, to, count }, index) => {
      const bound = bind(device, reduce, [binding, from, to]);
      dispatch(recorder.compute, bound, PASS_SLOT * (index + 1), Math.ceil(count / 64), gpu);
    });
    recorder.commands.copyBufferToBuffer(buffers.totals, 0, readback, 0, 16 * TOTALS);
    let at = 16 * TOTALS;
    for (const { geometry, reduced } of stages) {
      const bytes = 4 * sumsSize(geometry);
      recorder.commands.copyBufferToBuffer(reduced, 0, readback, at, bytes);
      at += bytes;
    }
  }
}

/** Adds what was read: the objective's totals, then the sums of each stage. */
function unpack({ stages }: Pipelines, read: ArrayBuffer, into: SweepArrays): number {
  let at = 16 * TOTALS;
  for (const stage of stages) {
    const size = sumsSize(stage.geometry);
    stage.add(new Float32Array(read, at, size), into);
    at += 4 * size;
  }
  return new Float32Array(read, 0, 4 * TOTALS).reduce((sum, value) => sum + value, 0);
}
