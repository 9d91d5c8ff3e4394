import type { PackedComponents } from './moments.js';
import type { Scaling } from './scaling.js';

/** Σ_k p_k log(p_k / q_k) − p_k + q_k, nats. */
export function relativeEntropy(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++) sum += (p[k] > 0 ? p[k] * Math.log(p[k] / q[k]) : 0) - p[k] + q[k];
  return sum;
}

/**
 * A function from rows `[rows, d]` in the data's units and the number of one to its costs −log p(y_i | θ_k), `[k]`,
 * nats of scaled coordinates, in float64: ‖z‖²/2 − logNormalizer_k with z = (y − μ_k) W_k, by the very parameters that
 * kernels use and none of their arithmetic.
 */
export function costsOf(
  packed: PackedComponents,
  scaling: Scaling,
): (values: Float64Array, row: number) => Float64Array {
  const { k, d, means, logNormalizers } = packed;
  return (values, row) => {
    const y = scaling.shift.map((shift, j) => Math.fround((values[row * d + j] - shift) / scaling.scale[j]));
    return new Float64Array(k).map((_, c) => {
      const difference = y.map((value, j) => value - means[c * d + j]);
      return whitenedSquare(packed, c, difference) / 2 - logNormalizers[c];
    });
  };
}

/** ‖δ W_k‖². */
function whitenedSquare({ form, d, whitening }: PackedComponents, c: number, difference: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < d; j++) {
    let z = 0;
    if (form === 'full' || form === 'tied') {
      const from = form === 'tied' ? 0 : c * d * d;
      for (let i = 0; i < d; i++) z += difference[i] * whitening[from + i * d + j];
    } else z = difference[j] * whitening[form === 'diag' ? c * d + j : c];
    sum += z * z;
  }
  return sum;
}
