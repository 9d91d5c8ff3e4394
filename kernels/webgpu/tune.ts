/**
 * Which of several ways to compute the same, to the bit, is the fastest here: tried once per adapter and problem, and
 * remembered.
 */
import type { Gpu } from './device.js';
import { guarded } from './scope.js';

/** Dispatches that are timed, after one that is not. */
const TIMED = 3;

/** One way, ready to be run. */
export interface Candidate {
  readonly record: (encoder: GPUComputePassEncoder) => void;
  readonly dispose: () => void;
}

/** Indices of winners by adapter and problem. */
const winners = new Map<string, Promise<number>>();

/**
 * The index of the fastest candidate for a problem, whose name says all that decides among them besides the adapter.
 */
export function fastest(gpu: Gpu, problem: string, candidates: readonly (() => Promise<Candidate>)[]): Promise<number> {
  if (candidates.length < 2) return Promise.resolve(0);
  const key = `${gpu.adapter}\n${problem}`;
  const known = winners.get(key) ?? contest(gpu, candidates);
  winners.set(key, known);
  known.catch(() => winners.delete(key)); // the next one may have more luck
  return known;
}

async function contest(gpu: Gpu, candidates: readonly (() => Promise<Candidate>)[]): Promise<number> {
  const seconds: number[] = [];
  for (const make of candidates) {
    const { record, dispose } = await make();
    try {
      await run(gpu, record, 1);
      const start = performance.now();
      await run(gpu, record, TIMED);
      seconds.push(performance.now() - start);
    } finally {
      dispose();
    }
  }
  return seconds.indexOf(Math.min(...seconds));
}

async function run(gpu: Gpu, record: Candidate['record'], times: number): Promise<void> {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (let time = 0; time < times; time++) record(pass);
  pass.end();
  gpu.device.queue.submit([encoder.finish()]);
  await guarded(gpu, () => gpu.device.queue.onSubmittedWorkDone());
}
