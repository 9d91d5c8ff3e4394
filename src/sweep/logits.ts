import type { Floats, PlanModel } from './model.js';

/** Stands for log 0 inside kernels: finite, so that differences of it stay numbers. */
const LOG_ZERO = -1e30;

/** A plan model as kernels compute with it, and what the host adds back in float64. */
export interface Logits {
  /** What is constant over rows in each component's logit, less `reference`, `[k]`. */
  readonly offsets: Float32Array;
  /** logit_ik = offset_k − rate ‖z_ik‖². */
  readonly rate: number;
  readonly hard: boolean;
  /** Taken off every offset, so that float32 carries differences between components alone. */
  readonly reference: number;
  /** What turns log Σ exp logit into −softmin: ε, or 1 under hard assignment. */
  readonly temperature: number;
}

/** What of the logits is constant over rows, in float64, `[k]`, and what turns costs into logits. */
export function offsetsOf({ components, weights, potential, epsilon }: PlanModel<Floats>): {
  readonly offsets: Float64Array;
  readonly hard: boolean;
  readonly temperature: number;
} {
  const hard = epsilon === 0;
  const temperature = hard ? 1 : epsilon;
  const offsets = components.logNormalizers.map(
    (normalizer, k) => (hard ? 0 : Math.log(weights[k])) + (potential[k] + normalizer) / temperature,
  );
  return { offsets, hard, temperature };
}

/**
 * logit_ik = log w_k + (g_k − C_ik)/ε with C_ik = ‖z_ik‖²/2 − logNormalizer_k; under hard
 * assignment (ε = 0) g_k − C_ik.
 */
export function logitsOf(model: PlanModel): Logits {
  const { offsets, hard, temperature } = offsetsOf(model);
  const reference = offsets.reduce((largest, offset) => Math.max(largest, offset), -Infinity);
  return {
    offsets: Float32Array.from(offsets, (offset) => Math.max(offset - reference, LOG_ZERO)),
    rate: 1 / (2 * temperature),
    hard,
    reference,
    temperature,
  };
}
