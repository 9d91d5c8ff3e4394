import { tf } from '#tfjs';
import type { LogitAttributes, ModelInputs } from '../../../kernels/mixture.js';
import { linearWidth, quadraticIfAny, type LinearTerm, type PlanModel, type QuadraticTerm } from '../model.js';
import { logitsOf } from '../logits.js';

/** A plan model as tensors on the active backend. */
export interface TensorModel {
  readonly inputs: ModelInputs;
  readonly attributes: LogitAttributes & { readonly hard: boolean };
  readonly reference: number;
  readonly temperature: number;
}

/**
 * Uploads a plan model of a quadratic term, a linear one, or both; the caller disposes the inputs. On libtensorflow components
 * are worked on at once. On other backends they are not: bits that have been published are of one after the other.
 */
export function tensorModel(model: PlanModel, backend: string): TensorModel {
  const { k, linear } = model.components;
  const quadratic = quadraticIfAny(model.components);
  const { offsets, rate, hard, reference, temperature } = logitsOf(model);
  return {
    inputs: {
      ...(quadratic && quadraticInputs(quadratic, k)),
      ...(linear && linearInputs(linear, k)),
      offsets: tf.tensor1d(offsets),
    },
    attributes: {
      ...(quadratic && { form: quadratic.form }),
      ...(linear && { linear: { dense: linear.dense, levels: linear.levels } }),
      ...{ rate, hard, together: backend === 'tensorflow' },
    },
    reference,
    temperature,
  };
}

function quadraticInputs({ form, d, means, whitening, degrees }: QuadraticTerm, k: number): Partial<ModelInputs> {
  const shapes = { full: [k, d, d], tied: [1, d, d], diag: [k, d], spherical: [k, 1] } as const;
  return {
    means: tf.tensor2d(means, [k, d]),
    whitening: tf.tensor(whitening, [...shapes[form]]),
    ...(degrees && { inverseDegrees: tf.tensor1d(Float32Array.from(degrees, (nu) => 1 / nu)) }),
  };
}

function linearInputs(term: LinearTerm, k: number): Partial<ModelInputs> {
  return { natural: tf.tensor2d(term.natural, [k, linearWidth(term)]) };
}
