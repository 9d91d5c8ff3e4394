import { Rendezvous } from '../sweep/rendezvous.js';
import type { BorrowedShard, Shard } from '../sweep/shard.js';

/** A run of a fit, or a part of one, from its beginning to its end, on rows that other jobs may read meanwhile. */
export type Job<T> = (shard: BorrowedShard) => Promise<T>;

export interface JobOptions {
  readonly shard: Shard;
  /** How many may be under way at once. */
  readonly most: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs jobs, one after the other or several at once, the next as soon as one ends; results in the order of the
 * jobs. The first error ends all. Aborting keeps what the jobs have that gave something; if none has, it throws.
 */
export async function runJobs<T>(jobs: readonly Job<T>[], options: JobOptions): Promise<T[]> {
  const { shard, most, signal } = options;
  const lanes = Math.min(most, jobs.length);
  const rendezvous = lanes > 1 ? new Rendezvous(shard, lanes, signal) : undefined;
  const ended = new Map<number, T>();
  let failure: { readonly error: unknown } | undefined;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < jobs.length && !failure && (next === 0 || !signal?.aborted)) {
      const index = next++;
      try {
        ended.set(index, await jobs[index](rendezvous ?? shard));
      } catch (error) {
        failure ??= { error };
        rendezvous?.break(error);
      }
    }
    rendezvous?.leave();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failure && !(signal?.aborted && ended.size > 0)) throw failure.error;
  return [...ended].sort(([one], [other]) => one - other).map(([, result]) => result);
}
