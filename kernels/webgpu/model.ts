import { operationsPerRow } from '../form.js';
import type { LinearShape } from '../linear-shape.js';
import type { KernelModel, ModelShape } from '../model.js';
import type { RowFormat } from './rows.wgsl.js';

/** A model as the WebGPU kernels take it. Of d = 0 columns it has no quadratic term, whatever its form. */
export interface GpuModel extends KernelModel {
  /** logit_ik += 2 rate ⟨t_i, η_k⟩, of columns after the d of the quadratic term; η is `[k, width]`. */
  readonly linear?: (LinearShape & { readonly natural: Float32Array }) | undefined;
  /** The format that rows are kept in; default float32. */
  readonly rows?: RowFormat | undefined;
  /** Of tied components without a linear term: whether rows are whitened once, y = (x − origin) W, */
  readonly once?: boolean | undefined;
  /** with means `[k, d]` of y. */
  readonly shared?: { readonly origin: Float32Array; readonly means: Float32Array } | undefined;
}

/** What of a model decides how it lies in memory, and what programs it needs. */
export interface GpuShape extends ModelShape {
  readonly linear?: LinearShape | undefined;
  /** The format that rows are kept in; default float32. float16 only without a linear term. */
  readonly rows?: RowFormat | undefined;
  /** Whether rows are whitened once. */
  readonly once?: boolean | undefined;
}

/** What moments are of: x − μ_k, or (x − μ_k) W_k. */
export type MomentFrame = 'differences' | 'whitened';

/** Levels are summed as products with 0 and 1 where they are few, and with no more work where they are many. */
const DEAREST_LEVELS = 64;

/** Operations of a sweep per row, as they are done. */
export function operationsOf({ linear, once, ...quadratic }: GpuShape & { readonly coupling?: boolean }): number {
  if (once) return operationsPerRow({ ...quadratic, k: 1 }) + quadratic.k * (10 * quadratic.d + quadratic.k);
  if (!linear) return operationsPerRow(quadratic);
  const levels = linear.levels.reduce((sum, count) => sum + 1 + Math.min(count, DEAREST_LEVELS), 0);
  return operationsPerRow(quadratic) + 2 * quadratic.k * (2 * linear.dense + levels);
}
