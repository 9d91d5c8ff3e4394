import { registerQuietly, startBackend } from '../kernels/engine.js';
import { simdSupport } from '../kernels/simd/module.js';
import { resolveBackend, type Place } from '../src/backend/backend.js';

/** Makes tfjs's wasm backend available: the package itself does not use it, callers may. */
export async function startTfjsWasm(): Promise<void> {
  await registerQuietly('wasm', () => import('@tensorflow/tfjs-backend-wasm'));
  if (!(await startBackend('wasm'))) throw new Error('tfjs wasm: expected it to start, got nothing');
}

/** tfjs on this machine's WebGPU adapter. Tests without one fail: test/vulkan.ts brings a driver. */
export async function gpuPlace(): Promise<Extract<Place, { kind: 'webgpu' }>> {
  const { place } = await resolveBackend('webgpu');
  if (place.kind !== 'webgpu') throw new Error(`webgpu: expected a place on it, got ${place.kind}`);
  return place;
}

/** Everywhere that rows can live in Node without a GPU, by name. Relaxed SIMD only where this engine has it. */
export const nodePlaces: Readonly<Record<string, Place>> = {
  'composites on cpu': { kind: 'tensors', backend: 'cpu' },
  'composites on wasm': { kind: 'tensors', backend: 'wasm' },
  'simd, one thread': { kind: 'simd', threads: 1, build: 'simd' },
  'simd, three threads': { kind: 'simd', threads: 3, build: 'simd' },
  ...(simdSupport() === 'relaxed' && {
    'relaxed simd, one thread': { kind: 'simd', threads: 1, build: 'relaxed' },
    'relaxed simd, two threads': { kind: 'simd', threads: 2, build: 'relaxed' },
  }),
};
