import { tf } from '#tfjs';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { defineKernel } from './engine.js';

export interface DistancesInputs {
  /** Rows of one block, `[g·s, d]`. */
  readonly x: Tensor2D;
  /** Row weights, `[g·s]`. */
  readonly weights: Tensor1D;
  /** Squared distance of each row to its nearest centre so far, `[g·s]`. */
  readonly nearest: Tensor1D;
  /** Candidates for the next centre, `[c, d]`. */
  readonly candidates: Tensor2D;
  /** Inverse length of a unit per column, `[1, d]`. */
  readonly metric: Tensor2D;
}

/**
 * The k-means++ step (Arthur & Vassilvitskii 2007, section 2.2), for several candidates at once. Gives squared
 * distances to the nearest centre if a candidate joined, `[c, g·s]`, and their weighted sums by group, `[c, g]`.
 */
export const distancesKernel = defineKernel<DistancesInputs, { readonly groups: number }>({
  name: 'OtmixDistances',
  composite({ x, weights, nearest, candidates, metric }, { groups }) {
    const distances: Tensor1D[] = [];
    const potentials: Tensor1D[] = [];
    for (let index = 0; index < candidates.shape[0]; index++) {
      const [distance, potential] = tf.tidy(() => {
        const difference = tf.mul(tf.sub(x, tf.slice(candidates, [index, 0], [1, -1])), metric);
        const closer: Tensor1D = tf.minimum(nearest, tf.sum(tf.square(difference), 1));
        return [closer, tf.sum(tf.reshape(tf.mul(closer, weights), [groups, -1]), 1)] as [Tensor1D, Tensor1D];
      });
      distances.push(distance);
      potentials.push(potential);
    }
    return [
      tf.reshape(tf.concat(distances), [distances.length, -1]),
      tf.reshape(tf.concat(potentials), [distances.length, groups]),
    ];
  },
});
