/**
 * Sums and broadcasting that the tensor kernels and their gradients share. Everything is batched in its first
 * dimension, B models or 1 that all share.
 */
import { tf } from '#tfjs';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs';

/** No float32 sum runs over more rows. */
const GROUP = 1024;

/** Sums over rows in groups of groups: `[b, n, c]` → `[b, 1, c]`. */
export function sumRows(values: Tensor3D): Tensor3D {
  return values.shape[1] <= GROUP ? tf.sum(values, 1, true) : sumRows(tf.sum(grouped(values), 2));
}

/** Σ_i u_i v_iᵀ over rows: `[b, n, c]`, `[b, n, e]` → `[b, c, e]`. */
export function sumOuter(u: Tensor3D, v: Tensor3D): Tensor3D {
  const [b, , c] = u.shape;
  const e = v.shape[2];
  const left = grouped(u);
  const products = tf.matMul(tf.transpose(left, [0, 1, 3, 2]), grouped(v));
  return tf.reshape(sumRows(tf.reshape(products, [b, left.shape[1], c * e])), [b, c, e]);
}

/** Rows in groups, the last one filled with zeros: `[b, n, c]` → `[b, g, s, c]`. */
function grouped(values: Tensor3D): Tensor4D {
  const [b, n, c] = values.shape;
  const groups = Math.ceil(n / GROUP);
  const size = groups > 1 ? GROUP : n;
  const filled =
    groups * size === n
      ? values
      : tf.pad(values, [
          [0, 0],
          [0, groups * size - n],
          [0, 0],
        ]);
  return tf.reshape(filled, [b, groups, size, c]);
}

/** The gradient of something that all batches shared is the sum over them: `[b, …]` → `[1, …]` where `batches` is 1. */
export function sharedBy<T extends Tensor>(values: T, batches: number): T {
  return values.shape[0] === batches ? values : tf.sum(values, 0, true);
}

/** Repeats what batches share: `[1, …]` → `[batches, …]`. */
export function repeated<T extends Tensor>(values: T, batches: number): T {
  return values.shape[0] === batches
    ? values
    : (tf.broadcastTo(values, [batches, ...values.shape.slice(1)]) as unknown as T);
}
