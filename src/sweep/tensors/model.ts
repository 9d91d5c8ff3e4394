import { tf } from '#tfjs';
import type { LogitAttributes, ModelInputs } from '../../../kernels/mixture.js';
import { soleQuadratic, type PlanModel } from '../model.js';
import { logitsOf } from '../logits.js';

/** A plan model as tensors on the active backend. */
export interface TensorModel {
  readonly inputs: ModelInputs;
  readonly attributes: LogitAttributes & { readonly hard: boolean };
  readonly reference: number;
  readonly temperature: number;
}

/** Uploads a plan model; the caller disposes the inputs. */
export function tensorModel(model: PlanModel): TensorModel {
  const { form, k, d, means, whitening } = soleQuadratic(model.components);
  const { offsets, rate, hard, reference, temperature } = logitsOf(model);
  const shapes = { full: [k, d, d], tied: [1, d, d], diag: [k, d], spherical: [k, 1] } as const;
  return {
    inputs: {
      means: tf.tensor2d(means, [k, d]),
      whitening: tf.tensor(whitening, [...shapes[form]]),
      offsets: tf.tensor1d(offsets),
    },
    attributes: { form, rate, hard },
    reference,
    temperature,
  };
}
