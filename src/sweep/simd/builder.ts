import { columnKernel } from '../../../kernels/simd/columns.js';
import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import { simdModule, type SimdBuild } from '../../../kernels/simd/module.js';
import type { RowBlock } from '../../../kernels/simd/tasks.js';
import { taskForce } from '../../threads/pool.js';
import type { ShardBuilder } from '../builder.js';
import { rowBlock } from './rows.js';
import { SimdShard } from './shard.js';

/** As many of these threads as so many rows keep busy: one with nothing to do costs its start. */
export function usefulThreads(threads: number, rows: number): number {
  return Math.min(threads, Math.ceil(rows / GROUP_ROWS));
}

/** Rows of d columns in the CPU's memory, which that many threads share at most. */
export function simdShardBuilder(threads: number, build: SimdBuild, d: number): ShardBuilder {
  const blocks: RowBlock[] = [];
  let start = 0;
  return {
    async add(block, encoding) {
      blocks.push(rowBlock(start, block, encoding, await columnKernel()));
      start += block.rows;
    },
    async finish() {
      const setting = { module: await simdModule(build), d, blocks };
      return new SimdShard(d, blocks, taskForce(usefulThreads(threads, start), setting));
    },
    discard() {
      blocks.length = 0;
    },
  };
}
