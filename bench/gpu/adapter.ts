import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { openGpu, type Gpu } from '../../kernels/webgpu/device.js';

/** What is known of the device and of what drives it. */
export interface AdapterReport {
  readonly adapter: string;
  readonly software: boolean;
  /** Of nvidia-smi, or of the kernel module; empty where neither tells. */
  readonly driver: string;
  readonly webgpu: string;
  readonly subgroupSizes: readonly [number, number];
  readonly limits: Gpu['limits'];
}

/** Never let go: without a reference to it, waits for the device never end. */
let held: GPU | undefined;

export interface AdapterChoice {
  /** Part of its name; default: the fastest. */
  readonly name?: string | undefined;
  /** Toggles of Dawn's to switch on, such as `disable_robustness`, to see what they cost. */
  readonly toggles?: readonly string[];
}

/** Opens an adapter's device as otmix would, or as the choice says. Throws where there is none such. */
export async function openAdapter({ name, toggles = [] }: AdapterChoice = {}): Promise<Gpu> {
  if (name === undefined && toggles.length === 0) return openGpu();
  const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  await offer(name, toggles);
  try {
    const gpu = await openGpu();
    if (name === undefined || gpu.adapter.toLowerCase().includes(name.toLowerCase())) return gpu;
    gpu.release();
    throw new Error(`bench: expected an adapter named like ${name}, got ${gpu.adapter}; leave --adapter out`);
  } finally {
    if (own) Object.defineProperty(globalThis, 'navigator', own);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}

/** Dawn chooses by what it is told at its start; `navigator.gpu` is where kernels/webgpu looks first. */
async function offer(name: string | undefined, toggles: readonly string[]): Promise<void> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const enabled = ['vulkan_enable_f16_on_nvidia', ...toggles].join(',');
  const options = [`enable-dawn-features=${enabled}`, 'disable-dawn-features=timestamp_quantization'];
  held = create(name === undefined ? options : [...options, `adapter=${name}`]);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: held, userAgent: 'node' }, configurable: true });
}

export async function describeAdapter({ adapter, software, features, limits }: Gpu): Promise<AdapterReport> {
  return {
    ...{ adapter, software, limits, subgroupSizes: features.subgroupSizes },
    driver: software ? '' : await driver(),
    webgpu: webgpuVersion(),
  };
}

async function driver(): Promise<string> {
  const fields = 'name,driver_version,memory.total,clocks.max.sm,clocks.max.memory,power.limit';
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', [`--query-gpu=${fields}`, '--format=csv,noheader'], {
      timeout: 10_000,
    });
    return stdout.trim();
  } catch {
    return readFile('/proc/driver/nvidia/version', 'utf8').then(
      (text) => text.split('\n', 1)[0],
      () => '',
    );
  }
}

function webgpuVersion(): string {
  const { version } = createRequire(import.meta.url)('webgpu/package.json') as { version: string };
  return version;
}
