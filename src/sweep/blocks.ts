/** Rows that lie in blocks, each a shard of its own: what is swept by parts and as a whole. */
import type { ShardBuilder } from './builder.js';
import type { Columns } from './encode.js';
import type { Shard, SweptRows } from './shard.js';
import { union } from './union.js';

/** The blocks of shards that have such. */
const blocksOf = new WeakMap<object, readonly Shard[]>();

/** Rows in blocks of so many, a power of two from 1024 on, the last one of what is left; `make` makes a place for each. */
export function blockedRows(make: () => ShardBuilder, blockRows: number): ShardBuilder {
  const builders: ShardBuilder[] = [];
  const discard = (): void => builders.splice(0).forEach((builder) => builder.discard());
  return {
    async add(rows, encoding) {
      for (let from = 0; from < rows.rows; from += blockRows) {
        const builder = make();
        builders.push(builder);
        await builder.add(sliced(rows, from, Math.min(rows.rows, from + blockRows)), encoding);
      }
    },
    async finish() {
      const blocks: Shard[] = [];
      try {
        for (const builder of builders.slice()) {
          blocks.push(await builder.finish());
          builders.shift();
        }
      } catch (error) {
        for (const block of blocks) block.dispose();
        discard();
        throw error;
      }
      const whole = union(blocks);
      blocksOf.set(whole, blocks);
      return whole;
    },
    discard,
  };
}

/** The blocks of a shard, neighbours as one where there are more than so many; the shard itself where it has none. */
export function blocks(shard: Shard, most: number): readonly SweptRows[] {
  const all = blocksOf.get(shard) ?? [shard];
  const together = Math.ceil(all.length / Math.max(1, most));
  return Array.from({ length: Math.ceil(all.length / together) }, (_, at) =>
    union(all.slice(at * together, (at + 1) * together)),
  );
}

/** Has a shard of the same rows as another, but for what it adds to sweeps of all, be in the same blocks. */
export function blocksAs(shard: Shard, other: Shard): void {
  blocksOf.set(shard, blocksOf.get(other) ?? [other]);
}

/** Rows `from` … `to − 1`, where they lie. */
export function sliced({ columns, weights }: Columns, from: number, to: number): Columns {
  return {
    rows: to - from,
    columns: columns.map(({ values, start, stride }) => ({ values, start: start + from * stride, stride })),
    ...(weights && { weights: weights.subarray(from, to) }),
  };
}
