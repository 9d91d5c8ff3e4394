/**
 * Which GPU of a machine a worker computes on where others have the rest. Ray numbers GPUs; Vulkan, by which WebGPU finds
 * them, does not heed those numbers. Mesa's device selection layer, which comes with its drivers and works for those of
 * others too, shows one GPU alone to a process.
 */
import { spawnSync } from 'node:child_process';
import { packageRoot } from '../../base/package-root.node.js';

/** A device of Vulkan's, as the layer lists it. */
interface VulkanDevice {
  /** `vendor:device`, hexadecimal. */
  readonly id: string;
  readonly kind: 'discrete GPU' | 'integrated GPU' | 'virtual GPU' | 'CPU' | 'other';
  /** `domain:bus:device.function`, where it lies on such a bus. */
  readonly bus?: string | undefined;
}

/** Kinds of devices, the better first; those of the best kind that there is are numbered. */
const KINDS = ['discrete GPU', 'integrated GPU', 'virtual GPU', 'CPU', 'other'] as const;

/** Opens WebGPU in a process that the layer ends once it has listed devices. */
const LISTING = "import('webgpu').then(({ create }) => create([]).requestAdapter())";
const MOST_MS = 60_000;

/** The variables that show the GPU of a number alone; none where the layer lists no such device. */
export function variablesOf(number: number, listed: string): Readonly<Record<string, string>> {
  const all = devicesOf(listed);
  const best = KINDS.find((kind) => all.some((device) => device.kind === kind));
  const device = all.filter(({ kind }) => kind === best)[number] as VulkanDevice | undefined;
  if (!device) return {};
  const { id, bus } = device;
  // GPUs of one make have the same id.
  return bus === undefined
    ? { MESA_VK_DEVICE_SELECT: `${id}!` }
    : { DRI_PRIME: `pci-${bus.replaceAll(/[:.]/g, '_')}!` };
}

/** Has this process see the GPU of a number alone. Call it before WebGPU is first opened. */
export function takeGpu(number: number): void {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', LISTING], {
    ...{ encoding: 'utf8', timeout: MOST_MS, cwd: packageRoot() }, // whose packages are those of otmix
    env: { ...process.env, MESA_VK_DEVICE_SELECT: 'list' },
  });
  Object.assign(process.env, variablesOf(number, stderr));
}

/** `  GPU 0: 10de:2684 "NVIDIA GeForce RTX 4090" discrete GPU 0000:01:00.0` */
function devicesOf(listed: string): VulkanDevice[] {
  const line =
    /^\s*GPU \d+: ([\da-f]+:[\da-f]+) ".*" ([a-z]+ GPU|CPU|other)(?: ([\da-f]+:[\da-f]+:[\da-f]+\.[\da-f]+))?/gm;
  return [...listed.matchAll(line)].map(([, id, kind, bus]) => ({ id, kind: kind as VulkanDevice['kind'], bus }));
}
