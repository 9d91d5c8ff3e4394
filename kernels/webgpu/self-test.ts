import type { Gpu } from './device.js';
import { GpuError } from './error.js';
import { guarded, scoped } from './scope.js';

const COUNT = 64;

const code = `
@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [${COUNT}]
@compute @workgroup_size(${COUNT}) fn main(@builtin(local_invocation_index) i: u32) { x[i] = x[i] * x[i] + 1.0; }
`;

/**
 * Has the device compute i² + 1 and throws `GpuError('unusable')` where it doesn't: broken drivers answer with zeros.
 */
export async function selfTest(gpu: Gpu): Promise<void> {
  const { device } = gpu;
  const size = 4 * COUNT;
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const made = await scoped(gpu, 'a first computation', () => ({
    values: device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST }),
    staging: device.createBuffer({ size, usage: MAP_READ | COPY_DST }),
    pipeline: device.createComputePipeline({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code }) },
    }),
  }));
  const { values, staging, pipeline } = made;
  try {
    device.queue.writeBuffer(
      values,
      0,
      Float32Array.from({ length: COUNT }, (_, i) => i),
    );
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    const entries = [{ binding: 0, resource: { buffer: values } }];
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(1);
    pass.end();
    encoder.copyBufferToBuffer(values, 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await guarded(gpu, () => staging.mapAsync(GPUMapMode.READ));
    const wrong = new Float32Array(staging.getMappedRange()).findIndex((value, i) => value !== i * i + 1);
    if (wrong !== -1) throw new GpuError('unusable', `the device ${gpu.adapter} computes wrongly`);
  } finally {
    values.destroy();
    staging.destroy();
  }
}
