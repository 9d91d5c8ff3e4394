import type { WeighedRows } from './clusters.js';
import type { SeedingProblem } from './seeding.js';
import type { BorrowedShard, TakeOptions } from '../sweep/shard.js';

/** What rows are drawn from. */
export type DrawnFrom = Pick<SeedingProblem, 'random' | 'signal'> & {
  readonly shard: Pick<BorrowedShard, 'n' | 'd' | 'take' | 'nearestCentres'>;
};

/** So many rows drawn by weight, one from each of as many equal parts of it; each once, its weight how often it was drawn. */
export async function drawnRows(
  { shard, random, signal }: DrawnFrom,
  most: number,
  options?: TakeOptions,
): Promise<WeighedRows> {
  const { d } = shard;
  const uniform = shard.nearestCentres(new Float64Array(d), signal);
  try {
    const drawn = await uniform.draw(Array.from({ length: most }, (_, part) => (part + random.uniform()) / most));
    const counts = new Map<number, number>();
    for (const row of drawn) counts.set(row, (counts.get(row) ?? 0) + 1);
    const rows = Array.from(counts.keys()).sort((a, b) => a - b);
    return {
      values: await shard.take(rows, options),
      weights: Float64Array.from(rows, (row) => counts.get(row) ?? 0),
      d,
    };
  } finally {
    uniform.dispose();
  }
}
