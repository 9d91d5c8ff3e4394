import type { Gpu } from './device.js';
import {
  fillChunk,
  disposeChunks,
  makeChunk,
  type Chunk,
  type ChunkBuffers,
  type HostRows,
  type RowShape,
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

/** Takes rows as they come and puts them into chunks. */
export class RowsBuilder implements RowShape {
  readonly format: RowFormat;
  private readonly chunks: Chunk[] = [];
  private readonly capacity: number;
  private pending: { x: HostRows['x'][number][]; v: Float32Array<ArrayBuffer>[]; rows: number } = {
    x: [],
    v: [],
    rows: 0,
  };
  private resident = 0;
  private readonly tileWeights: number[] = [];
  private start = 0;

  constructor(
    private readonly gpu: Gpu,
    readonly d: number,
    private readonly options: GpuSweepOptions = {},
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
      this.pending.x.push(this.format === 'float16' ? toHalves(x) : x);
      this.pending.v.push(v);
      this.pending.rows += to - from;
      from = to;
      if (this.pending.rows === this.capacity) await this.flush();
    }
  }

  async finish(): Promise<ResidentRows> {
    if (this.pending.rows > 0) await this.flush();
    return new ResidentRows(this.gpu, this, this.chunks, Float64Array.from(this.tileWeights));
  }

  dispose(): void {
    disposeChunks(this.chunks);
  }

  private async flush(): Promise<void> {
    const { x, v, rows } = this.pending;
    this.pending = { x: [], v: [], rows: 0 };
    const tiles = Math.ceil(rows / TILE_ROWS);
    const place = { start: this.start, rows, tiles };
    this.start += rows;
    const resident = await this.upload({ x, v }, tiles);
    this.chunks.push(resident ? { ...place, resident } : { ...place, host: { x, v } });
  }

  /** Nothing where the device has no memory left. */
  private async upload(host: HostRows, tiles: number): Promise<ChunkBuffers | undefined> {
    const bytes = tiles * TILE_ROWS * (bytesOf(this.format) * this.d + 4);
    if (this.resident + bytes > (this.options.residentBytes ?? Infinity)) return undefined;
    try {
      const buffers = await makeChunk(this.gpu, this, tiles);
      fillChunk(this.gpu.device, buffers, host);
      this.resident += bytes;
      return buffers;
    } catch (error) {
      if (error instanceof GpuError && error.code === 'memory' && this.chunks.length > 0) return undefined;
      throw error;
    }
  }
}

function total(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
