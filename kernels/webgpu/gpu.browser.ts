import type { GpuEntry } from './entry.js';

/** WebGPU as the browser has it. */
export function findGpu(): Promise<GpuEntry> {
  const gpu = (globalThis.navigator as Partial<Navigator> | undefined)?.gpu;
  if (gpu) return Promise.resolve({ gpu });
  const why = globalThis.isSecureContext ? 'this browser has no WebGPU' : 'the page is not served over https';
  return Promise.resolve({ missing: `navigator.gpu is missing: ${why}` });
}
