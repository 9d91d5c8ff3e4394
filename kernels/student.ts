/**
 * What a Student-t term makes of squared distances q, as composites of tfjs operations. It is written in 1/ν, whose limit
 * 0 is Gaussian and no case apart. Sizes: b rows in a block, k components, d columns.
 */
import { tf } from '#tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';

/** Below this a series stands for log(1 + x): some backends' log1p is the logarithm of a rounded sum. */
const SMALL = 0.25;

/** (ν_k + d) log(1 + q_ik / ν_k), `[b, k]`: with x = q_ik / ν_k it is q_ik (1 + d / ν_k) · log(1 + x) / x. */
export function studentRadial(q: Tensor2D, inverseDegrees: Tensor1D, d: number): Tensor2D {
  const x = tf.mul(q, inverseDegrees);
  const beyond = tf.add(x, 2);
  const small = tf.div(tf.mul(tf.add(seriesRest(tf.div(x, beyond)), 1), 2), beyond);
  const large = tf.div(tf.log(tf.add(x, 1)), x);
  const slope = tf.add(tf.mul(inverseDegrees, d), 1);
  return tf.mul(tf.mul(q, slope), tf.where(tf.less(x, SMALL), small, large));
}

/** What sums of components' rows are weighted by, each of the shape of q. */
export interface StudentWeights<T extends Tensor> {
  /** u = (ν + d) / (ν + q). */
  readonly weights: T;
  /** log u − u + 1, near −(u − 1)² / 2: sums of it keep the digits by which degrees of freedom are told apart. */
  readonly logarithms: T;
}

/** Of squared distances q, in d columns, and 1/ν, which broadcasts to their shape. */
export function studentWeights<T extends Tensor>(q: T, inverseDegrees: Tensor, d: number): StudentWeights<T> {
  const denominator = tf.add(tf.mul(q, inverseDegrees), 1);
  const weights: T = tf.div(tf.add(tf.mul(inverseDegrees, d), 1), denominator);
  // u − 1, by a difference that is exact where it is small.
  const excess = tf.div(tf.mul(tf.sub(d, q), inverseDegrees), denominator);
  const s = tf.div(excess, tf.add(excess, 2));
  const small = tf.mul(s, tf.sub(tf.mul(seriesRest(s), 2), excess));
  const large = tf.sub(tf.log(weights), excess);
  return { weights, logarithms: tf.where(tf.less(tf.abs(excess), SMALL), small, large) as T };
}

/** s²/3 + s⁴/5 + s⁶/7: log(1 + x) = 2 s (1 + rest) with s = x / (2 + x), to 2e-8 of it where |x| < 1/4. */
function seriesRest(s: Tensor): Tensor {
  const square = tf.square(s);
  return tf.mul(square, tf.add(tf.mul(square, tf.add(tf.mul(square, 1 / 7), 1 / 5)), 1 / 3));
}
