import * as tf from '@tensorflow/tfjs';
import { backendOf, isRegistered, onBackend, registerQuietly, startBackend } from '../../kernels/engine.js';
import { simdSupport, type SimdBuild } from '../../kernels/simd/module.js';
import type { Gpu } from '../../kernels/webgpu/device.js';
import type { Wanted } from '../../kernels/webgpu/entry.js';
import { GpuError } from '../../kernels/webgpu/error.js';
import type { GpuSweepOptions } from '../../kernels/webgpu/options.js';
import { sharedGpu } from '../../kernels/webgpu/shared.js';
import { summary } from '../../kernels/webgpu/summary.js';
import { gpuOfBackend, startGpuBackend, type GpuBackend } from '../../kernels/webgpu/tfjs.js';
import { requireInteger, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { threadsFor } from '../threads/pool.js';

/** Where sweeps run. */
export type BackendName = 'webgpu' | 'tensorflow' | 'webgl' | 'wasm' | 'cpu';

/** A backend by its name, the best one there is, or `webgpu` on a device that stays the caller's. */
export type BackendRequest = BackendName | 'auto' | { readonly device: GPUDevice };

/** What is known of one backend on this machine. */
export interface BackendReport {
  readonly name: BackendName;
  readonly usable: boolean;
  /** Device and driver, where the backend tells. */
  readonly adapter: string;
  /** Whether it computes on a real GPU. */
  readonly gpu: boolean;
  /** Why it is or isn't usable, in a few words. */
  readonly reason: string;
  /** Its limits and features, where there is more to tell. */
  readonly details?: readonly string[];
  /** Whether it has a device that can't be used: `auto`, which passes over it, says so. */
  readonly faulty?: boolean;
}

type Finding = Omit<BackendReport, 'name'>;
type Probe = (wanted?: Wanted) => Promise<Finding>;

const absent = (reason: string): Finding => ({ usable: false, adapter: '', gpu: false, reason });

/** In the order in which `auto` prefers them, GPUs given. */
const probes: Readonly<Record<BackendName, Probe>> = {
  async webgpu(wanted) {
    try {
      const gpu = gpuOfBackend('webgpu') ?? (await sharedGpu(wanted));
      if (!gpu.software) await startGpuBackend(); // now, while there is still another to take instead
      return gpuFinding(gpu);
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      return { ...absent(error.reason), faulty: error.code !== 'absent' };
    }
  },
  async tensorflow() {
    const missing = await importFirst('@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node');
    if (missing) return absent(missing);
    const gpu = Boolean((tf.findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null)?.isUsingGpuDevice);
    return { usable: true, adapter: gpu ? 'CUDA' : 'libtensorflow on the CPU', gpu, reason: 'tfjs-node is installed' };
  },
  async webgl() {
    if (typeof OffscreenCanvas === 'undefined' && typeof document === 'undefined')
      return absent('there is no WebGL outside browsers');
    if (!(await startBackend('webgl'))) return absent('the browser gives no WebGL context');
    const adapter = webglRenderer();
    const software = /swiftshader|llvmpipe|software/i.test(adapter);
    return {
      usable: true,
      adapter,
      gpu: !software,
      reason: software ? 'a software renderer' : 'the browser has WebGL',
    };
  },
  wasm: async () => {
    const build = simdSupport();
    if (!build) return absent('this engine has no WebAssembly SIMD');
    const adapter = build === 'relaxed' ? 'WebAssembly SIMD with multiply-add' : 'WebAssembly SIMD';
    return { usable: true, adapter, gpu: false, reason: 'runs everywhere' };
  },
  async cpu() {
    const usable = await startBackend('cpu');
    return {
      usable,
      adapter: 'plain JavaScript',
      gpu: false,
      reason: usable ? 'runs everywhere, slowly' : 'tfjs was loaded without it',
    };
  },
};

function gpuFinding(gpu: Gpu): Finding {
  const { adapter, software } = gpu;
  const reason = software ? 'a software adapter' : 'there is a GPU with a driver';
  return { usable: true, adapter, gpu: !software, reason, details: summary(gpu) };
}

/** The names of all backends, in the order in which `auto` prefers them. */
export const backendNames = Object.keys(probes) as BackendName[];

/** Probes one backend. May load and initialise it, never activates it. */
export async function probeBackend(name: BackendName): Promise<BackendReport> {
  return { name, ...(await probes[name]()) };
}

/**
 * Where rows live and are swept: on a GPU, of which a tfjs backend makes tensors, as tensors on another tfjs backend,
 * or in the CPU's memory by the SIMD kernel's threads.
 */
export type Place =
  | { readonly kind: 'webgpu'; readonly gpu: Gpu; readonly backend: string; readonly options?: GpuSweepOptions }
  | { readonly kind: 'tensors'; readonly backend: string }
  | { readonly kind: 'simd'; readonly threads: number; readonly build?: SimdBuild };

/** The same place, where a GPU does not try how it computes fastest. */
export function withoutTrials(place: Place): Place {
  return place.kind === 'webgpu' ? { ...place, options: { ...place.options, tuneFrom: Infinity } } : place;
}

/** A backend that was chosen, and how it will run. */
export interface BackendChoice extends BackendReport {
  readonly place: Place;
  readonly threads: number;
  /** What the user should know of the choice, such as why there are fewer threads than there could be. */
  readonly notes: readonly string[];
}

/** What a choice depends on besides the request. */
export interface BackendNeeds {
  /** A tensor stays on the device it lives on. */
  readonly data?: unknown;
  readonly threads?: number | undefined;
}

/**
 * The backend to use. `auto` takes the first that runs on a real GPU, else wasm, else cpu: never a software renderer.
 * Throws `InputError('backend')` for one that is unknown or not usable here, `InputError('option')` for bad threads.
 */
export async function resolveBackend(request: BackendRequest, needs: BackendNeeds = {}): Promise<BackendChoice> {
  if (needs.threads !== undefined) requireInteger('threads', needs.threads, 1);
  const home = homeOf(needs.data);
  // Tensors of tfjs's cpu and wasm backends lie in the host's memory: any CPU backend has them where they are.
  if (home !== undefined && !isHost(home)) return onDevice(request, home);
  if (typeof request === 'object') return onGpu(required(request.device));
  const { report, notes } = await chosen(request, home !== undefined);
  if (report.name === 'webgpu') return { ...(await onGpu()), notes };
  if (report.name !== 'wasm') {
    return { ...report, place: { kind: 'tensors', backend: report.name }, threads: 1, notes };
  }
  const { count, reason } = threadsFor(needs.threads);
  const choice = { ...report, place: { kind: 'simd', threads: count }, threads: count } as const;
  return reason === '' ? { ...choice, notes } : { ...choice, reason, notes: [...notes, reason] };
}

function homeOf(data: unknown): string | undefined {
  return data instanceof tf.Tensor && !data.isDisposed ? backendOf(data as tf.Tensor) : undefined;
}

/** The backend that a tensor lives on, which must be the one that is asked for. */
async function onDevice(request: BackendRequest, home: string): Promise<BackendChoice> {
  const gpu = gpuOfBackend(home);
  const fits =
    typeof request === 'object'
      ? gpu?.device === request.device
      : request === 'auto' || request === home || (gpu !== undefined && request === 'webgpu');
  if (!fits) throw unusable(request, `the tensor lives on ${JSON.stringify(home)}`);
  if (gpu) return gpuChoice({ name: home, gpu });
  const { report, notes } = await chosen(home as BackendName, false);
  return { ...report, place: { kind: 'tensors', backend: home }, threads: 1, notes };
}

async function onGpu(device?: GPUDevice): Promise<BackendChoice> {
  try {
    return gpuChoice(await startGpuBackend(device));
  } catch (error) {
    if (error instanceof GpuError) throw unusable(device ? { device } : 'webgpu', error.reason);
    throw error;
  }
}

function gpuChoice({ name, gpu }: GpuBackend): BackendChoice {
  return { name: 'webgpu', ...gpuFinding(gpu), place: { kind: 'webgpu', gpu, backend: name }, threads: 1, notes: [] };
}

function required(device: GPUDevice): GPUDevice {
  if (typeof device === 'object' && device !== null && 'queue' in device && 'createBuffer' in device) return device;
  throw new InputError('option', {
    where: 'backend.device',
    expected: 'a GPUDevice',
    got: device === null ? 'null' : typeof device,
    remedy: 'give what requestDevice() resolved to, or a backend by its name',
  });
}

function isHost(name: string): boolean {
  return name === 'cpu' || name === 'wasm';
}

/** What was asked for or is best, and what there is to say of those that were passed over. */
async function chosen(
  request: BackendName | 'auto',
  onHost: boolean,
): Promise<{ readonly report: BackendReport; readonly notes: readonly string[] }> {
  if (request !== 'auto') {
    if (!Object.hasOwn(probes, request)) throw unusable(request, 'no such backend');
    const report = await probeBackend(request);
    if (!report.usable) throw unusable(request, report.reason);
    return { report, notes: [] };
  }
  const notes: string[] = [];
  for (const name of ['webgpu', 'tensorflow', 'webgl'] as const) {
    if (onHost) break;
    const report = { name, ...(await probes[name]({ software: false })) }; // nothing is opened that won't be used
    if (report.usable && report.gpu) return { report, notes };
    if (report.faulty) notes.push(`not on ${name}: ${report.reason}`);
  }
  const wasm = await probeBackend('wasm');
  return wasm.usable ? { report: wasm, notes } : { ...(await chosen('cpu', onHost)), notes };
}

function unusable(request: BackendRequest, reason: string): InputError {
  const asked = typeof request === 'object' ? 'the given device' : shown(request);
  return new InputError('backend', {
    where: 'backend',
    expected: `a usable one of auto, ${backendNames.join(', ')}`,
    got: `${asked} (${reason})`,
    remedy: "use 'auto', or see what `otmix doctor` says",
  });
}

/** Imports the first of these packages that loads; says why not where none does. */
async function importFirst(...packages: string[]): Promise<string | undefined> {
  if (isRegistered('tensorflow')) return undefined;
  if (typeof process === 'undefined' || !('node' in process.versions)) return 'there is no libtensorflow outside Node';
  for (const name of packages) {
    try {
      await registerQuietly('tensorflow', () => import(/* @vite-ignore */ /* webpackIgnore: true */ name));
      if (await startBackend('tensorflow')) return undefined;
    } catch {
      continue;
    }
  }
  return 'neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed';
}

function webglRenderer(): string {
  return onBackend('webgl', () => {
    const { gpgpu } = tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } };
    const info = gpgpu.gl.getExtension('WEBGL_debug_renderer_info');
    return info ? String(gpgpu.gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : 'WebGL';
  });
}
