/** Where a sweep finds its rows: on the device, or uploaded on the way through two buffers in turn. */
import type { Gpu } from './device.js';
import type { Recorder } from './recorder.js';
import { disposeChunks, fillChunk, makeChunk, type Chunk, type ChunkBuffers, type RowShape } from './chunks.js';
import type { RowFormat } from './rows.wgsl.js';

export class ResidentRows implements RowShape {
  readonly d: number;
  readonly format: RowFormat;
  readonly n: number;
  readonly tiles: number;
  /** While one is swept the other is filled. */
  private staging: ChunkBuffers[] = [];
  private turn = 0;

  constructor(
    private readonly gpu: Gpu,
    shape: RowShape,
    readonly chunks: readonly Chunk[],
    /** Σ of the row weights of every tile. */
    readonly tileWeights: Float64Array,
  ) {
    this.d = shape.d;
    this.format = shape.format;
    this.n = chunks.reduce((sum, { rows }) => sum + rows, 0);
    this.tiles = chunks.reduce((sum, { tiles }) => sum + tiles, 0);
  }

  /**
   * The buffers of a chunk, for commands recorded from now on; what was recorded before
   * is submitted where that matters.
   */
  async buffersOf(index: number, recorder?: Recorder): Promise<ChunkBuffers> {
    const { resident, host } = this.chunks[index];
    if (resident) return resident;
    if (!host) throw new Error('a chunk of rows is nowhere');
    recorder?.submit();
    this.turn = 1 - this.turn;
    const largest = Math.max(...this.chunks.map(({ tiles }) => tiles));
    while (this.staging.length <= this.turn) this.staging.push(await makeChunk(this.gpu, this, largest));
    fillChunk(this.gpu.device, this.staging[this.turn], host);
    return this.staging[this.turn];
  }

  /** Takes the buffers down; the device itself stays. */
  dispose(): void {
    disposeChunks(this.chunks);
    for (const { x, v } of this.staging) {
      x.destroy();
      v.destroy();
    }
    this.staging = [];
  }
}
