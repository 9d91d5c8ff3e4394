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

/** Opens the fastest adapter, or the one whose name contains `name`. Throws where there is none. */
export async function openAdapter(name?: string): Promise<Gpu> {
  if (name === undefined) return openGpu();
  const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  await offerOnly(name);
  try {
    const gpu = await openGpu();
    if (gpu.adapter.toLowerCase().includes(name.toLowerCase())) return gpu;
    gpu.release();
    throw new Error(`bench: expected an adapter named like ${name}, got ${gpu.adapter}; leave --adapter out`);
  } finally {
    if (own) Object.defineProperty(globalThis, 'navigator', own);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}

/** Dawn chooses by name where it is told to at its start; `navigator.gpu` is where kernels/webgpu looks first. */
async function offerOnly(name: string): Promise<void> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  held = create([`adapter=${name}`, 'disable-dawn-features=timestamp_quantization']);
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
