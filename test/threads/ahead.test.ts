import { expect, test, vi } from 'vitest';
import { ENOUGH, ThreadsAhead } from '../../src/threads/ahead.js';
import type { TaskForce } from '../../src/threads/pool.js';

/** Threads that do nothing but say what they are told. */
function idle() {
  const told: string[] = [];
  const force: TaskForce = {
    ...{ threads: 2, started: 0, isLost: false },
    startAll: () => void told.push('start'),
    run: () => Promise.resolve(),
    stop: () => void told.push('stop'),
  };
  const hold = vi.fn(() => Promise.resolve(force));
  return { told, force, hold };
}

test('few numbers start no threads, and who takes them holds them then', async () => {
  const { told, force, hold } = idle();
  const ahead = new ThreadsAhead(hold);
  ahead.count(ENOUGH - 1);
  expect(hold).not.toHaveBeenCalled();
  expect(await ahead.take()).toBe(force);
  ahead.discard();
  expect([hold.mock.calls.length, told]).toEqual([1, []]);
});

test('enough numbers start them once, while others are still read', async () => {
  const { told, force, hold } = idle();
  const ahead = new ThreadsAhead(hold);
  for (let time = 0; time < 5; time++) ahead.count(ENOUGH / 2);
  expect(hold).toHaveBeenCalledTimes(1);
  expect(await ahead.take()).toBe(force);
  expect(told).toEqual(['start']);
});

test('threads that nobody takes are let go of', async () => {
  const { told, hold } = idle();
  const ahead = new ThreadsAhead(hold);
  ahead.count(ENOUGH);
  ahead.discard();
  await vi.waitFor(() => expect(told).toEqual(['start', 'stop']));
});

test('threads that can’t be had are an error of who takes them, and of nobody else', async () => {
  const hold = (): Promise<TaskForce> => Promise.reject(new Error('no memory'));
  const discarded = new ThreadsAhead(hold);
  discarded.count(ENOUGH);
  discarded.discard();
  const taken = new ThreadsAhead(hold);
  taken.count(ENOUGH);
  await expect(taken.take()).rejects.toThrow('no memory');
});

test('a thread that can’t be started is an error of work, and of nobody else', async () => {
  const { force } = idle();
  const refused: TaskForce = {
    ...force,
    startAll() {
      throw new Error('no more threads');
    },
  };
  const ahead = new ThreadsAhead(() => Promise.resolve(refused));
  ahead.count(ENOUGH);
  expect(await ahead.take()).toBe(refused);
});
