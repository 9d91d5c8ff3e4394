import { openGpu, type Gpu } from './device.js';
import type { Wanted } from './entry.js';
import { selfTest } from './self-test.js';

let shared: Promise<Gpu> | undefined;

/**
 * The one device that everything runs on for which no other was given; a new one where the last was lost. It has shown
 * that it can compute. Where one is open, that is it, wanted or not. Throws `GpuError`, 'absent' or 'unusable', where there
 * is none.
 */
export function sharedGpu(wanted: Wanted = {}): Promise<Gpu> {
  const another = (): Promise<Gpu> => open(wanted);
  shared = shared ? shared.then((gpu) => (gpu.isLost ? another() : gpu), another) : another();
  return shared;
}

async function open(wanted: Wanted): Promise<Gpu> {
  const gpu = await openGpu(wanted);
  try {
    await selfTest(gpu);
    return gpu;
  } catch (error) {
    gpu.release();
    throw error;
  }
}
