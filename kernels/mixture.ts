/**
 * The arithmetic that the mixture kernels share, as composites of tfjs operations: whitened differences and logits.
 * Sizes: b rows in a block, d columns of the quadratic term, k components.
 */
import { tf } from '#tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { CovarianceForm } from './form.js';
import { linearProducts, type LinearPart } from './linear.js';
import type { LinearShape } from './linear-shape.js';
import { studentRadial } from './student.js';

/** The components as kernels take them: the parameters of a quadratic term, of a linear one, or of both. */
export interface ModelInputs {
  /** Means μ_k, `[k, d]`. */
  readonly means?: Tensor2D;
  /** Whitening factors: q_ik = ‖(x_i − μ_k) W_k‖² is the squared Mahalanobis distance. */
  readonly whitening?: Tensor;
  /** 1/ν_k, `[k]`, of a Student-t term; 0 is Gaussian. Left out for Gaussians. */
  readonly inverseDegrees?: Tensor1D;
  /** η_k, `[k, width]`. */
  readonly natural?: Tensor2D;
  /** `[k]`: all that is constant over rows in the logit of a component. */
  readonly offsets: Tensor1D;
}

/**
 * How logits follow from distances and statistics: logit_ik = offset_k + rate (2 ⟨t_i, η_k⟩ − q_ik). A Student-t term has
 * (ν_k + d) log(1 + q_ik / ν_k) for q_ik.
 */
export interface LogitAttributes {
  /** Of the quadratic term. */
  readonly form?: CovarianceForm;
  /** Of the linear term. */
  readonly linear?: LinearShape;
  /** 1/(2ε), or 1/2 for hard assignment. */
  readonly rate: number;
  /** Whether all components are worked on at once (together.ts), rather than one after the other; default no. */
  readonly together?: boolean;
}

/** A block's columns of a quadratic term, `[b, d]`, and the term's parameters. */
export interface QuadraticPart {
  readonly x: Tensor2D;
  readonly means: Tensor2D;
  readonly whitening: Tensor;
  readonly inverseDegrees?: Tensor1D | undefined;
  readonly form: CovarianceForm;
}

/** A quadratic term whose components are worked on at once. */
export interface WhitenedTogether {
  distances(): Tensor2D;
}

/** A block as the terms of a model see it. */
export interface Parts {
  readonly quadratic?: QuadraticPart;
  readonly linear?: LinearPart;
}

/** Parts a block `[b, columns]`: the quadratic term's columns come first. */
export function partsOf(x: Tensor2D, inputs: ModelInputs, { form, linear: shape }: LogitAttributes): Parts {
  const { means, whitening, inverseDegrees, natural } = inputs;
  const d = means?.shape[1] ?? 0;
  return {
    ...(means && whitening && form && { quadratic: { x: columnsOf(x, 0, d), means, whitening, inverseDegrees, form } }),
    ...(natural && shape && { linear: { held: columnsOf(x, d, x.shape[1] - d), natural, shape } }),
  };
}

function columnsOf(x: Tensor2D, from: number, count: number): Tensor2D {
  return count === x.shape[1] ? x : tf.slice(x, [0, from], [-1, count]);
}

/**
 * z_ik = (x_i − μ_k) W_k of one component, `[b, d]`: coordinates in which it is a standard ball. Differences first,
 * never the expanded square: far from the origin the expansion loses whole nats in float32.
 */
export function whitened({ x, means, whitening, form }: QuadraticPart, k: number): Tensor2D {
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

/** Logits offset_k + rate (2 ⟨t_i, η_k⟩ − q_ik) of a block, `[b, k]`; of a Student-t term as `LogitAttributes` says. */
export function logits(
  { quadratic, linear }: Parts,
  offsets: Tensor1D,
  { rate }: LogitAttributes,
  together?: WhitenedTogether,
): Tensor2D {
  const squares = quadratic ? tf.sub(offsets, tf.mul(radial(quadratic, together), rate)) : offsets;
  return (linear ? tf.add(squares, tf.mul(linearProducts(linear), 2 * rate)) : squares) as Tensor2D;
}

/** q_ik, or (ν_k + d) log(1 + q_ik / ν_k) of a Student-t term, `[b, k]`. */
function radial(part: QuadraticPart, together?: WhitenedTogether): Tensor2D {
  const { inverseDegrees, means } = part;
  const q = together ? together.distances() : distances(part);
  return inverseDegrees ? studentRadial(q, inverseDegrees, means.shape[1]) : q;
}

/** q_ik, `[b, k]`. */
function distances(part: QuadraticPart): Tensor2D {
  const [k] = part.means.shape;
  const each = Array.from({ length: k }, (_, index) => tf.tidy(() => tf.sum(tf.square(whitened(part, index)), 1)));
  // Components along rows while they are gathered: contiguous copies, where columns would be strided ones.
  return tf.transpose(tf.reshape(tf.concat(each), [k, part.x.shape[0]]));
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
