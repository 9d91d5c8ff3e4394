import { operationsPerRow } from '../form.js';
import { linearWidth, type LinearShape } from '../linear-shape.js';
import type { KernelModel, ModelShape } from '../model.js';

/** A model as the WebGPU kernels take it. Of d = 0 columns it has no quadratic term, whatever its form. */
export interface GpuModel extends KernelModel {
  /** logit_ik += 2 rate ⟨t_i, η_k⟩, of columns after the d of the quadratic term; η is `[k, width]`. */
  readonly linear?: (LinearShape & { readonly natural: Float32Array }) | undefined;
}

/** What of a model decides how it lies in memory, and what programs it needs. */
export interface GpuShape extends ModelShape {
  readonly linear?: LinearShape | undefined;
}

/** Operations of a sweep per row, as they are done: sums of levels are products with 0 and 1. */
export function operationsOf({ linear, ...quadratic }: GpuShape & { readonly coupling?: boolean }): number {
  const products = linear ? quadratic.k * (2 * linear.dense + 2 * linearWidth(linear)) : 0;
  return operationsPerRow(quadratic) + products;
}
