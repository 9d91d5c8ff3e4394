/**
 * The arithmetic that the mixture kernels share, as composites of tfjs operations: whitened differences and logits.
 * Sizes: b rows in a block, d columns, k components.
 */
import { tf } from '#tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { CovarianceForm } from './form.js';

/** The components as kernels take them. */
export interface ModelInputs {
  /** Means μ_k, `[k, d]`. */
  readonly means: Tensor2D;
  /** Whitening factors: q_ik = ‖(x_i − μ_k) W_k‖² is the squared Mahalanobis distance. */
  readonly whitening: Tensor;
  /** `[k]`: all that is constant over rows in the logit of a component. */
  readonly offsets: Tensor1D;
}

/** How logits follow from distances: logit_ik = offset_k − rate · q_ik. */
export interface LogitAttributes {
  readonly form: CovarianceForm;
  /** 1/(2ε), or 1/2 for hard assignment. */
  readonly rate: number;
}

/**
 * z_ik = (x_i − μ_k) W_k of one component, `[b, d]`: coordinates in which it is a standard ball. Differences first,
 * never the expanded square: far from the origin the expansion loses whole nats in float32.
 */
export function whitened(x: Tensor2D, { means, whitening }: ModelInputs, form: CovarianceForm, k: number): Tensor2D {
  const difference: Tensor2D = tf.sub(x, tf.slice(means, [k, 0], [1, -1]));
  switch (form) {
    case 'full':
      return tf.matMul(difference, component(whitening, k));
    case 'tied':
      return tf.matMul(difference, component(whitening, 0));
    case 'diag':
    case 'spherical':
      return tf.mul(difference, tf.slice(whitening, [k, 0], [1, -1]));
    default:
      return form satisfies never;
  }
}

function component(whitening: Tensor, k: number): Tensor2D {
  const [, d = 0] = whitening.shape;
  return tf.reshape(tf.slice(whitening, [k, 0, 0], [1, -1, -1]), [d, d]);
}

/** Logits offset_k − rate ‖z_ik‖² of a block, `[b, k]`. */
export function logits(x: Tensor2D, model: ModelInputs, attributes: LogitAttributes): Tensor2D {
  const [k] = model.means.shape;
  const distances = Array.from({ length: k }, (_, index) =>
    tf.tidy(() => tf.sum(tf.square(whitened(x, model, attributes.form, index)), 1)),
  );
  // Components along rows while they are gathered: contiguous copies, where columns would be strided ones.
  const gathered = tf.transpose(tf.reshape(tf.concat(distances), [k, x.shape[0]]));
  return tf.sub(model.offsets, tf.mul(gathered, attributes.rate));
}

/** A row softmin taken apart, each `[b, 1]` or `[b, k]`. */
export interface RowSoftmin {
  /** Responsibilities r_ik, rows sum to 1; one-hot under hard assignment. */
  readonly responsibilities: Tensor2D;
  /** Largest logit of each row. */
  readonly largest: Tensor2D;
  /** log Σ_k exp(logit_ik); the largest logit under hard assignment. */
  readonly logSum: Tensor2D;
}

/** Row softmin of logits `[b, k]`: the row's extreme is subtracted before anything is exponentiated. */
export function rowSoftmin(logit: Tensor2D, hard: boolean): RowSoftmin {
  const largest: Tensor2D = tf.max(logit, 1, true);
  if (hard) {
    const likeliest = tf.reshape(tf.cast(tf.argMax(logit, 1), 'int32'), [-1, 1]);
    const components = tf.reshape(tf.range(0, logit.shape[1], 1, 'int32'), [1, -1]);
    // Not oneHot, which refuses a single component.
    const responsibilities: Tensor2D = tf.cast(tf.equal(likeliest, components), 'float32');
    return { responsibilities, largest, logSum: largest };
  }
  const exponentials = tf.exp(tf.sub(logit, largest));
  const sum: Tensor2D = tf.sum(exponentials, 1, true);
  return { responsibilities: tf.div(exponentials, sum), largest, logSum: tf.add(largest, tf.log(sum)) };
}
