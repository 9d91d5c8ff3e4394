import { tf } from '#tfjs';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { defineKernel } from './engine.js';
import { isMatrix, type CovarianceForm } from './form.js';
import { linearSums } from './linear.js';
import {
  logits,
  partsOf,
  rowSoftmin,
  whitened,
  type LogitAttributes,
  type ModelInputs,
  type QuadraticPart,
} from './mixture.js';
import { studentWeights } from './student.js';
import { groupsTogether, Together } from './together.js';

export interface SweepInputs extends ModelInputs {
  /** Rows of one block, `[g·s, columns]`. */
  readonly x: Tensor2D;
  /** Row weights, `[g·s]`; 0 for padding. */
  readonly weights: Tensor1D;
}

export interface SweepAttributes extends LogitAttributes {
  /** Number of groups g the rows are summed in: no float32 sum runs over more than s rows. */
  readonly groups: number;
  /** One-hot responsibilities: the limit ε → 0. */
  readonly hard: boolean;
  /** Near the mean of log Σ exp logits: subtracted before summing, so that sums of it keep their digits. */
  readonly centre: number;
  /** Whether to sum r_i r_iᵀ. */
  readonly coupling: boolean;
}

/**
 * One block of a sweep: cost → row softmin → moments about the current means, with sums kept apart by group. Moments
 * are of whitened differences z_ik, so that float32 keeps the digits of a covariance's every direction, narrow ones
 * too. With v the row weights and r the responsibilities, for each group and of each term that the model has:
 *
 * | output | shape | is |
 * | --- | --- | --- |
 * | objective | `[g]` | Σ v_i (log Σ_k exp logit_ik − centre) |
 * | mass | `[g, k]` | Σ v_i r_ik |
 * | first | `[k, g, d]` | Σ v_i r_ik z_ik |
 * | second | full `[k, g, d, d]`, tied `[1, g, d, d]` (summed over k) | Σ v_i r_ik z_ik z_ikᵀ |
 * | | diag and spherical `[k, g, d]` | its diagonal |
 * | weight | `[k, g]`, of Student-t | Σ v_i r_ik u_ik |
 * | logarithm | `[k, g]`, of Student-t | Σ v_i r_ik (log u_ik − u_ik + 1) |
 * | linear | `[g, k, width]` | Σ v_i r_ik t_i |
 * | coupling | `[g, k, k]`, on request | Σ v_i r_i r_iᵀ |
 *
 * First and second moments of a Student-t term are weighted by u_ik = (ν_k + d) / (ν_k + ‖z_ik‖²) besides.
 */
export const sweepKernel = defineKernel<SweepInputs, SweepAttributes>({
  name: 'OtmixSweep',
  composite(inputs, attributes) {
    const { x, means, inverseDegrees } = inputs;
    const { groups, together = false } = attributes;
    if (!together || !means) return sweptGroups(inputs, attributes);
    const step = groupsTogether({ means }, x.shape[0] / groups);
    if (step >= groups) return sweptGroups(inputs, attributes);
    const parts = Array.from({ length: Math.ceil(groups / step) }, (_, at) =>
      tf.tidy(() => sweptGroups(...someGroups(inputs, attributes, at * step, Math.min(groups, (at + 1) * step)))),
    );
    const byComponent = 2 + (inverseDegrees ? 4 : 2);
    return parts[0].map((_, output) =>
      tf.concat(
        parts.map((one) => one[output]),
        output >= 2 && output < byComponent ? 1 : 0,
      ),
    );
  },
});

/** Groups `from` … `to − 1` of a block. */
function someGroups(
  inputs: SweepInputs,
  attributes: SweepAttributes,
  from: number,
  to: number,
): [SweepInputs, SweepAttributes] {
  const rows = inputs.x.shape[0] / attributes.groups;
  const x: Tensor2D = tf.slice(inputs.x, [from * rows, 0], [(to - from) * rows, -1]);
  const weights: Tensor1D = tf.slice(inputs.weights, [from * rows], [(to - from) * rows]);
  return [
    { ...inputs, x, weights },
    { ...attributes, groups: to - from },
  ];
}

function sweptGroups(inputs: SweepInputs, attributes: SweepAttributes): Tensor[] {
  const { x, weights, offsets } = inputs;
  const { groups, hard, centre, coupling } = attributes;
  const k = offsets.shape[0];
  const parts = partsOf(x, inputs, attributes);
  const together = attributes.together && parts.quadratic ? new Together(parts.quadratic, groups) : undefined;
  const { responsibilities, logSum } = rowSoftmin(logits(parts, offsets, attributes, together), hard);
  const column: Tensor2D = tf.reshape(weights, [-1, 1]);
  const plan: Tensor2D = tf.mul(responsibilities, column);
  const quadratic = (): Tensor[] =>
    together?.moments(plan) ?? (parts.quadratic ? moments(parts.quadratic, groups, tf.transpose(plan)) : []);
  const outputs = [
    tf.reshape(sumGroups(tf.mul(tf.sub(logSum, centre), column), groups), [groups]),
    sumGroups(plan, groups),
    ...quadratic(),
    ...(parts.linear ? [linearSums(parts.linear, plan, groups)] : []),
  ];
  together?.dispose();
  if (coupling) {
    const shape = [groups, -1, k] as [number, number, number];
    outputs.push(outerProducts(tf.reshape(plan, shape), tf.reshape(responsibilities, shape)));
  }
  return outputs;
}

/**
 * First and second moments of every component, and of a Student-t term the sums of u; `plan` is `[k, b]`. Whitened rows
 * are recomputed, not kept: k·b·d floats would be too many.
 */
function moments(part: QuadraticPart, groups: number, plan: Tensor2D): Tensor[] {
  const [k, d] = part.means.shape;
  const first: Tensor[] = [];
  const second: Tensor[] = [];
  const radial: Tensor[][] = [];
  for (let index = 0; index < k; index++) {
    const [one, two, ...sums] = tf.tidy(() => momentsOf(part, index, groups, plan));
    first.push(one);
    radial.push(sums);
    if (part.form === 'tied' && index > 0) {
      const sum = second.pop() as Tensor;
      second.push(tf.add(sum, two));
      tf.dispose([sum, two]);
    } else second.push(two);
  }
  return [
    tf.reshape(tf.concat(first), [k, groups, d]),
    tf.reshape(tf.concat(second), [second.length, groups, ...second[0].shape.slice(1)]),
    ...radial[0].map((_, at) => tf.reshape(tf.concat(radial.map((sums) => sums[at])), [k, groups])),
  ];
}

/** The same of one component: `[g, d]`, `[g, d]` or `[g, d, d]`, and `[g]` twice. */
function momentsOf(part: QuadraticPart, index: number, groups: number, plan: Tensor2D): Tensor[] {
  const { form, inverseDegrees } = part;
  const z = whitened(part, index);
  const row: Tensor2D = tf.slice(plan, [index, 0], [1, -1]);
  if (!inverseDegrees) return squares(z, row, groups, form);
  const q: Tensor1D = tf.sum(tf.square(z), 1);
  const { weights, logarithms } = studentWeights(q, tf.slice(inverseDegrees, [index], [1]), z.shape[1]);
  const weighted: Tensor2D = tf.mul(row, weights);
  const sums = [weighted, tf.mul(row, logarithms)].map((each) => tf.sum(tf.reshape(each, [groups, -1]), 1));
  return [...squares(z, weighted, groups, form), ...sums];
}

/** Σ p z and Σ p z zᵀ, or its diagonal, by group, of weights p `[1, b]`. */
function squares(z: Tensor2D, weights: Tensor2D, groups: number, form: CovarianceForm): [Tensor, Tensor] {
  const grouped = tf.reshape(z, [groups, -1, z.shape[1]]);
  const row: Tensor3D = tf.reshape(weights, [groups, 1, -1]);
  const mean = rowSums(row, grouped);
  if (!isMatrix(form)) return [mean, rowSums(row, tf.square(grouped))];
  const weighted = tf.mul(grouped, tf.reshape(row, [groups, -1, 1]));
  return [mean, outerProducts(weighted, grouped)];
}

/** Weighted sums of rows per group: `[g, 1, s]`, `[g, s, d]` → `[g, d]`. */
function rowSums(weights: Tensor3D, values: Tensor): Tensor {
  return tf.squeeze(tf.matMul(weights, values), [1]);
}

/** Sums of rows by group: `[g·s, c]` → `[g, c]`. */
function sumGroups(values: Tensor2D, groups: number): Tensor {
  return tf.sum(tf.reshape(values, [groups, -1, values.shape[1]]), 1);
}

/**
 * Σ_s u_s v_sᵀ per group: `[g, s, c]`, `[g, s, e]` → `[g, c, e]`. Transposed outside matMul, which
 * tfjs-wasm runs fast only plain.
 */
function outerProducts(u: Tensor, v: Tensor): Tensor {
  return tf.matMul(tf.transpose(u, [0, 2, 1]), v);
}
