import { columnKernel } from '../../../kernels/simd/column-kernel.js';
import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import type { RowBlock } from '../../../kernels/simd/rows.js';
import { ThreadsAhead } from '../../threads/ahead.js';
import type { TaskForce } from '../../threads/pool.js';
import type { ShardBuilder } from '../builder.js';
import { MemoryRows } from './memory.js';
import { encodedBlock, listedBlock, rawBlock } from './rows.js';
import { SimdShard } from './shard.js';

/** As many of these threads as so many rows keep busy: no other starts. */
export function usefulThreads(threads: number, rows: number): number {
  return Math.min(threads, Math.ceil(rows / GROUP_ROWS));
}

/** Rows of d columns in the CPU's memory. Those that are read once stay where they are. */
export function simdShardBuilder(
  d: number,
  hold: () => Promise<TaskForce>,
  { once = false, linear = false }: { readonly once?: boolean; readonly linear?: boolean } = {},
): ShardBuilder {
  const blocks: RowBlock[] = [];
  const threads = new ThreadsAhead(hold);
  let start = 0;
  return {
    async add(block, encoding) {
      const kernel = await columnKernel();
      const lists = linear && !once ? listedBlock(start, block, encoding, kernel) : undefined;
      blocks.push(lists ?? (once ? rawBlock(start, block, encoding) : encodedBlock(start, block, encoding, kernel)));
      start += block.rows;
      threads.count(block.rows * d);
    },
    finish: async () => new SimdShard(d, new MemoryRows(d, blocks), await threads.take()),
    discard() {
      blocks.length = 0;
      threads.discard();
    },
  };
}
