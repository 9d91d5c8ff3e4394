import { openGpu, type Gpu } from './device.js';
import { prove } from './proof.js';

let shared: Promise<Gpu> | undefined;

/**
 * The one device that everything runs on for which no other was given; a new one where the last was lost. It has shown
 * that it can compute. Throws `GpuError`, 'absent' or 'unusable', where there is none.
 */
export function sharedGpu(): Promise<Gpu> {
  shared = shared ? shared.then((gpu) => (gpu.isLost ? open() : gpu), open) : open();
  return shared;
}

async function open(): Promise<Gpu> {
  const gpu = await openGpu();
  try {
    await prove(gpu);
    return gpu;
  } catch (error) {
    gpu.release();
    throw error;
  }
}
