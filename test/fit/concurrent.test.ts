import { describe, expect, test } from 'vitest';
import { runJobs, type Job } from '../../src/fit/concurrent.js';
import type { Shard } from '../../src/sweep/shard.js';

/** No job here asks for rows. */
const shard = { n: 1, d: 1 } as Shard;

/** Jobs that each take so many turns of the event loop, and what was under way at once. */
function jobsOf(turns: readonly number[]): { jobs: Job<number>[]; begun: number[]; most: () => number } {
  const begun: number[] = [];
  let now = 0;
  let most = 0;
  const jobs = turns.map((count, index) => async () => {
    begun.push(index);
    most = Math.max(most, ++now);
    for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
    now--;
    return index;
  });
  return { jobs, begun, most: () => most };
}

describe.each([1, 3, 9])('at most %d at once', (most) => {
  test('jobs begin in their order and answer in it, whichever ends first', async () => {
    const { jobs, begun, most: seen } = jobsOf([5, 1, 3, 1, 8, 1, 1]);
    const order = [0, 1, 2, 3, 4, 5, 6];
    expect(await runJobs(jobs, { shard, most })).toEqual(order);
    expect(begun).toEqual(order);
    expect(seen()).toBe(Math.min(most, 7));
  });

  test('an error ends all, and is the first', async () => {
    const { jobs, begun } = jobsOf(new Array<number>(20).fill(4));
    jobs[2] = () => Promise.reject(new Error('no more'));
    await expect(runJobs(jobs, { shard, most })).rejects.toThrow('no more');
    expect(begun.length).toBeLessThanOrEqual(most + 2);
  });

  test('an abort begins nothing more and keeps what gave something', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { jobs, begun } = jobsOf(new Array<number>(20).fill(4));
    jobs[1] = () => {
      controller.abort();
      return Promise.reject(new Error('it had not begun'));
    };
    const kept = await runJobs(jobs, { shard, most, signal });
    expect(kept).toEqual(begun);
    expect(kept[0]).toBe(0);
    expect(begun.length).toBeLessThanOrEqual(most);
  });

  test('aborted before anything gave something it throws', async () => {
    const reason = new Error('never mind');
    const signal = AbortSignal.abort(reason);
    const jobs = [0, 1, 2].map(() => () => Promise.reject(signal.reason as Error));
    await expect(runJobs(jobs, { shard, most, signal })).rejects.toBe(reason);
  });
});

test('no jobs, no results', async () => {
  expect(await runJobs([], { shard, most: 4 })).toEqual([]);
});
