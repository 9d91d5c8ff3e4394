import { backendOf, isTensor } from '../../kernels/engine.js';
import { gpuOfBackend } from '../../kernels/webgpu/tfjs.js';
import { requireInteger, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { Unusable, type Backend, type Device, type Finding } from './backend.js';
import { backendNames, backends, type BackendName } from './backends.js';
import { openWebgpu } from './webgpu.js';

/** A backend by its name, the best one there is, or `webgpu` on a device of the caller's, who keeps owning it. */
export type BackendRequest = BackendName | 'auto' | { readonly device: GPUDevice };

/** What is known of one backend on this machine. */
export interface BackendReport extends Finding {
  readonly name: BackendName;
}

/** A backend that was chosen, and how it will run. */
export type BackendChoice = Device & BackendReport;

/** What a choice depends on besides the request. */
export interface BackendNeeds {
  /** A tensor stays on the device it lives on. */
  readonly data?: unknown;
  readonly threads?: number | undefined;
  /** Whether `auto` is to stay in the host's memory, also where there is a GPU. */
  readonly onHost?: boolean;
}

/** Probes one backend. May load and initialise it, never activates it. */
export async function probeBackend(name: BackendName): Promise<BackendReport> {
  return { name, ...(await backendCalled(name).probe()) };
}

/**
 * The backend to use. `auto` takes the first that runs on a real GPU, else wasm, else cpu: never a software renderer.
 * Throws `InputError('backend')` for one that is unknown or not usable here, `InputError('option')` for bad threads.
 */
export async function resolveBackend(request: BackendRequest, needs: BackendNeeds = {}): Promise<BackendChoice> {
  const { data, threads } = needs;
  if (threads !== undefined) requireInteger('threads', threads, 1);
  try {
    return (await opened(request, needs, homeOf(data))) as BackendChoice;
  } catch (error) {
    if (error instanceof Unusable) throw refusal(request, error.reason);
    throw error;
  }
}

async function opened(request: BackendRequest, { threads, onHost }: BackendNeeds, home?: string): Promise<Device> {
  // Tensors of tfjs's cpu and wasm backends lie in the host's memory: any CPU backend has them where they are.
  const inMemory = home === 'cpu' || home === 'wasm';
  if (home !== undefined && !inMemory) return openedAt(home, request);
  if (typeof request === 'object') return openWebgpu(required(request.device));
  if (request === 'auto') return best(threads, onHost === true || inMemory);
  return backendCalled(request).open({ notes: [], threads });
}

function homeOf(data: unknown): string | undefined {
  return isTensor(data) && !data.isDisposed ? backendOf(data) : undefined;
}

/** The device that a tensor lies on, which must be the one that is asked for. */
async function openedAt(home: string, request: BackendRequest): Promise<Device> {
  const backend = listed.find((one) => one.holds?.(home));
  const fits =
    typeof request === 'object'
      ? gpuOfBackend(home)?.device === request.device
      : request === 'auto' || request === home || request === backend?.name;
  if (!fits) throw refusal(request, `the tensor lives on ${JSON.stringify(home)}`);
  if (!backend) throw refusal(home as BackendName, 'no such backend');
  return backend.open({ notes: [], threads: undefined, tensors: home });
}

/** The first that computes on a real GPU, unless it is to be the host, else the first on the host. */
async function best(threads: number | undefined, onHost: boolean): Promise<Device> {
  const notes: string[] = [];
  for (const backend of listed.filter((one) => one.onHost || !onHost)) {
    const { usable, gpu, faulty, reason } = await backend.probe({ software: false }); // opens nothing that won't be used
    if (usable && (gpu || backend.onHost)) return backend.open({ notes, threads });
    if (faulty) notes.push(`not on ${backend.name}: ${reason}`);
  }
  throw new Unusable('there is none');
}

const listed: readonly Backend[] = backends;

function backendCalled(name: string): Backend {
  const backend = listed.find((one) => one.name === name);
  if (!backend) throw refusal(name as BackendName, 'no such backend');
  return backend;
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

function refusal(request: BackendRequest, reason: string): InputError {
  const asked = typeof request === 'object' ? 'the given device' : shown(request);
  return new InputError('backend', {
    where: 'backend',
    expected: `a usable one of auto, ${backendNames.join(', ')}`,
    got: `${asked} (${reason})`,
    remedy: "use 'auto', or see what `otmix doctor` says",
  });
}
