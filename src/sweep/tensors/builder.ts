import { tf } from '#tfjs';
import { onBackend } from '../../../kernels/engine.js';
import type { ShardBuilder } from '../builder.js';
import { blockRowsFor, tensorBlock, type TensorBlock } from './block.js';
import { TensorShard } from './shard.js';

/** Rows of d columns as tensors of a tfjs backend. */
export function tensorShardBuilder(backend: string, d: number): ShardBuilder {
  const blocks: TensorBlock[] = [];
  let start = 0;
  return {
    add(block, encoding) {
      const step = blockRowsFor(backend, d);
      for (let from = 0; from < block.rows; from += step) {
        const place = { start, from, to: Math.min(block.rows, from + step) };
        blocks.push(onBackend(backend, () => tensorBlock(block, encoding, place)));
      }
      start += block.rows;
    },
    finish: () => Promise.resolve(new TensorShard(backend, d, blocks)),
    discard() {
      tf.dispose(blocks.flatMap(({ x, weights }) => [x, weights]));
    },
  };
}
