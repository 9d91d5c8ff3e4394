import type { Tensor2D } from '@tensorflow/tfjs';
import type { Gpu } from '../../../kernels/webgpu/device.js';
import { GpuError } from '../../../kernels/webgpu/error.js';
import type { GpuSweepOptions } from '../../../kernels/webgpu/options.js';
import { TensorRows as RowsOfBuffer } from '../../../kernels/webgpu/tensor-rows.js';
import { bufferOf } from '../../../kernels/webgpu/tfjs.js';
import type { TensorRows } from '../builder.js';
import { FARTHEST, type Encoding } from '../encode.js';
import { WebgpuShard } from './shard.js';

/** The rows of a tensor on the device; undefined where it is larger than a binding, or rows are wanted elsewhere. */
export function webgpuTensorRows(gpu: Gpu, tensor: Tensor2D, options: GpuSweepOptions): TensorRows | undefined {
  const [n, d] = tensor.shape;
  const isTooLarge = 4 * n * d > gpu.limits.maxStorageBufferBindingSize;
  if (n * d === 0 || isTooLarge || options.residentBytes !== undefined) return undefined;
  // Its buffer is looked up for each use: tfjs may move it.
  const rows = (): RowsOfBuffer => new RowsOfBuffer(gpu, bufferOf(tensor), n, d);
  const { blockRows } = rows();
  return {
    ...{ n, d, blockRows },
    describe: () => rows().describe(),
    take: (indices) => rows().take(indices),
    async shard(encoding) {
      if (!isHeld(encoding)) return undefined;
      const { shift, scale, weightUnit } = encoding;
      try {
        return new WebgpuShard(
          gpu,
          await rows().encode({ shift, scale, weight: 1 / weightUnit, farthest: FARTHEST }),
          options,
        );
      } catch (error) {
        if (error instanceof GpuError && error.code === 'memory') return undefined; // some rows stay on the host then
        throw error;
      }
    },
  };
}

/** Whether float32 has the inverse of each scale. */
function isHeld({ scale }: Pick<Encoding, 'scale'>): boolean {
  return scale.every((one) => Math.fround(1 / one) > 0 && Math.fround(1 / one) < Infinity);
}
