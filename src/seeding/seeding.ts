import type { Random } from '../base/random.js';
import type { Scaling } from '../families/scaling.js';
import type { BorrowedShard } from '../sweep/shard.js';

/** Ways to start, the default first. */
export const seedingMethods = [
  'k-means++',
  'k-means||',
  'k-means',
  'hierarchical',
  'random',
  'random-responsibilities',
] as const;

/** How a start is found. */
export type SeedingMethod = (typeof seedingMethods)[number];

/** What seeding works with: rows on a device, the columns' variances `[d]` as metric, and luck. */
export interface SeedingProblem {
  readonly shard: BorrowedShard;
  readonly k: number;
  /** Columns of the data. */
  readonly columns: number;
  /** How the shard holds the numbers swept. */
  readonly scaling: Scaling;
  readonly variances: Float64Array;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  /** How k-means++ finds its centres, where other fits have found the same; default by itself. */
  readonly kMeansPlusPlus?: ((problem: SeedingProblem) => Promise<Float64Array>) | undefined;
}

/** Inverse lengths of the columns' units, their standard deviations, `[d]`. */
export function metricOf(variances: Float64Array): Float64Array {
  return variances.map((variance) => (variance > 0 ? 1 / Math.sqrt(variance) : 0));
}
