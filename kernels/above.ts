import { tf } from '#tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { defineKernel } from './engine.js';

const aboveKernel = defineKernel<{ readonly values: Tensor }, { readonly bound: number }>({
  name: 'OtmixAbove',
  composite: ({ values }, { bound }) => [tf.cast(tf.greater(values, bound), 'float32')],
  gradient: (_, { values }) => ({ values: () => tf.zerosLike(values) }),
});

/** Which values exceed a bound, as booleans whose gradient is 0: tfjs's own comparisons refuse to be differentiated. */
export function above(values: Tensor, bound: number): Tensor {
  return tf.cast(aboveKernel({ values }, { bound })[0], 'bool');
}
