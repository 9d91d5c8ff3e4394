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
