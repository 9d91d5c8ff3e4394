import type { Tensor, TypedArray } from '@tensorflow/tfjs';
import type { Logits } from '../logits.js';
import type { Moments } from '../moments.js';
import type { TensorBlock } from './block.js';

/** A sweep of one model, block after block. */
export interface BlockSweep extends Pick<Logits, 'reference' | 'temperature'> {
  /** Of the blocks added; whole when the sweep is finished. */
  readonly moments: Moments;
  /** A block's sums by group, on the active backend. */
  swept(block: TensorBlock, centre: number): Tensor[];
  /** Adds these to the moments, in float64 and in the order of the groups; returns those of log Σ_k exp logit − centre. */
  add(outputs: readonly TypedArray[], groups: number): TypedArray;
  finish(): void;
  dispose(): void;
}

/** into `[outer, inner]` += Σ_g values `[outer, groups, inner]`. */
export function addOver(into: Float64Array, values: TypedArray, groups: number, inner: number): void {
  for (let outer = 0, from = 0; outer < into.length; outer += inner) {
    for (let group = 0; group < groups; group++) {
      for (let i = 0; i < inner; i++) into[outer + i] += values[from++];
    }
  }
}
