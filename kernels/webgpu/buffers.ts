/** Buffers of a device and their way back to the host. */
import type { Gpu } from './device.js';
import { GpuError } from './error.js';
import { guarded, scoped } from './scope.js';

/** GPUBufferUsage, which a device that the caller injects need not come with. */
export const USAGE = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;

/** What a storage buffer that the host fills and reads is for. */
export const STORAGE = USAGE.storage | USAGE.copySource | USAGE.copyTarget;

/** What a buffer of uniforms that the host fills is for. */
export const UNIFORMS = USAGE.uniform | USAGE.copyTarget;

/** Sizes in bytes by name. */
export type Sizes = Readonly<Record<string, readonly [size: number, usage: number]>>;

/**
 * Makes several buffers or none; throws `GpuError('memory')` where one is larger than the device's limits or memory.
 */
export async function makeBuffers<S extends Sizes>(
  gpu: Gpu,
  sizes: S,
): Promise<{ readonly [name in keyof S]: GPUBuffer }> {
  for (const [label, [size, usage]] of Object.entries(sizes)) {
    const limit = usage & USAGE.storage ? gpu.limits.maxStorageBufferBindingSize : gpu.limits.maxBufferSize;
    if (size > limit) throw new GpuError('memory', `${label} takes ${size} bytes where the device allows ${limit}`);
  }
  const make = (): [string, GPUBuffer][] =>
    Object.entries(sizes).map(([label, [size, usage]]) => [
      label,
      gpu.device.createBuffer({ label, size: Math.max(16, Math.ceil(size / 16) * 16), usage }),
    ]);
  const destroy = (made: [string, GPUBuffer][]): void => made.forEach(([, buffer]) => buffer.destroy());
  const made = await scoped(gpu, Object.keys(sizes).join(', '), make, destroy);
  return Object.fromEntries(made) as { readonly [name in keyof S]: GPUBuffer };
}

/** Waits for a buffer of usage mapRead and copies its first bytes. */
export async function readBuffer(gpu: Gpu, buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> {
  await guarded(gpu, () => buffer.mapAsync(1, 0, bytes)); // 1 is GPUMapMode.READ
  const copy = buffer.getMappedRange(0, bytes).slice(0);
  buffer.unmap();
  return copy;
}
