import type { TaskForce } from '../../threads/pool.js';
import type { Columns, Encoding } from '../encode.js';
import type { SweptRows } from '../shard.js';
import { encodedTiles, type Float64Block } from './rows.js';
import { Float64Shard } from './shard.js';

/** Takes rows as they come, to be swept in float64. */
export interface Float64Builder {
  /** `base`: log h(x), `[rows]`, nats. */
  add(block: Columns & { readonly base?: Float64Array | undefined }, encoding: Encoding): void;
  finish(): SweptRows<Float64Array>;
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
    finish: () => new Float64Shard(d, blocks, hold),
  };
}
