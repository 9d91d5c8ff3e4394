import { tf } from '#tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { defineKernel } from './engine.js';
import { logits, partsOf, rowSoftmin, type LogitAttributes, type ModelInputs } from './mixture.js';

export interface RowsInputs extends ModelInputs {
  /** Rows of one block, `[b, columns]`. */
  readonly x: Tensor2D;
}

/**
 * What a mixture says of each row of a block. Labels `[b]` (int32) are the likeliest component, the first of equals.
 * Beside them stand responsibilities `[b, k]`, log Σ_k exp logit_ik `[b]`, log max_k r_ik `[b]`.
 */
export const rowsKernel = defineKernel<RowsInputs, LogitAttributes>({
  name: 'OtmixRows',
  composite(inputs, attributes) {
    const logit = logits(partsOf(inputs.x, inputs, attributes), inputs.offsets, attributes);
    const { responsibilities, largest, logSum } = rowSoftmin(logit, false);
    return [
      tf.cast(tf.argMax(logit, 1), 'int32'),
      responsibilities,
      tf.reshape(logSum, [-1]),
      tf.reshape(tf.sub(largest, logSum), [-1]),
    ];
  },
});
