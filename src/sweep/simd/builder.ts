import { columnKernel } from '../../../kernels/simd/columns.js';
import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import type { RowBlock } from '../../../kernels/simd/tasks.js';
import type { CommonThreads } from '../../threads/common.js';
import type { ShardBuilder } from '../builder.js';
import { rowBlock } from './rows.js';
import { SimdShard } from './shard.js';

/** As many of these threads as so many rows keep busy: no other starts. */
export function usefulThreads(threads: number, rows: number): number {
  return Math.min(threads, Math.ceil(rows / GROUP_ROWS));
}

/** Rows of d columns in the CPU's memory, swept by threads that other shards may share. */
export function simdShardBuilder(threads: CommonThreads, d: number): ShardBuilder {
  const blocks: RowBlock[] = [];
  let start = 0;
  return {
    async add(block, encoding) {
      blocks.push(rowBlock(start, block, encoding, await columnKernel()));
      start += block.rows;
    },
    finish: async () => new SimdShard(d, blocks, await threads.hold()),
    discard() {
      blocks.length = 0;
    },
  };
}
