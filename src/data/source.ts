/** Consecutive rows of a source. */
export interface Batch {
  /** Number of rows in this batch. */
  readonly rows: number;
  /** Row-major `[rows, d]`, in the data's own units; NaN where a value is missing. */
  readonly values: Float64Array | Float32Array;
  /** Sample weights `[rows]`; absent when every row weighs 1. NaN where missing. */
  readonly weights?: Float64Array;
  /**
   * Of each column of text, `[d]`, its texts in order of first appearance; undefined of the others, and absent where all
   * hold numbers. The column's values are indices into this list, which only grows within one pass: the same array.
   */
  readonly levels?: readonly (readonly string[] | undefined)[];
}

/** How batches are wanted. */
export interface Batching {
  /** Whether a batch is wanted no longer than until the next: a source may then use its arrays again. */
  readonly passing?: boolean;
}

/**
 * A restartable stream of rows: every call of `batches()` yields the same rows in the same order. A source that may
 * wait long for a batch ends that with the signal's reason where `signal` is aborted; others may leave the signal
 * alone. A source reports values as they are. The gate (`blocks.ts`) decides what to do about missing or infinite ones,
 * so that all formats behave alike.
 */
export interface Source {
  /** What messages call it: a path, a query, or `data`. */
  readonly name: string;
  /** Column names, length d. */
  readonly columns: readonly string[];
  /** Number of rows, where it is known without reading them. */
  readonly rows?: number;
  /** What reading decided that the user should know, a sentence each; complete once the batches have been read. */
  readonly notes?: readonly string[];
  /** All rows, a batch at a time; every call begins anew. Sources may leave `batching` alone. */
  batches(signal?: AbortSignal, batching?: Batching): AsyncIterable<Batch>;
}

/** A matrix in one typed array. */
export interface Matrix {
  /** Row-major, `shape[0] * shape[1]` values. */
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly [rows: number, columns: number];
}

export function isSource(data: unknown): data is Source {
  return typeof data === 'object' && data !== null && 'batches' in data && typeof data.batches === 'function';
}
