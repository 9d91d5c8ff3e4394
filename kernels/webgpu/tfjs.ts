/**
 * tfjs's WebGPU backend on our device, or on the caller's: tensors of both then share one device. Beside
 * kernels/engine.ts the one module that touches the internals of tfjs, here those of its WebGPU backend.
 */
import { hasTfjs, NO_TFJS, tf } from '#tfjs';
import type { KernelBackend, Tensor } from '@tensorflow/tfjs';
import { findGpu } from '#gpu';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { isLoaded, isRegistered } from '../engine.js';
import { gpuOf, type Gpu } from './device.js';
import { GpuError } from './error.js';
import { sharedGpu } from './shared.js';

/** A tfjs backend on WebGPU, by its name. */
export interface GpuBackend {
  readonly name: string;
  readonly gpu: Gpu;
}

/** The name by which tfjs's users know the backend. */
const standard = 'webgpu';

/** The backends that were made here. */
const ours = new WeakSet<KernelBackend>();

/**
 * The tfjs backend on this device, or where none is given the one that is called 'webgpu'. That is the caller's where
 * it has been started, else one on our shared device. It is made where there is none, and neither activated nor the
 * default.
 *
 * Throws `GpuError`: 'absent' or 'unusable' where there is no WebGPU, 'lost' where a device that
 * isn't ours to replace is lost.
 */
export async function startGpuBackend(given?: GPUDevice): Promise<GpuBackend> {
  if (!hasTfjs()) throw new GpuError('unusable', NO_TFJS);
  const backend = given ? backendOn(given) : usable(standard);
  if (backend) return backend;
  const gpu = given ? gpuOf(given) : await sharedGpu();
  gpu.check();
  const make = await maker();
  await pendingStart();
  const meanwhile = given ? backendOn(given) : usable(standard);
  if (meanwhile) return meanwhile; // no await from here on
  const name = given ? nextName() : standard;
  install(name, make, gpu, given !== undefined);
  return { name, gpu };
}

/** The device behind a tfjs backend that runs on WebGPU. */
export function gpuOfBackend(name: string): Gpu | undefined {
  const backend = started(name);
  return backend && gpuOf(backend.device);
}

/**
 * The buffer that holds a tensor's values, once all commands that write to it are submitted. It is the tensor's: valid
 * until that is disposed. Throws where the tensor lives on no WebGPU backend.
 */
export function bufferOf(tensor: Tensor): GPUBuffer {
  const holder = tf.engine().state.tensorInfo.get(tensor.dataId)?.backend;
  if (!isWebGPU(holder)) throw new Error('expected a tensor on WebGPU, got one that lives elsewhere');
  holder.uploadToGPU(tensor.dataId);
  flush(holder);
  const { resource } = holder.tensorMap.get(tensor.dataId);
  if (!(resource instanceof GPUBuffer)) throw new Error('expected a tensor in a buffer, got one in a texture');
  return resource;
}

/** A new tensor and the buffer to write its values to, which is the tensor's and goes with it. */
export function emptyTensor(
  name: string,
  shape: number[],
  dtype: 'float32' | 'int32' = 'float32',
): { readonly tensor: Tensor; readonly buffer: GPUBuffer } {
  const backend = required(name);
  const { dataId } = backend.makeTensorInfo(shape, dtype);
  backend.uploadToGPU(dataId);
  const tensor = tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype }, backend);
  return { tensor, buffer: backend.tensorMap.get(dataId).resource as GPUBuffer };
}

/** A tensor that shows a buffer of the caller's, which must be there as long and is not freed with it. */
export function tensorOver(name: string, buffer: GPUBuffer, shape: number[]): Tensor {
  return required(name).createTensorFromGPUData({ buffer, zeroCopy: true }, shape, 'float32');
}

/** Submits the commands that tfjs has put off: before commands of one's own that read what those write. */
export function flushBackend(name: string): void {
  flush(required(name));
}

function flush(backend: WebGPUBackend): void {
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
}

function required(name: string): WebGPUBackend {
  const backend = started(name);
  if (!backend) throw new Error(`expected a started backend on WebGPU, got ${JSON.stringify(name)}`);
  return backend;
}

function started(name: string): WebGPUBackend | undefined {
  if (!isLoaded()) return undefined;
  const backend: KernelBackend | undefined = tf.engine().registry[name];
  return isWebGPU(backend) ? backend : undefined;
}

/** Not by instanceof, which would load the package. */
function isWebGPU(backend: KernelBackend | undefined): backend is WebGPUBackend {
  return backend !== undefined && 'device' in backend && 'bufferManager' in backend;
}

/** A backend that is started and whose device is there; none where a lost one was ours, and may be replaced. */
function usable(name: string): GpuBackend | undefined {
  const backend = started(name);
  if (!backend) return undefined;
  const gpu = gpuOf(backend.device);
  if (gpu.isLost && ours.has(backend)) return undefined;
  if (gpu.isLost) gpu.check();
  return { name, gpu };
}

function backendOn(device: GPUDevice): GpuBackend | undefined {
  const name = Object.keys(tf.engine().registry).find((one) => started(one)?.device === device);
  return name === undefined ? undefined : usable(name);
}

/** For devices that callers give: 'webgpu' stays free for what they may start themselves. */
function nextName(): string {
  for (let count = 1; ; count++) {
    const name = `otmix-webgpu-${count}`;
    if (!isRegistered(name)) return name;
  }
}

/** Waits while tfjs starts a backend for the caller, which may be this one. */
async function pendingStart(): Promise<void> {
  const { pendingBackendInit } = tf.engine() as unknown as { readonly pendingBackendInit: Promise<boolean> | null };
  await pendingBackendInit?.catch(() => undefined);
}

/** Loads tfjs's kernels for WebGPU; the result makes a backend of a device. */
async function maker(): Promise<(gpu: Gpu) => WebGPUBackend> {
  if (typeof GPUBuffer === 'undefined') await findGpu(); // for the globals
  const before = isRegistered(standard);
  const module = await import('@tensorflow/tfjs-backend-webgpu').catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new GpuError('unusable', `@tensorflow/tfjs-backend-webgpu does not load (${message})`, { cause });
  });
  // In browsers the package makes itself the default.
  if (!before && isRegistered(standard)) tf.engine().registryFactory[standard].priority = -1;
  return ({ device }) => {
    const backend = withNavigatorGpu(() => new module.WebGPUBackend(device, device.adapterInfo));
    ours.add(backend);
    return backend;
  };
}

/** tfjs makes a backend only where there is a `navigator.gpu`, of which it makes no use. */
function withNavigatorGpu<T>(make: () => T): T {
  const holder = globalThis as { navigator?: { gpu?: unknown } };
  if (holder.navigator?.gpu) return make();
  const had = holder.navigator;
  if (had) Object.defineProperty(had, 'gpu', { value: {}, configurable: true });
  else holder.navigator = { gpu: {} };
  try {
    return make();
  } finally {
    if (had) delete had.gpu;
    else delete holder.navigator;
  }
}

/** Puts a backend into tfjs's registry, in the place of one that was lost if there is one. */
function install(name: string, make: (gpu: Gpu) => WebGPUBackend, gpu: Gpu, given: boolean): void {
  const engine = tf.engine() as unknown as { backendName: string; backendInstance: KernelBackend };
  const { registry, registryFactory } = tf.engine();
  const lost: KernelBackend | undefined = registry[name];
  const backend = make(gpu);
  registry[name] = backend;
  registryFactory[name] = {
    priority: registryFactory[name]?.priority ?? -1,
    factory: given ? () => make(gpu) : async () => make(await sharedGpu()), // tfjs starts again what was reset
  };
  if (name !== standard) tf.copyRegisteredKernels(standard, name);
  if (engine.backendName === name) engine.backendInstance = backend; // it was the active one: it stays that
  lost?.dispose();
}
