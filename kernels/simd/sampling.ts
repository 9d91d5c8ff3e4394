import { bytesOfBase64 } from '../base64.js';
import { samplingKernel as text } from './generated.js';
import { SamplingKernel } from './sampling-kernel.js';

let module: WebAssembly.Module | undefined;
let kept: SamplingKernel | undefined;
let refused = false;

/** The kernel, made at once; undefined where the engine has no SIMD, or the page forbids WebAssembly. */
export function samplingKernel(): SamplingKernel | undefined {
  if (kept?.small) return kept;
  const compiled = samplingModule();
  return compiled && (kept = new SamplingKernel(compiled));
}

/** What it is made of, for threads too. */
export function samplingModule(): WebAssembly.Module | undefined {
  if (refused) return undefined;
  try {
    return (module ??= new WebAssembly.Module(bytesOfBase64(text)));
  } catch {
    refused = true;
    return undefined;
  }
}
