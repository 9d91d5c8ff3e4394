/** Which of several ways to compute the same is the fastest here: tried once per device and problem, and remembered. */
import type { Gpu } from './device.js';
import { guarded } from './scope.js';

/** Dispatches that are timed, after one that is not. */
const TIMED = 3;

/** Winners by adapter and problem: other devices of the same kind, and later fits, need not try again. */
const winners = new Map<string, Promise<number>>();

export interface Contest {
  /** What the candidates are for, and all that decides among them besides the adapter. */
  readonly name: string;
  /** Makes a candidate ready; what it resolves to records one run of it. */
  readonly candidates: readonly (() => Promise<(encoder: GPUComputePassEncoder) => void>)[];
}

/** The index of the fastest candidate; that of the first where there is no other. */
export function fastest(gpu: Gpu, contest: Contest): Promise<number> {
  if (contest.candidates.length < 2) return Promise.resolve(0);
  const key = `${gpu.adapter}\n${contest.name}`;
  const known = winners.get(key) ?? hold(gpu, contest);
  winners.set(key, known);
  known.catch(() => winners.delete(key)); // the next one may have more luck
  return known;
}

async function hold(gpu: Gpu, { candidates }: Contest): Promise<number> {
  const seconds: number[] = [];
  for (const make of candidates) {
    const record = await make();
    await run(gpu, record, 1);
    const start = performance.now();
    await run(gpu, record, TIMED);
    seconds.push(performance.now() - start);
  }
  return seconds.indexOf(Math.min(...seconds));
}

async function run(gpu: Gpu, record: (encoder: GPUComputePassEncoder) => void, times: number): Promise<void> {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (let time = 0; time < times; time++) record(pass);
  pass.end();
  gpu.device.queue.submit([encoder.finish()]);
  await guarded(gpu, () => gpu.device.queue.onSubmittedWorkDone());
}

/** What was found so far, for whoever reports it: candidates' indices by adapter and problem. */
export function contestsHeld(): readonly string[] {
  return [...winners.keys()];
}
