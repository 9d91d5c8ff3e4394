import { bytesOfBase64 } from '../base64.js';
import { relaxedKernel, simdKernel } from './generated.js';

/** Which build of the kernel: relaxed SIMD has multiply-add in one instruction, where the engine knows it. */
export type SimdBuild = 'relaxed' | 'simd';

const binaries = new Map<SimdBuild, Uint8Array<ArrayBuffer>>();
const valid = new Map<SimdBuild, boolean>();
const modules = new Map<SimdBuild, Promise<WebAssembly.Module>>();

/** The best build this engine runs; undefined where it has no SIMD at all. */
export function simdSupport(): SimdBuild | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  return (['relaxed', 'simd'] as const).find((build) => {
    if (!valid.has(build)) valid.set(build, WebAssembly.validate(binary(build)));
    return valid.get(build);
  });
}

/** A build of the kernel, compiled once: an engine optimises it while it runs, and that is kept. */
export function simdModule(build: SimdBuild): Promise<WebAssembly.Module> {
  const module = modules.get(build) ?? WebAssembly.compile(binary(build));
  modules.set(build, module);
  return module;
}

function binary(build: SimdBuild): Uint8Array<ArrayBuffer> {
  const bytes = binaries.get(build) ?? bytesOfBase64(build === 'relaxed' ? relaxedKernel : simdKernel);
  binaries.set(build, bytes);
  return bytes;
}
