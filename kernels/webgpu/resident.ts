/** Where a sweep finds its rows: on the device, or uploaded on the way through two buffers in turn. */
import type { Gpu } from './device.js';
import type { Recorder } from './recorder.js';
import { disposeChunks, fillChunk, makeChunk, type Chunk, type ChunkBuffers, type RowShape } from './chunks.js';
import type { RowFormat } from './rows.wgsl.js';
import { guarded } from './scope.js';

/** Buffers that chunks pass through. */
interface Staging {
  readonly buffers: ChunkBuffers;
  /** The chunk that lies there. */
  index: number | undefined;
  /** Settles once nothing that was submitted reads them any more. */
  free: Promise<unknown>;
}

export class ResidentRows implements RowShape {
  readonly d: number;
  readonly format: RowFormat;
  readonly n: number;
  readonly tiles: number;
  /** While one is swept the other is filled. */
  private readonly staging: Staging[] = [];
  /** The one that was used last. */
  private turn = 0;

  constructor(
    private readonly gpu: Gpu,
    shape: RowShape,
    readonly chunks: readonly Chunk[],
    /** Σ of the row weights of every tile. */
    readonly tileWeights: Float64Array,
    /** What holds rows that are elsewhere. */
    private readonly store?: { close(): void },
  ) {
    this.d = shape.d;
    this.format = shape.format;
    this.n = chunks.reduce((sum, { rows }) => sum + rows, 0);
    this.tiles = chunks.reduce((sum, { tiles }) => sum + tiles, 0);
  }

  /**
   * The buffers of a chunk, for commands recorded from now on; what was recorded before is submitted where that matters.
   * Rows from elsewhere are read and uploaded while the device sweeps the chunk before. Of more chunks none is on its way:
   * memory of the driver's is needed for two at the most.
   */
  async buffersOf(index: number, recorder?: Recorder): Promise<ChunkBuffers> {
    const { resident, host } = this.chunks[index];
    if (resident) return resident;
    if (!host) throw new Error('a chunk of rows is nowhere');
    const there = this.staging.findIndex((one) => one.index === index);
    if (there >= 0) {
      this.turn = there;
      return this.staging[there].buffers;
    }
    recorder?.submit();
    recorder?.throwIfAborted();
    const staging = await this.next();
    await fillChunk(this.gpu.device, staging.buffers, host);
    staging.index = index;
    return staging.buffers;
  }

  /** Takes the buffers down; the device itself stays. */
  dispose(): void {
    disposeChunks(this.chunks);
    for (const { buffers } of this.staging.splice(0)) {
      buffers.x.destroy();
      buffers.v.destroy();
    }
    this.store?.close();
  }

  /** Buffers that may be filled; all that reads those of the last chunk has been submitted. */
  private async next(): Promise<Staging> {
    const { gpu, staging } = this;
    const last = staging.at(this.turn);
    if (last) {
      last.free = gpu.device.queue.onSubmittedWorkDone();
      last.free.catch(() => undefined); // told by who waits for it
      this.turn = 1 - this.turn;
    }
    if (this.turn === staging.length) {
      const largest = Math.max(...this.chunks.map(({ tiles }) => tiles));
      const buffers = await makeChunk(gpu, this, largest);
      staging.push({ buffers, index: undefined, free: Promise.resolve() });
    }
    const next = staging[this.turn];
    next.index = undefined;
    await guarded(gpu, () => next.free);
    return next;
  }
}
