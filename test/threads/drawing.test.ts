/** Rows that threads help to draw: the same bits as by one, whoever draws them, and whatever becomes of a thread. */
import { expect, test, vi } from 'vitest';
import { NEXT, type DrawTask } from '../../kernels/simd/draws.js';
import { samplingKernel } from '../../kernels/simd/sampling.js';
import type { Gaussians } from '../../kernels/random/gaussians.js';
import type { Place } from '../../kernels/random/numbers.js';
import { drawOnThreads } from '../../src/threads/drawing.js';
import { seededRandom } from '../../src/base/random.js';
import type * as NodeThreads from '../../src/threads/threads.node.js';
import { collectWorkers } from './workers.js';

const idle = vi.hoisted(() => ({ for: 200, silent: false }));
vi.mock('../../src/threads/start.js', () => ({
  START_AFTER: 0,
  get IDLE_FOR() {
    return idle.for;
  },
}));
vi.mock('#threads', async (original) => {
  const threads = await original<typeof NodeThreads>();
  /** One that begins parts and never hands them over. */
  const silent: ReturnType<typeof threads.startThread> = {
    post: (task) => {
      if (task instanceof WebAssembly.Module) return;
      Atomics.add((task as DrawTask).control, NEXT, 3);
    },
    hold: () => undefined,
    stop: () => Promise.resolve(),
  };
  return {
    ...threads,
    threadLimit: () => ({ count: 3, reason: '' }),
    startThread: (...asked: Parameters<typeof threads.startThread>) =>
      idle.silent ? silent : threads.startThread(...asked),
  };
});

const workers = collectWorkers();

const place: Place = { base: { high: 1234, low: 99 }, first: 7 };

/** k components in d columns, and labels of n rows. */
function problemOf(n: number, d: number, matrices: boolean): { gaussians: Gaussians; labels: Int32Array } {
  const k = 3;
  const { normal } = seededRandom(1);
  const numbers = (count: number): Float64Array => Float64Array.from({ length: count }, normal);
  const factors = matrices ? Array.from({ length: k }, () => numbers(d * d)) : numbers(k * d);
  const labels = Int32Array.from({ length: n }, (_, row) => (row * 7919) % k);
  return { gaussians: { k, d, means: numbers(k * d), factors }, labels };
}

function expectSame(n: number, d: number, matrices: boolean): void {
  const { gaussians, labels } = problemOf(n, d, matrices);
  const [alone, together] = [new Float64Array(n * d), new Float64Array(n * d)];
  expect(samplingKernel()?.gaussians(gaussians, place, labels, alone)).toBe(true);
  expect(drawOnThreads(gaussians, place, labels, together)).toBe(true);
  expect(Buffer.compare(Buffer.from(alone.buffer), Buffer.from(together.buffer))).toBe(0);
}

test('threads draw what one does, to the bit, are kept for later calls, and end by themselves', async () => {
  expectSame(1000, 3, true); // too few for threads
  expect(workers.started).toHaveLength(0);
  for (const matrices of [true, false]) {
    expectSame(700_001, 3, matrices);
    expectSame(131_073, 17, matrices);
  }
  await workers.ended(2);
  expectSame(700_001, 3, true);
  await workers.ended(4);
});

test('what a thread has begun and does not hand over is drawn by the caller', () => {
  idle.silent = true;
  expectSame(700_001, 3, true);
  idle.silent = false;
  expectSame(700_001, 3, true);
});
