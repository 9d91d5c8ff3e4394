import type { Random } from '../random.js';
import type { Shard } from '../sweep/shard.js';

/** How the first centres are found. */
export type SeedingMethod = 'k-means++' | 'k-means' | 'random';

/** What seeding works with: rows on a device, the columns' variances `[d]` as metric, and luck. */
export interface SeedingProblem {
  readonly shard: Shard;
  readonly k: number;
  readonly variances: Float64Array;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}
