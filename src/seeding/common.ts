import type { BorrowedShard } from '../sweep/shard.js';
import { columnVariances } from './columns.js';
import { kMeansPlusPlus, trialsOf } from './k-means-plus-plus.js';
import type { SeedingProblem } from './seeding.js';

/**
 * What fits of several numbers of components to the same rows find alike when they are seeded, found once for all. Greedy
 * k-means++ finds one centre after the other. So centres of few components are the first of those of more, as long as
 * each is the best of as many rows.
 */
export class CommonSeeding {
  private readonly centres = new Map<string, Promise<Float64Array>>();
  private ofColumns: Promise<Float64Array> | undefined;

  /** `counts`: the numbers of components that will be asked for. */
  constructor(private readonly counts: readonly number[]) {}

  /** As `columnVariances` has them, `[d]`, the caller's to keep. */
  async variances(shard: BorrowedShard, signal?: AbortSignal): Promise<Float64Array> {
    this.ofColumns ??= columnVariances(shard, signal);
    return (await this.ofColumns).slice();
  }

  /** Centres `[k, d]` of the start of a number, as `kMeansPlusPlus` finds them. */
  async kMeansPlusPlus(problem: SeedingProblem, start: number): Promise<Float64Array> {
    const { k, shard } = problem;
    const alike = this.counts.filter((count) => count <= shard.n && trialsOf(count) === trialsOf(k));
    const most = Math.max(k, ...alike);
    const key = `${start} of ${most}`;
    const found = this.centres.get(key) ?? kMeansPlusPlus({ ...problem, k: most });
    this.centres.set(key, found);
    return (await found).slice(0, k * shard.d);
  }
}
