import type { TaskForce } from '../../threads/pool.js';
import type { ShardBuilder } from '../builder.js';
import { encodeExactly, gapVolumes } from '../encode.js';
import { hostShard } from '../exact/host.js';
import { Patterns, sortRows, type PatternBlock } from './rows.js';
import { PatternShard } from './shard.js';

/** Beyond this many scales from 0 squares could leave float64's range. */
const FARTHEST = 1e100;

/** Rows of d columns that may lack values, which are NaN, swept by their patterns on the threads that are held. */
export function patternShardBuilder(d: number, hold: () => Promise<TaskForce>): ShardBuilder {
  const patterns = new Patterns();
  const blocks: (PatternBlock & { readonly start: number })[] = [];
  let start = 0;
  let far = false;
  return {
    add(block, encoding) {
      const values = encodeExactly(block, encoding, 0, block.rows);
      const { weightUnit } = encoding;
      const weights = Float64Array.from({ length: block.rows }, (_, row) => (block.weights?.[row] ?? 1) / weightUnit);
      far ||= values.some((value) => Math.abs(value) > FARTHEST);
      blocks.push({ start, values, weights, base: gapVolumes(block, encoding), patterns: patterns.of(values, d) });
      start += block.rows;
    },
    async finish() {
      if (far) return hostShard(d, blocks);
      return new PatternShard(d, sortRows(blocks, d, { count: patterns.count, most: patterns.most }), await hold());
    },
    discard() {
      blocks.length = 0;
    },
  };
}
