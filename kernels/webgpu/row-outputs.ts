/** What a model says of every row, pass after pass: the device computes one while the host reads the one before it. */
import { readBuffer, STORAGE, UNIFORMS } from './buffers.js';
import type { Gpu } from './device.js';
import { BLOCK_ROWS, modelLayout, paddedRows, TILE_QUADS } from './layout.js';
import { linearPass } from './linear-pass.js';
import type { GpuModel } from './model.js';
import { modelSize, packModel } from './pack.js';
import { PASS_SLOT } from './pass.wgsl.js';
import { Owned } from './pipelines.js';
import { rowsProgram } from './plan.wgsl.js';
import { programOf } from './program.js';
import { columnsHeld } from './registers.js';
import { inTurns, makeReadbacks, type Reading } from './readback.js';
import { Recorder } from './recorder.js';
import type { ResidentRows } from './resident.js';
import { bind, dispatch, passBinding, passesOf, passSlots, writeSlots, type Pass } from './work.js';

/** Rows whose outputs are read back at once: as many as have about so many bytes of them. */
const OUTPUT_BYTES = 2 ** 23;

/** Outputs of consecutive rows; row `start` of all. */
export interface GpuRowOutputs {
  readonly start: number;
  readonly rows: number;
  /** Likeliest components, the first of equals, `[rows]`. */
  readonly labels: Int32Array;
  /** log Σ exp logit, and log max r, `[rows]`. */
  readonly logSum: Float32Array;
  readonly logLargest: Float32Array;
  /** Row-major `[rows, k]`; empty unless asked for. */
  readonly responsibilities: Float32Array;
  /** Row weights `[rows]`. */
  readonly weights: Float32Array;
}

export async function* rowOutputs(
  gpu: Gpu,
  rows: ResidentRows,
  model: GpuModel,
  wanted: boolean,
  signal?: AbortSignal,
): AsyncGenerator<GpuRowOutputs> {
  const { device } = gpu;
  const { k } = model;
  const layout = modelLayout(model, columnsHeld(gpu.adapter));
  const program = await programOf(device, rowsProgram({ layout, k, linear: model.linear !== undefined }));
  const linear = await linearPass(gpu, model);
  const count = rowsAtOnce(k, gpu.limits.maxStorageBufferBindingSize);
  const passes = passesOf(rows.chunks, count);
  const longest = paddedRows(Math.max(...passes.flat().map((pass) => pass.rows)));
  const slots = passSlots(passes);
  const own = new Owned(gpu);
  try {
    const outputs = await own.make({
      model: [4 * modelSize(model), STORAGE],
      plan: [4 * longest * k, STORAGE],
      labels: [4 * longest, STORAGE],
      logSum: [4 * longest, STORAGE],
      logLargest: [4 * longest, STORAGE],
      uniforms: [PASS_SLOT * slots.length, UNIFORMS],
    } as const);
    const readbacks = await makeReadbacks(own, 4 * longest * (4 + (wanted ? k : 0)));
    writeSlots(device, outputs.uniforms, slots);
    device.queue.writeBuffer(outputs.model, 0, packModel(model));
    const begin = async ({ index, pass }: (typeof all)[number], turn: 0 | 1): Promise<Reading<GpuRowOutputs>> => {
      signal?.throwIfAborted();
      const readback = readbacks[turn];
      const recorder = new Recorder(gpu, signal);
      const { x, v } = await rows.buffersOf(index, recorder);
      const { model: packed, plan, labels, logSum, logLargest } = outputs;
      const uniforms = passBinding(outputs.uniforms);
      linear([uniforms, x, packed, plan])(recorder.compute, pass);
      const bindings = [uniforms, x, v, packed, plan, labels, logSum, logLargest];
      dispatch(recorder.compute, bind(device, program, bindings), pass.slot, pass.tiles, gpu);
      const bytes = 16 * TILE_QUADS * pass.tiles;
      const sources = [labels, logSum, logLargest, v, ...(wanted ? [plan] : [])];
      sources.forEach((source, at) => {
        const from = source === v ? 16 * TILE_QUADS * pass.firstTile : 0;
        recorder.commands.copyBufferToBuffer(source, from, readback, at * bytes, source === plan ? bytes * k : bytes);
      });
      recorder.submit();
      const arrived = readBuffer(gpu, readback, bytes * (4 + (wanted ? k : 0)));
      return { read: arrived.then((read) => unpack(read, pass, wanted ? k : 0)) };
    };
    const all = passes.flatMap((ofChunk, index) => ofChunk.map((pass) => ({ index, pass })));
    yield* inTurns(all, begin);
  } finally {
    own.destroy();
  }
}

function rowsAtOnce(k: number, limit: number): number {
  return BLOCK_ROWS * Math.max(1, Math.floor(Math.min(OUTPUT_BYTES, limit) / (4 * (k + 4) * BLOCK_ROWS)));
}

function unpack(read: ArrayBuffer, { start, rows, tiles }: Pass, k: number): GpuRowOutputs {
  const padded = 4 * TILE_QUADS * tiles;
  const part = (index: number): Float32Array => new Float32Array(read, 4 * padded * index, rows);
  const responsibilities = new Float32Array(rows * k);
  const columns = k > 0 ? new Float32Array(read, 16 * padded, padded * k) : new Float32Array();
  for (let row = 0, at = 0; row < rows && k > 0; row++) {
    for (let c = 0; c < k; c++, at++) responsibilities[at] = columns[c * padded + row];
  }
  return {
    start,
    rows,
    labels: new Int32Array(read, 0, rows),
    logSum: part(1),
    logLargest: part(2),
    weights: part(3),
    responsibilities,
  };
}
