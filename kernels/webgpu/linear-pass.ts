import type { Gpu } from './device.js';
import { modelLayout } from './layout.js';
import { linearLayout } from './linear-layout.js';
import { linearProgram } from './linear.wgsl.js';
import type { GpuShape } from './model.js';
import { programOf } from './program.js';
import { bind, dispatch, type Pass } from './work.js';

/** Records the linear part of logits of a pass, before a plan is made of them. */
type Record = (encoder: GPUComputePassEncoder, pass: Pass) => void;

/** Uniforms, rows, model and plan. */
type Bindings = readonly [GPUBufferBinding, GPUBuffer, GPUBuffer, GPUBuffer];

/** The linear part of logits: bound to a chunk of rows, it records that of a pass. */
export type LinearPass = (bindings: Bindings) => Record;

/** That of a model with a linear term, else one that records nothing. */
export async function linearPass(gpu: Gpu, shape: GpuShape): Promise<LinearPass> {
  const layout = linearLayout(shape);
  if (!layout) return () => () => undefined;
  const program = await programOf(gpu.device, linearProgram(layout, modelLayout(shape).columns, shape.k));
  return (bindings) => {
    const bound = bind(gpu.device, program, bindings);
    return (encoder, { slot, tiles }) => dispatch(encoder, bound, slot, tiles * layout.chunks, gpu);
  };
}
