import { tf } from '#tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { defineKernel } from './engine.js';
import { logits, partsOf, rowSoftmin, type LogitAttributes, type ModelInputs } from './mixture.js';
import { groupsTogether, Together } from './together.js';

/** Rows that are looked at together, at the least. */
const GROUP = 1024;

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
    const { x, means } = inputs;
    if (!attributes.together || !means) return outputsOf(inputs, attributes);
    const step = GROUP * groupsTogether({ means }, GROUP);
    const [rows] = x.shape;
    if (step >= rows) return outputsOf(inputs, attributes);
    const parts = Array.from({ length: Math.ceil(rows / step) }, (_, at) =>
      tf.tidy(() => {
        const some: Tensor2D = tf.slice(x, [at * step, 0], [Math.min(step, rows - at * step), -1]);
        return outputsOf({ ...inputs, x: some }, attributes);
      }),
    );
    return parts[0].map((_, output) => tf.concat(parts.map((one) => one[output])));
  },
});

function outputsOf(inputs: RowsInputs, attributes: LogitAttributes): Tensor[] {
  const parts = partsOf(inputs.x, inputs, attributes);
  const together = attributes.together && parts.quadratic ? new Together(parts.quadratic, 1) : undefined;
  const logit = logits(parts, inputs.offsets, attributes, together);
  together?.dispose();
  const { responsibilities, largest, logSum } = rowSoftmin(logit, false);
  return [
    tf.cast(tf.argMax(logit, 1), 'int32'),
    responsibilities,
    tf.reshape(logSum, [-1]),
    tf.reshape(tf.sub(largest, logSum), [-1]),
  ];
}
