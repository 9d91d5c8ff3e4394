import { registerQuietly, startBackend } from '../kernels/engine.js';
import { simdSupport, type SimdBuild } from '../kernels/simd/module.js';
import type { Gpu, GpuLimits } from '../kernels/webgpu/device.js';
import type { GpuSweepOptions } from '../kernels/webgpu/options.js';
import { startGpuBackend } from '../kernels/webgpu/tfjs.js';
import type { Device } from '../src/backend/backend.js';
import { cpuDevice } from '../src/backend/cpu.js';
import { tensorDevice } from '../src/backend/tensors.js';
import { simdDevice } from '../src/backend/wasm.js';
import { webgpuDevice } from '../src/backend/webgpu.js';

/** Makes tfjs's wasm backend available: the package itself does not use it, callers may. */
export async function startTfjsWasm(): Promise<void> {
  await registerQuietly('wasm', () => import('@tensorflow/tfjs-backend-wasm'));
  if (!(await startBackend('wasm'))) throw new Error('tfjs wasm: expected it to start, got nothing');
}

/** tfjs on this machine's WebGPU adapter. Tests without one fail: test/vulkan.ts brings a driver. */
export async function onGpu(): Promise<{ readonly device: Device; readonly gpu: Gpu; readonly backend: string }> {
  const backend = await startGpuBackend();
  return { device: webgpuDevice(backend), gpu: backend.gpu, backend: backend.name };
}

/** A device that is said to have less: kernels that are compiled for either serve both. */
export function withLimits(gpu: Gpu, limits: Partial<GpuLimits>): Gpu {
  return Object.create(gpu, { limits: { value: { ...gpu.limits, ...limits } } }) as Gpu;
}

/** What divides rows otherwise on a device, and so changes no bit of their sums. */
export const otherDivisions: readonly (readonly [string, Partial<GpuLimits>, GpuSweepOptions])[] = [
  ['in several chunks and passes', { maxStorageBufferBindingSize: 2 ** 17 }, {}],
  ['with rows on the host', { maxStorageBufferBindingSize: 2 ** 17 }, { residentBytes: 2 ** 17 }],
  ['in grids of several lines', { maxComputeWorkgroupsPerDimension: 3 }, {}],
];

/** A backend of tfjs, by its composites. */
export function tensors(name: string): Device {
  return tensorDevice(name, { usable: true, adapter: name, gpu: false, reason: 'the test wants it' });
}

/** Backends that goldens are held to on top of others: tensorflow where scripts/with-tensorflow.sh asks for it. */
export const wantedBackends =
  typeof process === 'object' && process.env.OTMIX_REQUIRE_TENSORFLOW ? (['tensorflow'] as const) : [];

/** The SIMD kernel for everything, however small, on threads that start at once. */
export function simd(threads: number, build?: SimdBuild): Device {
  return simdDevice({ threads, simdBeyond: 0, threadsFrom: 0, ...(build && { build }) });
}

/** Everywhere that rows can live in Node without a GPU, by name. Relaxed SIMD only where this engine has it. */
export const nodeDevices: Readonly<Record<string, Device>> = {
  'composites on cpu': cpuDevice(),
  'composites on wasm': tensors('wasm'),
  'simd, one thread': simd(1, 'simd'),
  'simd, three threads': simd(3, 'simd'),
  ...(simdSupport() === 'relaxed' && {
    'relaxed simd, one thread': simd(1, 'relaxed'),
    'relaxed simd, two threads': simd(2, 'relaxed'),
  }),
};
