/**
 * Gaussian costs by the expanded square: a logit is linear in the products of a row's columns, so that costs of all
 * components are one product of matrices and their moments another. Nothing of size rows × components × columns is made.
 * The terms of an expanded square cancel: whoever calls sees that they do not cancel by much
 * (src/sweep/tensors/expanded.ts).
 */
import { tf } from '#tfjs';
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { defineKernel } from './engine.js';
import { rowSoftmin } from './mixture.js';
import type { SweepAttributes } from './sweep.js';

/** Products of columns that lie together: 4 MiB, which stay in a cache from one operation to the next. */
const TOGETHER = 2 ** 20;

/** Sizes: g groups of s rows, d columns, p products of columns, k components. */
export interface ExpandedInputs {
  /** Rows of one block, `[g·s, d]`. */
  readonly x: Tensor2D;
  /** Row weights, `[g·s]`; 0 for padding. */
  readonly weights: Tensor1D;
  /**
   * Unit vectors `[1 + d, p]`, which pick the products' first factors of a row `[1, x]`. Where they are left out, products are
   * `[1, x, x²]`.
   */
  readonly left?: Tensor2D;
  /** And the second ones. */
  readonly right?: Tensor2D;
  /** Of each product in each logit, `[p, k]`. */
  readonly coefficients: Tensor2D;
}

/** As of the sweep by whitened differences. */
export type ExpandedAttributes = Pick<SweepAttributes, 'groups' | 'hard' | 'centre' | 'coupling'>;

/**
 * One block of a sweep by logits ⟨t_i, c_k⟩ with t_i the products of the columns of row i. With v the row weights and r the
 * responsibilities, for each group:
 *
 * | output | shape | is |
 * | --- | --- | --- |
 * | objective | `[g]` | Σ v_i (log Σ_k exp logit_ik − centre) |
 * | products | `[g, k, p]` | Σ v_i r_ik t_i |
 * | coupling | `[g, k, k]`, on request | Σ v_i r_i r_iᵀ |
 */
export const expandedSweepKernel = defineKernel<ExpandedInputs, ExpandedAttributes>({
  name: 'OtmixExpandedSweep',
  composite(inputs, attributes) {
    const { x, weights, coefficients } = inputs;
    const { groups } = attributes;
    const s = x.shape[0] / groups;
    const step = Math.max(1, Math.floor(TOGETHER / (coefficients.shape[0] * s)));
    const parts = Array.from({ length: Math.ceil(groups / step) }, (_, at) =>
      tf.tidy(() => {
        const count = Math.min(step, groups - at * step);
        const rows: Tensor2D = tf.slice(x, [at * step * s, 0], [count * s, -1]);
        const own: Tensor1D = tf.slice(weights, [at * step * s], [count * s]);
        return sweptGroups({ ...inputs, x: rows, weights: own }, { ...attributes, groups: count });
      }),
    );
    return parts[0].map((_, output) => tf.concat(parts.map((one) => one[output])));
  },
});

function sweptGroups(inputs: ExpandedInputs, { groups, hard, centre, coupling }: ExpandedAttributes): Tensor[] {
  const products = productsOf(inputs);
  const column: Tensor2D = tf.reshape(inputs.weights, [-1, 1]);
  const { responsibilities, logSum } = rowSoftmin(tf.matMul(products, inputs.coefficients), hard);
  const plan = grouped(tf.mul(responsibilities, column), groups);
  const objective = tf.sum(tf.reshape(tf.mul(tf.sub(logSum, centre), column), [groups, -1]), 1);
  const outputs: Tensor[] = [objective, tf.matMul(plan, grouped(products, groups), true, false)];
  if (coupling) outputs.push(tf.matMul(plan, grouped(responsibilities, groups), true, false));
  return outputs;
}

/** t_i, `[g·s, p]`. Picked by products with unit vectors, which are exact, and faster than gathering columns. */
function productsOf({ x, left, right }: ExpandedInputs): Tensor2D {
  const one = tf.ones<Rank.R2>([x.shape[0], 1]);
  if (!left || !right) return tf.concat([one, x, tf.square(x)], 1);
  const row: Tensor2D = tf.concat([one, x], 1);
  return tf.mul(tf.matMul(row, left), tf.matMul(row, right));
}

/** `[g·s, c]` → `[g, s, c]`. */
function grouped(values: Tensor2D, groups: number): Tensor3D {
  return tf.reshape(values, [groups, -1, values.shape[1]]);
}
