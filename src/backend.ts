import * as tf from '@tensorflow/tfjs';
import { backendOf, isRegistered, onBackend, registerQuietly, startBackend } from '../kernels/engine.js';
import { InputError } from './errors.js';

export type BackendName = 'webgpu' | 'tensorflow' | 'webgl' | 'wasm' | 'cpu';

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
}

type Probe = () => Promise<Omit<BackendReport, 'name'>>;

const absent = (reason: string): Omit<BackendReport, 'name'> => ({ usable: false, adapter: '', gpu: false, reason });

/** In the order in which `auto` prefers them, GPUs given. */
const probes: Readonly<Record<BackendName, Probe>> = {
  webgpu: async () => absent('this version has no WebGPU kernels yet'),
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
  async wasm() {
    try {
      await registerQuietly('wasm', () => import('@tensorflow/tfjs-backend-wasm'));
    } catch {
      return absent('@tensorflow/tfjs-backend-wasm cannot be loaded');
    }
    if (await startBackend('wasm'))
      return { usable: true, adapter: 'WebAssembly SIMD', gpu: false, reason: 'runs everywhere' };
    return absent(
      'its .wasm files were not found; in a browser call setWasmPaths() of @tensorflow/tfjs-backend-wasm first',
    );
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

export const backendNames = Object.keys(probes) as BackendName[];

/** Probes one backend. May load and initialise it, never activates it. */
export async function probeBackend(name: BackendName): Promise<BackendReport> {
  return { name, ...(await probes[name]()) };
}

/**
 * The backend to use. `auto` takes the first that runs on a real GPU, else wasm, else cpu: never a software renderer.
 * A tensor stays where it lives. Throws `InputError('backend')` for one that is unknown or not usable here.
 */
export async function resolveBackend(request: BackendName | 'auto', data?: unknown): Promise<BackendReport> {
  if (data instanceof tf.Tensor) return tensorBackend(request, backendOf(data as tf.Tensor));
  if (request !== 'auto') {
    if (!Object.hasOwn(probes, request)) throw unusable(request, 'no such backend');
    const report = await probeBackend(request);
    if (!report.usable) throw unusable(request, report.reason);
    return report;
  }
  for (const name of ['webgpu', 'tensorflow', 'webgl'] as const) {
    const report = await probeBackend(name);
    if (report.usable && report.gpu) return report;
  }
  const wasm = await probeBackend('wasm');
  return wasm.usable ? wasm : resolveBackend('cpu');
}

function tensorBackend(request: string, name: string): BackendReport {
  if (request !== 'auto' && request !== name) throw unusable(request, `the tensor lives on ${JSON.stringify(name)}`);
  const gpu = name.startsWith('webg');
  return {
    name: name as BackendName,
    usable: true,
    adapter: 'the tensor’s own',
    gpu,
    reason: 'the tensor lives there',
  };
}

function unusable(request: string, reason: string): InputError {
  return new InputError('backend', {
    where: 'backend',
    expected: `a usable one of auto, ${backendNames.join(', ')}`,
    got: `${JSON.stringify(request)} (${reason})`,
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
