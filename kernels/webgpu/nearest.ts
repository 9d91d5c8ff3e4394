/**
 * Distances to the nearest of a growing set of centres, kept on the device; the host sees sums by tiles of 256 rows.
 */
import { makeBuffers, readBuffer, STORAGE, UNIFORMS, USAGE, type Sizes } from './buffers.js';
import type { Gpu } from './device.js';
import { distancesProgram } from './distances.wgsl.js';
import { BLOCK_ROWS, quads, TILE_ROWS } from './layout.js';
import { PASS_SLOT } from './pass.wgsl.js';
import { programOf } from './program.js';
import { Recorder } from './recorder.js';
import type { ResidentRows } from './resident.js';
import { bind, dispatch, passBinding, passesOf, passSlots, writeSlots, type Pass } from './work.js';

/** Farther than any row: where the distance to the nearest of no centres starts. */
const FAR = 1e30;
/** Rows per dispatch. */
const PASS_ROWS = 2 ** 20;

export class NearestBuffers {
  private constructor(
    private readonly gpu: Gpu,
    private readonly rows: ResidentRows,
    private readonly metric: Float32Array,
    private readonly passes: readonly (readonly Pass[])[],
    private readonly uniforms: GPUBuffer,
    /** Distances `[tiles, 256]`, one buffer per chunk. */
    private readonly nearest: readonly GPUBuffer[],
  ) {}

  static async make(gpu: Gpu, rows: ResidentRows, metric: Float32Array): Promise<NearestBuffers> {
    const passes = passesOf(rows.chunks, Math.max(BLOCK_ROWS, PASS_ROWS));
    const slots = passSlots(passes);
    const ofChunk = rows.chunks.map(
      ({ tiles }, index) => [`nearest ${index}`, [4 * tiles * TILE_ROWS, STORAGE]] as const,
    );
    const sizes: Sizes = { uniforms: [PASS_SLOT * slots.length, UNIFORMS], ...Object.fromEntries(ofChunk) };
    const { uniforms, ...nearest } = await makeBuffers(gpu, sizes);
    const buffers = Object.values(nearest);
    writeSlots(gpu.device, uniforms, slots);
    rows.chunks.forEach(({ tiles }, index) => {
      gpu.device.queue.writeBuffer(buffers[index], 0, new Float32Array(tiles * TILE_ROWS).fill(FAR));
    });
    return new NearestBuffers(gpu, rows, metric, passes, uniforms, buffers);
  }

  /**
   * Σ v min(nearest, distance) of every tile for each candidate, `[candidates, tiles]`. To be kept, candidates join one
   * after the other: each sum is with those before it.
   */
  async offer(candidates: Float32Array, keep: boolean, signal?: AbortSignal): Promise<Float32Array> {
    const { gpu, rows, metric } = this;
    const { device } = gpu;
    const d = metric.length;
    const count = candidates.length / d;
    const { subgroups } = gpu.features;
    const options = { d, candidates: count, keep, subgroups, rows: rows.format };
    const program = await programOf(device, distancesProgram(options));
    const packed = packCentres(metric, candidates);
    const bytes = 4 * count * rows.tiles;
    const buffers = await makeBuffers(gpu, {
      centres: [packed.byteLength, STORAGE],
      potentials: [bytes, STORAGE],
      readback: [bytes, USAGE.mapRead | USAGE.copyTarget],
    } as const);
    try {
      device.queue.writeBuffer(buffers.centres, 0, packed);
      const recorder = new Recorder(gpu, signal);
      for (const [index, passes] of this.passes.entries()) {
        const { x, v } = await rows.buffersOf(index, recorder);
        const potentials = { buffer: buffers.potentials, size: bytes };
        const bindings = [passBinding(this.uniforms), x, v, buffers.centres, this.nearest[index], potentials];
        const bound = bind(device, program, bindings);
        for (const pass of passes) {
          dispatch(recorder.compute, bound, pass.slot, pass.tiles, gpu);
          await recorder.recorded(pass.rows * d * 3 * count);
        }
      }
      recorder.commands.copyBufferToBuffer(buffers.potentials, 0, buffers.readback, 0, bytes);
      recorder.submit();
      return new Float32Array(await readBuffer(gpu, buffers.readback, bytes));
    } finally {
      for (const buffer of Object.values(buffers)) buffer.destroy();
    }
  }

  /** Distances and weights of the rows of some tiles, `[256]` each; ascending tiles read each chunk once. */
  async tiles(indices: readonly number[]): Promise<{ nearest: Float32Array; weights: Float32Array }[]> {
    const { gpu, rows } = this;
    const size = TILE_ROWS * 4;
    const bytes = 2 * size * indices.length;
    const { readback } = await makeBuffers(gpu, { readback: [bytes, USAGE.mapRead | USAGE.copyTarget] } as const);
    try {
      const recorder = new Recorder(gpu);
      for (const [position, index] of indices.entries()) {
        const at = rows.chunks.findLastIndex(({ start }) => start <= index * TILE_ROWS);
        const from = index * size - rows.chunks[at].start * 4;
        const { v } = await rows.buffersOf(at, recorder);
        recorder.commands.copyBufferToBuffer(this.nearest[at], from, readback, 2 * position * size, size);
        recorder.commands.copyBufferToBuffer(v, from, readback, (2 * position + 1) * size, size);
      }
      recorder.submit();
      const values = new Float32Array(await readBuffer(gpu, readback, bytes));
      return indices.map((_, position) => {
        const part = values.subarray(2 * position * TILE_ROWS, 2 * (position + 1) * TILE_ROWS);
        return { nearest: part.subarray(0, TILE_ROWS), weights: part.subarray(TILE_ROWS) };
      });
    } finally {
      readback.destroy();
    }
  }

  dispose(): void {
    this.uniforms.destroy();
    for (const buffer of this.nearest) buffer.destroy();
  }
}

/** Metric and candidates, each filled up to whole quads. */
function packCentres(metric: Float32Array, candidates: Float32Array): Float32Array<ArrayBuffer> {
  const d = metric.length;
  const width = 4 * quads(d);
  const count = candidates.length / d;
  const packed = new Float32Array(width * (1 + count));
  packed.set(metric);
  for (let c = 0; c < count; c++) packed.set(candidates.subarray(c * d, (c + 1) * d), width * (1 + c));
  return packed;
}
