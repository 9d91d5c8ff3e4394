import * as tf from '@tensorflow/tfjs';
import type { LogitAttributes, ModelInputs } from '../../kernels/mixture.js';
import type { PlanModel } from '../moments.js';

/** Stands for log 0 inside kernels: finite, so that differences of it stay numbers. */
const LOG_ZERO = -1e30;

/** A plan model in the kernels' terms, on the active backend, with what the host adds back in float64. */
export interface TensorModel {
  readonly inputs: ModelInputs;
  readonly attributes: LogitAttributes & { readonly hard: boolean };
  /** Taken off every offset, so that float32 carries differences between components alone. */
  readonly reference: number;
  /** What turns log Σ exp logit into −softmin: ε, or 1 under hard assignment. */
  readonly temperature: number;
}

/**
 * logit_ik = log w_k + (g_k − C_ik)/ε with C_ik = q_ik/2 − logNormalizer_k; under hard assignment (ε = 0) g_k − C_ik.
 * The caller disposes the inputs.
 */
export function tensorModel(model: PlanModel): TensorModel {
  const { components, weights, potential, epsilon } = model;
  const { form, k, d, means, whitening, logNormalizers } = components;
  const hard = epsilon === 0;
  const temperature = hard ? 1 : epsilon;
  const offsets = Array.from(
    logNormalizers,
    (normalizer, index) => (hard ? 0 : Math.log(weights[index])) + (potential[index] + normalizer) / temperature,
  );
  const reference = offsets.reduce((largest, offset) => Math.max(largest, offset), -Infinity);
  const shapes = { full: [k, d, d], tied: [1, d, d], diag: [k, d], spherical: [k, 1] } as const;
  return {
    inputs: {
      means: tf.tensor2d(means, [k, d]),
      whitening: tf.tensor(whitening, [...shapes[form]]),
      offsets: tf.tensor1d(offsets.map((offset) => Math.max(offset - reference, LOG_ZERO))),
    },
    attributes: { form, rate: 1 / (2 * temperature), hard },
    reference,
    temperature,
  };
}
