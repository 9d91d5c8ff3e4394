import type { TaskForce } from '../../threads/pool.js';
import type { Columns, Encoding } from '../encode.js';
import type { SweptRows } from '../shard.js';
import { MemoryFloat64 } from './held.js';
import { encodedTiles, type Float64Block } from './rows.js';
import { Float64Shard } from './shard.js';

/** Rows in float64, wherever they lie, until they are disposed. */
export interface Float64Rows extends SweptRows<Float64Array> {
  dispose?(): void;
}

/** Takes rows as they come, to be swept in float64. All but the last call bring a multiple of 1024 rows. */
export interface Float64Builder {
  /** `base`: log h(x), `[rows]`, nats. */
  add(block: Columns & { readonly base?: Float64Array | undefined }, encoding: Encoding): void | Promise<void>;
  finish(): Float64Rows | Promise<Float64Rows>;
  /** Frees what was added, instead of finishing; left out where that is memory alone. */
  discard?(): void;
}

/** Rows of d columns as tiles in the memory of the CPU, swept on threads that are held while they work. */
export function float64Builder(d: number, hold: () => Promise<TaskForce>): Float64Builder {
  const blocks: Float64Block[] = [];
  let start = 0;
  return {
    add(block, encoding) {
      blocks.push(encodedTiles(start, block, encoding));
      start += block.rows;
    },
    finish: () => new Float64Shard(d, new MemoryFloat64(d, blocks), hold),
  };
}
