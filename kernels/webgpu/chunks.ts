/** Rows on a device: in chunks of one shape, within the limits of a binding; or kept on the host where memory ends. */
import { makeBuffers, STORAGE } from './buffers.js';
import type { Gpu } from './device.js';
import { TILE_ROWS } from './layout.js';
import { bytesOf, type RowFormat } from './rows.wgsl.js';

/** Consecutive rows; row `start` is a multiple of 1024. */
export interface Chunk {
  readonly start: number;
  readonly rows: number;
  readonly tiles: number;
  /** On the device, for good. */
  readonly resident?: ChunkBuffers;
  /** On the host, to be uploaded for every sweep. */
  readonly host?: HostRows;
}

export interface ChunkBuffers {
  /** Tiles `[tiles, d, 256]`, in the rows' format. */
  readonly x: GPUBuffer;
  /** Row weights `[tiles, 256]`. */
  readonly v: GPUBuffer;
}

export interface HostRows {
  readonly x: readonly (Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>)[];
  readonly v: readonly Float32Array<ArrayBuffer>[];
}

/** Columns of rows, and the format they are kept in. */
export interface RowShape {
  readonly d: number;
  readonly format: RowFormat;
}

export function makeChunk(gpu: Gpu, { d, format }: RowShape, tiles: number): Promise<ChunkBuffers> {
  const rows = tiles * TILE_ROWS;
  return makeBuffers(gpu, { x: [rows * d * bytesOf(format), STORAGE], v: [rows * 4, STORAGE] } as const);
}

export function fillChunk(device: GPUDevice, { x, v }: ChunkBuffers, host: HostRows): void {
  for (const [buffer, pieces] of [
    [x, host.x],
    [v, host.v],
  ] as const) {
    let at = 0;
    for (const piece of pieces) {
      device.queue.writeBuffer(buffer, at, piece);
      at += piece.byteLength;
    }
  }
}

export function disposeChunks(chunks: readonly Chunk[]): void {
  for (const { resident } of chunks) {
    resident?.x.destroy();
    resident?.v.destroy();
  }
}
