import { relaxedKernel, simdKernel } from './generated.js';

/** Which build of the kernel: relaxed SIMD has multiply-add in one instruction, where the engine knows it. */
export type SimdBuild = 'relaxed' | 'simd';

/** The best build this engine runs; undefined where it has no SIMD at all. */
export function simdSupport(): SimdBuild | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  if (WebAssembly.validate(decoded(relaxedKernel))) return 'relaxed';
  return WebAssembly.validate(decoded(simdKernel)) ? 'simd' : undefined;
}

/** Compiles a build of the kernel. */
export function simdModule(build: SimdBuild): Promise<WebAssembly.Module> {
  return WebAssembly.compile(decoded(build === 'relaxed' ? relaxedKernel : simdKernel));
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
