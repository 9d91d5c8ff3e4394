/** A task force by itself: what it answers when it is stopped, loses a thread or cannot do its task. */
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import type { NearestTask } from '../../kernels/simd/tasks.js';
import { simdModule } from '../../kernels/simd/module.js';
import { sharedDoubles, sharedIntegers } from '../../src/threads/shared.js';
import { taskForce, type TaskForce } from '../../src/threads/pool.js';
import { START_AFTER } from '../../src/threads/start.js';
import type { Thread, ThreadEvents } from '../../src/threads/thread.js';
import { forceOf, partsDone, rowsOf, sweepTask } from './tasks.js';
import { collectWorkers, heard } from './workers.js';

/** Real ones, but for those that a test says are refused, or late: by the number of the thread. */
const threads = vi.hoisted(() => ({ count: 0, refused: Infinity, late: Infinity }));
vi.mock('#threads', async (original) => {
  const real = await original<{ startThread(code: string, events: ThreadEvents): Thread }>();
  return {
    ...real,
    startThread(code: string, events: ThreadEvents): Thread {
      if (++threads.count >= threads.refused) throw new Error('no more threads');
      if (threads.count >= threads.late) return idle;
      return real.startThread(code, events);
    },
  };
});

/** A thread that does not come up. */
const idle: Thread = { post: () => undefined, hold: () => undefined, stop: () => Promise.resolve() };
const workers = collectWorkers();
afterEach(() => {
  vi.restoreAllMocks();
  threads.refused = threads.late = Infinity;
});
const few = rowsOf(3000);
const many = rowsOf(2 ** 18);
/** Components that make a sweep over so many rows take seconds. */
const MANY = 400;

/** Runs short tasks until all threads have started. */
async function joined(force: TaskForce): Promise<void> {
  while (force.started < force.threads) {
    await force.run(sweepTask(few, 2));
    await after(1);
  }
}

/** Fails in the thread that takes it, not in the others: it names no distances. */
const impossible = (): NearestTask => ({
  kind: 'nearest',
  on: few,
  joining: new Float32Array(),
  candidates: new Float32Array(4),
  metric: new Float32Array(4).fill(1),
  nearest: [],
  whole: 16,
  parts: 16, // so many that threads take some at once
  control: sharedIntegers(2),
  results: sharedDoubles(16),
});
const failure = "a worker thread failed: Cannot read properties of undefined (reading 'subarray')";

test.each([1, 2, 3])('%d threads do every part of a task', async (count) => {
  const force = await forceOf(count);
  const task = sweepTask(rowsOf(70_000), 3);
  await force.run(task);
  expect(partsDone(task)).toBe(64);
  force.stop();
  await workers.ended();
});

test.each([1, 2])('on %d threads an abort stops a task half way', async (count) => {
  const force = await forceOf(count);
  const controller = new AbortController();
  const task = sweepTask(many, MANY);
  const reason = new Error('enough');
  const run = force.run(task, controller.signal);
  while (partsDone(task) === 0) await after(1);
  controller.abort(reason);
  await expect(run).rejects.toBe(reason);
  expect(partsDone(task)).toBeLessThan(64);
  // The threads live on for the next task.
  const next = sweepTask(many, 2);
  await force.run(next);
  expect(partsDone(next)).toBe(64);
  force.stop();
  await workers.ended();
});

test('timers have their turn while two threads sweep', async () => {
  const force = await forceOf(2);
  const task = sweepTask(many, MANY);
  const met = new Set<number>(); // parts done, as timers met them
  let done = false;
  const run = force.run(task).finally(() => (done = true));
  while (!done) {
    await after(1);
    met.add(partsDone(task));
  }
  await run;
  const halfWay = [...met].filter((parts) => parts > 0 && parts < 64);
  expect(halfWay.length).toBeGreaterThan(1);
  force.stop();
});

test('a task that was aborted before it began is not begun', async () => {
  for (const count of [1, 2]) {
    const force = await forceOf(count);
    const task = sweepTask(few, 2);
    await expect(force.run(task, AbortSignal.abort(new Error('never mind')))).rejects.toThrow('never mind');
    expect(partsDone(task)).toBe(0);
    force.stop();
  }
  await workers.ended();
});

test('a task that fails in a worker thread says so, and so does every later one', async () => {
  const force = await forceOf(2);
  await joined(force);
  await expect(force.run(impossible())).rejects.toThrow(new Error(failure));
  await expect(force.run(sweepTask(few, 2))).rejects.toThrow(new Error(failure));
  force.stop();
  await workers.ended();
});

test('a task that fails on the only thread rejects with the error itself', async () => {
  await expect((await forceOf(1)).run(impossible())).rejects.toThrow(TypeError);
});

test('stopping ends a task that runs', async () => {
  const force = await forceOf(2);
  const task = sweepTask(many, MANY);
  const run = force.run(task);
  run.catch(() => undefined);
  while (partsDone(task) === 0) await after(1);
  force.stop();
  await expect(run).rejects.toThrow('the fit has ended');
  await expect(force.run(sweepTask(few, 2))).rejects.toThrow('the fit has ended');
  await workers.ended();
});

test.each(['stopped', 'lost'])(
  'a thread that is %s while the own one works beside it is no unhandled rejection',
  async (end) => {
    const force = await forceOf(2);
    threads.late = threads.count + 2; // so that the own one works on
    while (force.started === 0) await force.run(sweepTask(few, 2));
    const task = sweepTask(many, MANY);
    const run = force.run(task);
    run.catch(() => undefined);
    while (partsDone(task) === 0) await after(1);
    if (end === 'lost') await workers.started[0].terminate();
    else force.stop();
    await expect(run).rejects.toThrow(end === 'lost' ? 'a worker thread was lost' : 'the fit has ended');
    expect(partsDone(task)).toBeLessThan(64);
    force.stop();
    await workers.ended(1);
  },
);

test('a thread lost while idle is an error of the next task', async () => {
  const force = await forceOf(2);
  await joined(force);
  await workers.started[1].terminate();
  await expect(force.run(sweepTask(few, 2))).rejects.toThrow(
    new Error('a worker thread was lost (it exited with status 1); try again, or with threads: 1'),
  );
  force.stop();
  await workers.ended();
});

test('where the system refuses a thread, those that did start end', async () => {
  const force = await forceOf(4);
  threads.refused = threads.count + 3;
  await expect(force.run(sweepTask(many, 2))).rejects.toThrow('no more threads');
  force.stop();
  await workers.ended(2);
});

test('others start once the own thread has worked for as long as a start takes, and not before', async () => {
  let now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now); // short work: no time passes
  const force = taskForce(2, await simdModule('simd'));
  await force.run(sweepTask(few, 2));
  await heard();
  expect(workers.started).toHaveLength(0);
  clock.mockImplementation(() => (now += START_AFTER)); // long work
  await force.run(sweepTask(few, 2));
  await heard();
  expect(workers.started).toHaveLength(2);
  force.stop();
  await workers.ended(2);
});

test('others start at once for work that is sure to last', async () => {
  const force = taskForce(2, await simdModule('simd'));
  force.startAll();
  await heard();
  expect(workers.started).toHaveLength(2);
  force.stop();
  force.startAll();
  expect(workers.started).toHaveLength(2);
  await workers.ended(2);
});

test('results are the same bit for bit, whoever has joined', async () => {
  const alone = sweepTask(many, 5);
  await (await forceOf(1)).run(alone);
  const force = await forceOf(3);
  for (let step = 0; step < 2; step++) {
    const task = sweepTask(many, 5);
    await force.run(task); // first on the own thread while the others start, then on them
    expect(task.sweeps[0].results).toEqual(alone.sweeps[0].results);
    await joined(force);
  }
  force.stop();
});

test('tasks of different rows are done one after the other by the same threads', async () => {
  const force = await forceOf(2);
  const tasks = [rowsOf(5000), rowsOf(70_000), few].map((on) => sweepTask(on, 3));
  await Promise.all(tasks.map((task) => force.run(task)));
  expect(tasks.map(partsDone)).toEqual([5, 64, 3]);
  force.stop();
  await workers.ended(2);
});
