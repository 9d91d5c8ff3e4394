import type { Gpu } from './device.js';
import { reported } from './error.js';

/** From the innermost out. */
const filters: readonly GPUErrorFilter[] = ['internal', 'out-of-memory', 'validation'];

/**
 * Runs `work`, which makes buffers or pipelines and must be synchronous, and throws what the device has to say against
 * it: WebGPU itself answers with objects that quietly do nothing. `what` names it in the message. Where it fails,
 * `undo` may destroy what was made.
 */
export async function scoped<T>(gpu: Gpu, what: string, work: () => T, undo?: (made: T) => void): Promise<T> {
  const { device } = gpu;
  for (const filter of [...filters].reverse()) device.pushErrorScope(filter);
  let made: T;
  let errors: Promise<(GPUError | null)[]>;
  try {
    made = work();
  } finally {
    errors = Promise.all(filters.map(() => device.popErrorScope()));
    errors.catch(() => undefined); // work's own error is what to tell
  }
  const found = await guarded(gpu, () => errors).catch((error: unknown) => {
    undo?.(made);
    throw error;
  });
  const error = found.find((one) => one !== null);
  if (!error) return made;
  undo?.(made);
  throw reported(error, what);
}

/**
 * Waits for the device and checks it after. Where a wait fails or answers with nothing because the device was lost, the
 * error says so and what to do.
 */
export async function guarded<T>(gpu: Gpu, wait: () => Promise<T>): Promise<T> {
  gpu.check();
  let result: T;
  try {
    result = await wait();
  } catch (error) {
    await new Promise((resolve) => setTimeout(resolve)); // the loss may be told a turn later than what it broke
    gpu.check();
    throw error;
  }
  gpu.check();
  return result;
}
