import { backendOf } from '../../kernels/engine.js';
import type { Gpu } from '../../kernels/webgpu/device.js';
import { GpuError } from '../../kernels/webgpu/error.js';
import type { GpuSweepOptions } from '../../kernels/webgpu/options.js';
import { sharedGpu } from '../../kernels/webgpu/shared.js';
import { summary } from '../../kernels/webgpu/summary.js';
import { gpuOfBackend, startGpuBackend, type GpuBackend } from '../../kernels/webgpu/tfjs.js';
import { tensorGeometries } from '../geometry/tensors.js';
import { webgpuShardBuilder } from '../sweep/webgpu/builder.js';
import { webgpuTensorRows } from '../sweep/webgpu/tensor-rows.js';
import { absent, Unusable, type Backend, type Device, type Finding } from './backend.js';
import { gappedOnCpu } from './gapped.js';

/** GPUs by WebGPU, with fused kernels for rows; tensors are tfjs's, on the same device. */
export const webgpu = {
  name: 'webgpu',
  onHost: false,
  holds: (tensors) => gpuOfBackend(tensors) !== undefined,
  async probe(wanted) {
    try {
      const gpu = gpuOfBackend('webgpu') ?? (await sharedGpu(wanted));
      if (!gpu.software) await startGpuBackend(); // now, while there is still another to take instead
      return findingOf(gpu);
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      return { ...absent(error.reason), faulty: error.code !== 'absent' };
    }
  },
  async open({ tensors, notes }) {
    const gpu = tensors === undefined ? undefined : gpuOfBackend(tensors);
    if (tensors !== undefined && gpu) return webgpuDevice({ name: tensors, gpu }, { notes });
    return openWebgpu(undefined, notes);
  },
} as const satisfies Backend;

/** WebGPU on a device of the caller's, or on the shared one. Throws `Unusable`. */
export async function openWebgpu(given?: GPUDevice, notes: readonly string[] = []): Promise<Device> {
  try {
    return webgpuDevice(await startGpuBackend(given), { notes });
  } catch (error) {
    if (error instanceof GpuError) throw new Unusable(error.reason, { cause: error });
    throw error;
  }
}

/** A GPU, of which a tfjs backend makes tensors. */
export function webgpuDevice(
  { name, gpu }: GpuBackend,
  { notes = [], ...options }: GpuSweepOptions & { readonly notes?: readonly string[] } = {},
): Device {
  return {
    ...findingOf(gpu),
    ...{ name: 'webgpu', onHost: false, threads: 1, tensors: name, notes },
    float16: true,
    spills: true,
    rows: (d, { trials = true, once = false, format = options.rows, spill } = {}) =>
      webgpuShardBuilder(gpu, d, { ...options, rows: format, ...((!trials || once) && { tuneFrom: Infinity }) }, spill),
    tensorRows(tensor, { trials = true, once = false, format = 'float32' } = {}) {
      const there = tensor.dtype === 'float32' && gpuOfBackend(backendOf(tensor))?.device === gpu.device;
      if (!there || format !== 'float32') return undefined;
      return webgpuTensorRows(gpu, tensor, { ...options, ...((!trials || once) && { tuneFrom: Infinity }) });
    },
    ...gappedOnCpu(),
    geometry: (problem) => tensorGeometries(problem, 'webgpu', { backend: name, gpu }),
  };
}

function findingOf(gpu: Gpu): Finding {
  const { adapter, software } = gpu;
  const reason = software ? 'a software adapter' : 'there is a GPU with a driver';
  return { usable: true, adapter, gpu: !software, reason, details: summary(gpu) };
}
