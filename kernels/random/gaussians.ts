import { fillNormals, type Place } from './numbers.js';

/** What rows are drawn from: means `[k, d]`, and what standard normal numbers are multiplied with. */
export interface Gaussians {
  readonly k: number;
  readonly d: number;
  readonly means: Float64Array;
  /** Lower triangular `[d, d]`, of each component or one for all; else deviations of the columns `[k, d]`. */
  readonly factors: readonly Float64Array[] | Float64Array;
}

/**
 * Draws a row x = μ + L z, or μ + s z, from the component of each label into `data` `[n, d]`. Normal number i of the
 * stream makes value i. What kernels/simd/sampling.ts draws too, sooner.
 */
export function drawGaussians(gaussians: Gaussians, place: Place, labels: Int32Array, data: Float64Array): void {
  const { d, means, factors } = gaussians;
  fillNormals(place, data);
  labels.forEach((label, row) => {
    const [at, mean] = [row * d, label * d];
    if (factors instanceof Float64Array) {
      for (let j = 0; j < d; j++) data[at + j] = means[mean + j] + factors[mean + j] * data[at + j];
      return;
    }
    const lower = factors[factors.length === 1 ? 0 : label];
    // In place, from the last column on: none needs those after it.
    for (let i = d - 1; i >= 0; i--) {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += lower[i * d + j] * data[at + j];
      data[at + i] = means[mean + i] + sum;
    }
  });
}
