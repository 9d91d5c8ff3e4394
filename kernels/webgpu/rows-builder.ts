import type { Gpu } from './device.js';
import {
  fillChunk,
  disposeChunks,
  makeChunk,
  type Chunk,
  type ChunkBuffers,
  type RowPiece,
  type RowsBeyond,
  type RowShape,
  type RowStore,
} from './chunks.js';
import { GpuError } from './error.js';
import { toHalves } from './half.js';
import { BLOCK_ROWS, paddedRows, TILE_ROWS } from './layout.js';
import type { GpuSweepOptions } from './options.js';
import { ResidentRows } from './resident.js';
import { bytesOf, type RowFormat } from './rows.wgsl.js';

/** Bytes of rows per chunk, at most. */
const CHUNK_BYTES = 2 ** 27;

/** Writes rows `from` … `to − 1` into tiles `[tiles, d, 256]` and their weights into `[tiles, 256]`. */
export type FillTiles = (from: number, to: number, x: Float32Array, v: Float32Array) => void;

/** Rows of a chunk, at most: a multiple of 1024. Throws `GpuError('memory')` where not even those fit a binding. */
export function chunkRows({ limits }: Pick<Gpu, 'limits'>, { d, format }: RowShape): number {
  const bytes = Math.min(CHUNK_BYTES, limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  const rows = Math.floor(bytes / (bytesOf(format) * d * BLOCK_ROWS)) * BLOCK_ROWS;
  if (rows > 0) return rows;
  throw new GpuError('memory', `${BLOCK_ROWS} rows of ${d} columns exceed the ${bytes} bytes that a binding may have`);
}

/** Takes rows as they come and puts them into chunks: on the device, then on the host, then into a store. */
export class RowsBuilder implements RowShape {
  readonly format: RowFormat;
  private readonly chunks: Chunk[] = [];
  private readonly capacity: number;
  /** The chunk that is being filled. */
  private pending: { pieces: RowPiece[]; rows: number } = { pieces: [], rows: 0 };
  /** Bytes on the device, and on the host. */
  private resident = 0;
  private held = 0;
  private readonly tileWeights: number[] = [];
  private start = 0;
  /** Where all rows go from row `start` on, once there is no room for more. */
  private beyond: { readonly store: RowStore; readonly start: number } | undefined;

  constructor(
    private readonly gpu: Gpu,
    readonly d: number,
    private readonly options: GpuSweepOptions = {},
    private readonly limit?: RowsBeyond,
  ) {
    this.format = options.rows ?? 'float32';
    this.capacity = chunkRows(gpu, this);
  }

  /** Adds so many rows, which `fill` writes. All but the last call bring a multiple of 1024 rows. */
  async add(rows: number, fill: FillTiles): Promise<void> {
    for (let from = 0; from < rows;) {
      const to = Math.min(rows, from + this.capacity - this.pending.rows);
      const v = new Float32Array(paddedRows(to - from));
      const x = new Float32Array(v.length * this.d);
      fill(from, to, x, v);
      for (let at = 0; at < v.length; at += TILE_ROWS) this.tileWeights.push(total(v.subarray(at, at + TILE_ROWS)));
      await this.keep(to - from, { x: this.format === 'float16' ? toHalves(x) : x, v });
      from = to;
      if (this.pending.rows === this.capacity) await this.flush();
    }
  }

  async finish(): Promise<ResidentRows> {
    if (this.pending.rows > 0) await this.flush();
    const store = this.beyond?.store;
    await store?.finish();
    return new ResidentRows(this.gpu, this, this.chunks, Float64Array.from(this.tileWeights), store);
  }

  dispose(): void {
    disposeChunks(this.chunks);
    this.beyond?.store.close();
  }

  /** Keeps rows of the chunk that is being filled. */
  private async keep(rows: number, piece: RowPiece): Promise<void> {
    const { pending } = this;
    pending.rows += rows;
    if (this.beyond) return this.beyond.store.add(rows, piece);
    pending.pieces.push(piece);
    const bytes = this.bytesOf(pending.rows);
    if (!this.fitsDevice(bytes)) await this.leaveHost(bytes);
  }

  private async flush(): Promise<void> {
    const { pieces, rows } = this.pending;
    const tiles = Math.ceil(rows / TILE_ROWS);
    const bytes = this.bytesOf(rows);
    const resident = this.beyond ? undefined : await this.upload(pieces, tiles);
    if (!resident) await this.leaveHost(bytes);
    const filed = this.beyond?.store.rows(this.start - this.beyond.start, rows);
    if (!resident && !filed) this.held += bytes;
    this.chunks.push({ start: this.start, rows, tiles, ...(resident ? { resident } : { host: filed ?? pieces }) });
    this.pending = { pieces: [], rows: 0 };
    this.start += rows;
  }

  /** Nothing where the device has no memory left. */
  private async upload(pieces: readonly RowPiece[], tiles: number): Promise<ChunkBuffers | undefined> {
    const bytes = this.bytesOf(tiles * TILE_ROWS);
    if (!this.fitsDevice(bytes)) return undefined;
    try {
      const buffers = await makeChunk(this.gpu, this, tiles);
      await fillChunk(this.gpu.device, buffers, pieces);
      this.resident += bytes;
      return buffers;
    } catch (error) {
      if (error instanceof GpuError && error.code === 'memory' && this.chunks.length > 0) return undefined;
      throw error;
    }
  }

  /** Has the rows of this chunk, and all after it, in a store, if the host has no room for so many bytes of them. */
  private async leaveHost(bytes: number): Promise<void> {
    const { limit, pending } = this;
    if (!limit || this.beyond || this.held + bytes <= limit.hostBytes) return;
    const store = await limit.open(this);
    this.beyond = { store, start: this.start };
    let left = pending.rows;
    for (const piece of pending.pieces.splice(0)) {
      const rows = Math.min(left, piece.v.length);
      await store.add(rows, piece);
      left -= rows;
    }
  }

  private fitsDevice(bytes: number): boolean {
    return this.resident + bytes <= (this.options.residentBytes ?? Infinity);
  }

  private bytesOf(rows: number): number {
    return paddedRows(rows) * (bytesOf(this.format) * this.d + 4);
  }
}

function total(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
