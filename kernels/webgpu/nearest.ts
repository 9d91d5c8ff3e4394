/**
 * Distances to the nearest of a growing set of centres, kept on the device; the host sees sums by tiles of 256 rows. Those of
 * rows that are uploaded on the way are computed anew each time: the device's memory does not grow with them.
 */
import { makeBuffers, readBuffer, STORAGE, UNIFORMS, USAGE, type Sizes } from './buffers.js';
import type { ChunkBuffers } from './chunks.js';
import type { Gpu } from './device.js';
import { distancesProgram } from './distances.wgsl.js';
import { BLOCK_ROWS, quads, TILE_ROWS } from './layout.js';
import { PASS_SLOT } from './pass.wgsl.js';
import { programOf, type Program } from './program.js';
import { Recorder } from './recorder.js';
import type { ResidentRows } from './resident.js';
import { bind, dispatch, passBinding, passesOf, passSlots, writeSlots, type Pass } from './work.js';

/** Farther than any row: where the distance to the nearest of no centres starts. */
const FAR = 1e30;
/** Rows per dispatch. */
const PASS_ROWS = 2 ** 20;

/** Candidates that are offered, or joined. */
interface Centres {
  readonly count: number;
  readonly program: Program;
  /** Metric and candidates, as the program reads them. */
  readonly packed: GPUBuffer;
}

/** A chunk as sums over it are recorded. */
interface Place {
  readonly index: number;
  readonly chunk: ChunkBuffers;
  readonly nearest: GPUBuffer;
  /** `[candidates, all tiles]`. */
  readonly potentials: GPUBuffer;
}

export class NearestBuffers {
  /** Centres by which distances of uploaded rows are computed anew. */
  private readonly joined: Centres[] = [];

  private constructor(
    private readonly gpu: Gpu,
    private readonly rows: ResidentRows,
    private readonly metric: Float32Array,
    private readonly passes: readonly (readonly Pass[])[],
    private readonly uniforms: GPUBuffer,
    /** Distances `[tiles, 256]`: a buffer for each chunk that is on the device, one that all others share. */
    private readonly nearest: readonly GPUBuffer[],
    /** What the shared one begins with; undefined where all chunks are on the device. */
    private readonly far: Float32Array<ArrayBuffer> | undefined,
  ) {}

  static async make(gpu: Gpu, rows: ResidentRows, metric: Float32Array): Promise<NearestBuffers> {
    const passes = passesOf(rows.chunks, Math.max(BLOCK_ROWS, PASS_ROWS));
    const slots = passSlots(passes);
    const sizeOf = (tiles: number): Sizes[string] => [4 * tiles * TILE_ROWS, STORAGE];
    const passing = Math.max(0, ...rows.chunks.map(({ resident, tiles }) => (resident ? 0 : tiles)));
    const own = rows.chunks.flatMap(({ resident, tiles }, at) => (resident ? [[`nearest ${at}`, sizeOf(tiles)]] : []));
    const { uniforms, ...made } = await makeBuffers(gpu, {
      uniforms: [PASS_SLOT * slots.length, UNIFORMS],
      ...(passing > 0 && { passing: sizeOf(passing) }),
      ...(Object.fromEntries(own) as Sizes),
    } satisfies Sizes as Sizes);
    writeSlots(gpu.device, uniforms, slots);
    const nearest = rows.chunks.map((_, index) => made[`nearest ${index}`] ?? made.passing);
    rows.chunks.forEach(({ tiles, resident }, index) => {
      if (resident) gpu.device.queue.writeBuffer(nearest[index], 0, new Float32Array(tiles * TILE_ROWS).fill(FAR));
    });
    const far = passing > 0 ? new Float32Array(passing * TILE_ROWS).fill(FAR) : undefined;
    return new NearestBuffers(gpu, rows, metric, passes, uniforms, nearest, far);
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
      packed: [packed.byteLength, STORAGE],
      potentials: [Math.max(bytes, this.replayBytes()), STORAGE],
      readback: [bytes, USAGE.mapRead | USAGE.copyTarget],
    } as const);
    const offered: Centres = { count, program, packed: buffers.packed };
    let joins = false;
    try {
      device.queue.writeBuffer(buffers.packed, 0, packed);
      const recorder = new Recorder(gpu, signal);
      for (const index of this.passes.keys()) {
        await this.record(offered, await this.place(index, buffers.potentials, recorder), recorder);
      }
      recorder.commands.copyBufferToBuffer(buffers.potentials, 0, buffers.readback, 0, bytes);
      recorder.submit();
      const sums = new Float32Array(await readBuffer(gpu, buffers.readback, bytes));
      joins = keep && this.far !== undefined;
      if (joins) this.joined.push(offered);
      return sums;
    } finally {
      buffers.potentials.destroy();
      buffers.readback.destroy();
      if (!joins) buffers.packed.destroy();
    }
  }

  /** Distances and weights of the rows of some tiles, `[256]` each; ascending tiles read each chunk once. */
  async tiles(indices: readonly number[]): Promise<{ nearest: Float32Array; weights: Float32Array }[]> {
    const { gpu, rows } = this;
    const size = TILE_ROWS * 4;
    const bytes = 2 * size * indices.length;
    const { readback, potentials } = await makeBuffers(gpu, {
      readback: [bytes, USAGE.mapRead | USAGE.copyTarget],
      potentials: [this.replayBytes(), STORAGE],
    } as const);
    try {
      const recorder = new Recorder(gpu);
      let place: Place | undefined;
      for (const [position, index] of indices.entries()) {
        const at = rows.chunks.findLastIndex(({ start }) => start <= index * TILE_ROWS);
        const from = index * size - rows.chunks[at].start * 4;
        if (place?.index !== at) place = await this.place(at, potentials, recorder);
        recorder.commands.copyBufferToBuffer(place.nearest, from, readback, 2 * position * size, size);
        recorder.commands.copyBufferToBuffer(place.chunk.v, from, readback, (2 * position + 1) * size, size);
      }
      recorder.submit();
      const values = new Float32Array(await readBuffer(gpu, readback, bytes));
      return indices.map((_, position) => {
        const part = values.subarray(2 * position * TILE_ROWS, 2 * (position + 1) * TILE_ROWS);
        return { nearest: part.subarray(0, TILE_ROWS), weights: part.subarray(TILE_ROWS) };
      });
    } finally {
      readback.destroy();
      potentials.destroy();
    }
  }

  dispose(): void {
    this.uniforms.destroy();
    for (const buffer of this.nearest) buffer.destroy();
    for (const { packed } of this.joined) packed.destroy();
  }

  /** A chunk with the distances of its rows, for commands recorded from now on. */
  private async place(index: number, potentials: GPUBuffer, recorder: Recorder): Promise<Place> {
    const place = {
      index,
      chunk: await this.rows.buffersOf(index, recorder),
      nearest: this.nearest[index],
      potentials,
    };
    if (!this.far || this.rows.chunks[index].resident) return place;
    recorder.submit(); // what reads the distances of the chunk before
    this.gpu.device.queue.writeBuffer(place.nearest, 0, this.far);
    for (const centres of this.joined) await this.record(centres, place, recorder);
    return place;
  }

  /** Records Σ v min(nearest, distance) of the tiles of a chunk. */
  private async record({ program, packed, count }: Centres, place: Place, recorder: Recorder): Promise<void> {
    const { gpu, rows } = this;
    const { x, v } = place.chunk;
    const potentials = { buffer: place.potentials, size: 4 * count * rows.tiles };
    const bindings = [passBinding(this.uniforms), x, v, packed, place.nearest, potentials];
    const bound = bind(gpu.device, program, bindings);
    for (const pass of this.passes[place.index]) {
      dispatch(recorder.compute, bound, pass.slot, pass.tiles, gpu);
      await recorder.recorded(pass.rows * rows.d * 3 * count);
    }
  }

  /** What the sums of joined centres take, which nobody reads where distances are computed anew. */
  private replayBytes(): number {
    return 4 * this.rows.tiles * Math.max(0, ...this.joined.map(({ count }) => count));
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
