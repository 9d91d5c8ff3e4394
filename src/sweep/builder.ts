import type { Columns, Encoding } from './encode.js';
import type { Shard } from './shard.js';

/** Takes rows as they come and makes a shard of them. */
export interface ShardBuilder {
  /**
   * Encodes rows into the shard's own layout; they are finite, as are their weights, none of which is negative. All but the
   * last call bring a multiple of 1024 rows.
   */
  add(block: Columns, encoding: Encoding): void | Promise<void>;
  finish(): Promise<Shard>;
  /** Frees what was added, instead of finishing. */
  discard(): void;
}

/** The rows of a tensor that lies on a device, to be described and encoded there. It must live as long as this is used. */
export interface TensorRows {
  readonly n: number;
  readonly d: number;
  /** Rows of a block. */
  readonly blockRows: number;
  /** What the columns of each block are like, `[blocks, d, 8]`: kernels/webgpu/tensor-rows.wgsl.ts. */
  describe(): Promise<Float32Array>;
  /** Some rows as they are, `[indices.length, d]`. */
  take(indices: readonly number[]): Promise<Float32Array>;
  /** A shard of them with memory of its own; undefined where that has no room, or float32 has no such scale. */
  shard(encoding: Encoding): Promise<Shard | undefined>;
}
