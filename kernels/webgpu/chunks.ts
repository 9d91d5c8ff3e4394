/**
 * Rows on a device: in chunks of one shape, within the limits of a binding; or on the host, or in a file, where memory
 * ends.
 */
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
  /** Elsewhere, to be uploaded for every sweep. */
  readonly host?: HostRows;
}

export interface ChunkBuffers {
  /** Tiles `[tiles, d, 256]`, in the rows' format. */
  readonly x: GPUBuffer;
  /** Row weights `[tiles, 256]`. */
  readonly v: GPUBuffer;
}

/** Some rows as a chunk has them, whole tiles. */
export interface RowPiece {
  readonly x: ArrayBufferView<ArrayBuffer>;
  readonly v: Float32Array<ArrayBuffer>;
}

/** The rows of a chunk, piece after piece, again and again; a piece is valid until the next. */
export type HostRows = Iterable<RowPiece> | AsyncIterable<RowPiece>;

/** What rows may take of the host, and where they go that neither the host nor the device has room for. */
export interface RowsBeyond {
  /** Bytes. */
  readonly hostBytes: number;
  open(shape: RowShape): Promise<RowStore>;
}

/** A place for rows, to be read again and again. */
export interface RowStore {
  /** Adds so many rows, the last tile filled up with zeros. All but the last call bring a multiple of 1024 rows. */
  add(rows: number, piece: RowPiece): Promise<void>;
  /** Rows `start` … `start + rows − 1`, to be read once all have been added; `start` is a multiple of 1024. */
  rows(start: number, rows: number): HostRows;
  /** Says that all rows have been added. */
  finish(): Promise<void>;
  close(): void;
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

export async function fillChunk(device: GPUDevice, { x, v }: ChunkBuffers, rows: HostRows): Promise<void> {
  let [atX, atV] = [0, 0];
  for await (const piece of rows) {
    device.queue.writeBuffer(x, atX, piece.x);
    device.queue.writeBuffer(v, atV, piece.v);
    atX += piece.x.byteLength;
    atV += piece.v.byteLength;
  }
}

export function disposeChunks(chunks: readonly Chunk[]): void {
  for (const { resident } of chunks) {
    resident?.x.destroy();
    resident?.v.destroy();
  }
}
