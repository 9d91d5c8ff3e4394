/** Threads that a process's calls hold together: started once, shared, and ended a while after the last. */
import { setTimeout as after } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { holdThreads } from '../../src/threads/common.js';
import type { TaskForce } from '../../src/threads/pool.js';
import { partsDone, rowsOf, sweepTask } from './tasks.js';
import { collectWorkers } from './workers.js';

/** Milliseconds, longer than what a test does between two calls. */
const idle = vi.hoisted(() => ({ for: 300 }));
vi.mock('../../src/threads/start.js', () => ({
  START_AFTER: 0,
  get IDLE_FOR() {
    return idle.for;
  },
}));

const workers = collectWorkers();
const few = rowsOf(3000);

/** Runs short tasks until all threads have started. */
async function joined(force: TaskForce): Promise<void> {
  while (force.started < force.threads) {
    await force.run(sweepTask(few, 2));
    await after(1);
  }
}

test('calls that follow each other start threads once, which then end by themselves', async () => {
  for (let call = 0; call < 3; call++) {
    const force = await holdThreads(2, 'simd');
    await joined(force);
    force.stop();
  }
  await workers.ended(2);
});

test('calls at once share them', async () => {
  const forces = await Promise.all([holdThreads(2, 'simd'), holdThreads(2, 'simd')]);
  const tasks = forces.map(() => sweepTask(few, 2));
  await Promise.all(tasks.map((task, call) => forces[call].run(task)));
  expect(tasks.map(partsDone)).toEqual([3, 3]);
  forces[0].stop();
  forces[0].stop(); // lets go once
  await joined(forces[1]);
  forces[1].stop();
  await workers.ended(2);
});

test('other numbers and builds of threads are others', async () => {
  const two = await holdThreads(2, 'simd');
  const three = await holdThreads(3, 'simd');
  await Promise.all([joined(two), joined(three)]);
  two.stop();
  three.stop();
  await workers.ended(5);
});

test('where one was lost, who holds them hears of it, and who comes next has new ones', async () => {
  const force = await holdThreads(2, 'simd');
  await joined(force);
  await workers.started[0].terminate();
  await expect(force.run(sweepTask(few, 2))).rejects.toThrow('a worker thread was lost');
  expect(force.isLost).toBe(true);
  const next = await holdThreads(2, 'simd');
  await joined(next);
  expect(next.isLost).toBe(false);
  force.stop();
  next.stop();
  await workers.ended(4);
});

test('one lost while nobody holds them is no error of the next call', async () => {
  const force = await holdThreads(2, 'simd');
  await joined(force);
  force.stop();
  await workers.started[1].terminate();
  const next = await holdThreads(2, 'simd');
  await joined(next);
  next.stop();
  await workers.ended(4);
});

test('where they are not to wait, they end when the last lets go', async () => {
  idle.for = 0;
  try {
    const force = await holdThreads(2, 'simd');
    await joined(force);
    force.stop();
    await expect(force.run(sweepTask(few, 2))).rejects.toThrow('the fit has ended');
    await workers.ended(2);
  } finally {
    idle.for = 300;
  }
});
