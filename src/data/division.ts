/** How a source of files is divided into parts that others read. */
import type { Batch, Batching, Source } from './source.js';

/** A file of a source. */
export interface Piece {
  readonly path: string;
  /** Number of rows; left out where only reading all of them tells, and where the file is read as a whole. */
  readonly rows?: number;
  /** Rows at which reading may begin without those before it, rising from 0; left out where it may at any. */
  readonly cuts?: readonly number[];
}

/** Consecutive rows of one piece, by its number: all of them, or rows `from` … `to − 1`. */
export interface PieceRange {
  readonly piece: number;
  readonly from?: number;
  readonly to?: number;
}

/** A source as files, and how another machine that has them opens it. */
export interface Division {
  readonly pieces: readonly Piece[];
  /** What the source was opened with, paths absolute: plain JSON. */
  readonly origin: Origin;
  /** The rows of some ranges, one after the other. */
  batches(ranges: readonly PieceRange[], signal?: AbortSignal, batching?: Batching): AsyncIterable<Batch>;
}

/** What `openSource` takes. */
export interface Origin {
  readonly spec: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A source that can be divided. */
export interface DivisibleSource extends Source {
  divided(): Promise<Division>;
}

export function isDivisible(source: Source): source is DivisibleSource {
  return 'divided' in source && typeof source.divided === 'function';
}
