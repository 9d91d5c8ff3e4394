import { tf } from '#tfjs';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { above } from './above.js';
import { sharedBy, sumRows } from './batches.js';
import { ABSENT, FAR, LEAST_EXPONENT, type SoftminAttributes, type SoftminInputs } from './costs.js';
import { defineKernel } from './engine.js';
import { responsibilitiesProgram, softminProgram } from './softmin.wgsl.js';

/** Costs are scaled by this for their minimum, which tfjs takes no larger than 1e20 on WebGL. A power of two: exact. */
const MINIATURE = 2 ** -64;

/** C_ik − o_k, `[B, n, k]`, and its row minimum, `[B, n, 1]`. */
function reduced({ cost, offsets }: SoftminInputs): { gaps: Tensor3D; least: Tensor3D } {
  const own = tf.expandDims(offsets, 1);
  const absent = tf.logicalOr(tf.greaterEqual(cost, ABSENT), tf.lessEqual(own, -ABSENT));
  const gaps = tf.where(absent, FAR, tf.sub(tf.maximum(cost, -ABSENT), own)) as Tensor3D;
  return { gaps, least: tf.div(tf.min(tf.mul(gaps, MINIATURE), 2, true), MINIATURE) };
}

/** exp((least − gap)/ε), `[B, n, k]`: the row's extreme is subtracted before anything is exponentiated. */
function exponentials({ gaps, least }: ReturnType<typeof reduced>, epsilon: number): Tensor3D {
  const lowered = tf.maximum(tf.sub(least, gaps), LEAST_EXPONENT * epsilon);
  return tf.exp(tf.div(lowered, epsilon));
}

/**
 * −ε log Σ_k exp((o_k − C_ik)/ε), `[B, n]`; min_k (C_ik − o_k) at ε = 0. +Infinity, with a gradient of 0, where all
 * components are absent.
 */
export const softminKernel = defineKernel<SoftminInputs, SoftminAttributes>({
  name: 'OtmixSoftmin',
  composite(inputs, { epsilon }) {
    const parts = reduced(inputs);
    const { least } = parts;
    const logSum = epsilon === 0 ? 0 : tf.log(tf.sum(exponentials(parts, epsilon), 2, true));
    const value = tf.where(tf.greaterEqual(least, FAR), Infinity, tf.sub(least, tf.mul(logSum, epsilon)));
    return [tf.squeeze(value, [2])];
  },
  webgpu: softminProgram,
  gradient(upstream, inputs, attributes) {
    const ofCost = (): Tensor3D =>
      tf.tidy(() => {
        const [r] = responsibilitiesKernel(inputs, attributes);
        return tf.mul(r, wherePresent(inputs, attributes, tf.expandDims(upstream, 2)));
      });
    return { cost: ofCost, offsets: () => offsetGradient(ofCost(), inputs) };
  },
});

/**
 * r_ik = exp((o_k − C_ik)/ε) / Σ_l exp((o_l − C_il)/ε), `[B, n, k]`, rows sum to 1; one-hot at ε = 0, the first of
 * equals. 1/k, with a gradient of 0, where all components are absent.
 */
export const responsibilitiesKernel = defineKernel<SoftminInputs, SoftminAttributes>({
  name: 'OtmixResponsibilities',
  composite(inputs, { epsilon }) {
    const parts = reduced(inputs);
    if (epsilon === 0) return [minima(parts)];
    const terms = exponentials(parts, epsilon);
    return [tf.div(terms, tf.sum(terms, 2, true))];
  },
  webgpu: responsibilitiesProgram,
  gradient(upstream, inputs, attributes) {
    const { epsilon } = attributes;
    if (epsilon === 0) {
      throw new Error(
        'responsibilities: expected epsilon > 0 where a gradient is asked for, got 0, where they are steps; ' +
          'take epsilon small but positive, or keep them out of the gradient',
      );
    }
    const ofCost = (): Tensor3D =>
      tf.tidy(() => {
        const [r] = responsibilitiesKernel(inputs, attributes);
        const mean = tf.sum(tf.mul(upstream, r), 2, true);
        const slope = tf.div(tf.mul(r, tf.sub(mean, upstream)), epsilon);
        return wherePresent(inputs, attributes, slope);
      });
    return { cost: ofCost, offsets: () => offsetGradient(ofCost(), inputs) };
  },
});

/** One-hot at the first minimum of each row, 1/k where there is none. */
function minima({ gaps, least }: ReturnType<typeof reduced>): Tensor3D {
  const k = gaps.shape[2];
  const first = tf.expandDims(tf.cast(tf.argMin(gaps, 2), 'int32'), 2);
  const components = tf.reshape(tf.range(0, k, 1, 'int32'), [1, 1, k]);
  const oneHot = tf.cast(tf.equal(first, components), 'float32');
  // Adding 0, or NaN where a cost is.
  return tf.add(tf.where(tf.greaterEqual(least, FAR), 1 / k, oneHot), tf.mul(least, 0));
}

/** `values` in rows that have a component at all, else 0. */
function wherePresent(inputs: SoftminInputs, attributes: SoftminAttributes, values: Tensor): Tensor3D {
  const empty = tf.expandDims(above(softminKernel(inputs, attributes)[0], FAR), 2);
  return tf.where(empty, 0, values) as Tensor3D;
}

/** Offsets lower costs, of every row alike. */
function offsetGradient(ofCost: Tensor3D, { offsets }: SoftminInputs): Tensor2D {
  return tf.squeeze(sharedBy(tf.neg(sumRows(ofCost)), offsets.shape[0]), [1]);
}
