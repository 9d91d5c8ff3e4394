import type { GpuEntry, Wanted } from './entry.js';
import { withoutSoftware, withoutVulkan } from './vulkan.node.js';

/**
 * float16 works on NVIDIA's Vulkan but is off by default. Shared memory need not be cleared for kernels that write it
 * before they read it, as all do here. SwiftShader takes seconds to compile the clearing. Time stamps come in steps of
 * 65.5 µs by default.
 */
const dawn = [
  'enable-dawn-features=vulkan_enable_f16_on_nvidia,disable_workgroup_init',
  'disable-dawn-features=timestamp_quantization',
];

/**
 * Never let go: with no reference to it mapAsync does not resolve, or the process aborts after a garbage collection.
 * It keeps no process from ending. One for each kind of adapters wanted: which there are is found out but once.
 */
const held: { any?: GPU; real?: GPU } = {};
/** Why there is none, found out but once, too; by what decides where drivers are looked for. */
const missingBy = new Map<string, string | undefined>();

/**
 * WebGPU in Node: the caller's own `navigator.gpu` where there is one, else Dawn from the optional package `webgpu`.
 * Its globals (GPUBuffer, GPUBufferUsage, …) are added where they are missing.
 */
export async function findGpu({ software = true }: Wanted = {}): Promise<GpuEntry> {
  const kind = software ? 'any' : 'real';
  const entry = (gpu: GPU): GpuEntry => (software ? { gpu } : { gpu, quietly: withoutSoftware });
  if (held[kind]) return entry(held[kind]);
  const own = (globalThis.navigator as Partial<Navigator> | undefined)?.gpu;
  if (own) return { gpu: own };
  const missing = whyMissing(software);
  if (missing !== undefined) return { missing };
  try {
    const { create, globals } = await import('webgpu');
    for (const [name, value] of Object.entries(globals)) {
      if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    return entry((held[kind] ??= create(dawn))); // another call may have been faster
  } catch (error) {
    return { missing: reasonOf(error) };
  }
}

function whyMissing(software: boolean): string | undefined {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES, LD_LIBRARY_PATH } = process.env;
  const key = [software, VK_DRIVER_FILES, VK_ICD_FILENAMES, VK_ADD_DRIVER_FILES, LD_LIBRARY_PATH].join('\n');
  if (!missingBy.has(key)) missingBy.set(key, withoutVulkan({ software }));
  return missingBy.get(key);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_MODULE_NOT_FOUND') return 'the package webgpu is not installed';
  return `the package webgpu does not load here: ${message.split('\n', 1)[0]}`;
}
