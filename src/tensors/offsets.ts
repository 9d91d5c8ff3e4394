import { tf } from '#tfjs';
import { isTensor } from '../../kernels/engine.js';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { above } from '../../kernels/above.js';
import { ABSENT } from '../../kernels/costs.js';
import { nestedNumbers, single, type Rule } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { requireFits, requireTensor, type Numbers } from './check.js';

/** What weights in arrays must be; tensors are not read back: there a negative weight is as 0. */
const weight: Rule = {
  expected: 'numbers ≥ 0 that float32 can hold',
  holds: (value) => value >= 0 && single.holds(value),
  remedy: 'correct it',
};

/** What the components bring to a softmin besides their costs. */
export interface Prior {
  /** w_k, `[k]` or `[B, k]`, at least 0; all 1 unless given. A component of weight 0 is absent. */
  readonly weights?: Numbers;
  /** Dual potential g_k, nats, `[k]` or `[B, k]`; 0 unless given. */
  readonly potential?: Numbers;
}

/** o_k = ε log w_k + g_k, `[1 or B, k]`; −10³⁷ where w_k is 0, which is also what its gradient is zero for. */
export function offsetsOf(
  { weights, potential }: Prior,
  epsilon: number,
  sizes: { batches: number | undefined; k: number },
  where: string,
): Tensor2D {
  const parts: Tensor2D[] = [];
  if (weights !== undefined) {
    const w = vector(weights, sizes, `${where}: weights`, weight);
    const present = above(w, 0);
    // The logarithm is of 1 where w_k is 0, so that its slope there, infinite, does not meet the zero it is cut off by.
    const scaled = tf.mul(tf.log(tf.where(present, w, 1)), epsilon);
    parts.push(tf.where(present, scaled, -ABSENT) as Tensor2D);
  }
  if (potential !== undefined) parts.push(vector(potential, sizes, `${where}: potential`));
  const [one, two] = parts;
  if (!one) return tf.zeros([1, sizes.k]);
  if (!two) return one;
  // The potential of an absent component does not bring it back.
  const sum: Tensor2D = tf.add(one, two);
  return tf.where(above(one, -ABSENT), sum, -ABSENT);
}

function vector(
  given: Numbers,
  { batches, k }: { batches: number | undefined; k: number },
  where: string,
  rule = single,
): Tensor2D {
  if (isTensor(given)) requireTensor(given, where, ['[k]', '[B, k]']);
  const { shape, values } = isTensor(given) ? { shape: given.shape, values: null } : nestedNumbers(given, where, rule);
  const own = requireFits(shape, 'k', [k], where);
  if (own !== undefined && own !== batches) {
    throw new InputError('shape', {
      where,
      expected:
        batches === undefined ? '[k], as the costs have no batches' : `[k], or [B, k] with the costs' B = ${batches}`,
      got: `B = ${own}`,
      remedy: 'give one row per batch, or one for all',
    });
  }
  const tensor = values ? tf.tensor1d(Float32Array.from(values)) : (given as Tensor);
  return tf.reshape(tensor, [own ?? 1, k]);
}
