import { Rendezvous } from './sweep/rendezvous.js';
import type { FittedRows, Shard } from './sweep/shard.js';

/** What a course works on. */
export interface Track {
  /** Rows whose sweeps may be made together with those of other courses. */
  readonly shard: FittedRows;
  /** Work on the rows without `shard`, such as seeding: nobody else uses them meanwhile. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A run of a fit, or a part of one, from its beginning to its end. */
export type Course<T> = (track: Track) => Promise<T>;

export interface CourseOptions {
  readonly shard: Shard;
  /** How many may be under way at once. */
  readonly most: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs courses, one after the other or several at once, the next as soon as one ends; results in the order of the
 * courses. The first error ends all. Aborting keeps what the courses have that gave something; if none has, it throws.
 */
export async function runCourses<T>(courses: readonly Course<T>[], options: CourseOptions): Promise<T[]> {
  const { shard, most, signal } = options;
  const lanes = Math.min(most, courses.length);
  const rendezvous = lanes > 1 ? new Rendezvous(shard, lanes, signal) : undefined;
  const track: Track = rendezvous
    ? { shard: rendezvous, alone: (work) => rendezvous.alone(work) }
    : { shard, alone: (work) => work() };
  const ended = new Map<number, T>();
  let failure: { readonly error: unknown } | undefined;
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < courses.length && !failure && (next === 0 || !signal?.aborted)) {
      const index = next++;
      try {
        ended.set(index, await courses[index](track));
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
