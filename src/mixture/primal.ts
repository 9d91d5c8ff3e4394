import { soleQuadratic, type Floats, type PackedModel } from '../sweep/model.js';
import type { Scaling } from '../families/scaling.js';
import { whitener } from '../sweep/exact/plan.js';

/** Σ_k p_k log(p_k / q_k) − p_k + q_k, nats. */
export function relativeEntropy(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++) sum += (p[k] > 0 ? p[k] * Math.log(p[k] / q[k]) : 0) - p[k] + q[k];
  return sum;
}

/**
 * A function from rows `[rows, d]` in the data's units, and the index of one, to its costs in float64: −log p(y_i |
 * θ_k), `[k]`, nats of scaled coordinates. ‖z‖²/2 − logNormalizer_k with z = (y − μ_k) W_k, by the very parameters and
 * rows that sweeps of the same precision use and none of their arithmetic.
 */
export function costsOf(
  packed: PackedModel<Floats>,
  scaling: Scaling,
): (values: Float64Array, row: number) => Float64Array {
  const { logNormalizers } = packed;
  const term = soleQuadratic(packed);
  const { k, d } = term;
  const whiten = whitener(term);
  const z = new Float64Array(k * d);
  const held = term.means instanceof Float32Array ? Math.fround : (value: number): number => value;
  return (values, row) => {
    const y = scaling.shift.map((shift, j) => held((values[row * d + j] - shift) / scaling.scale[j]));
    whiten(y, 0, z);
    return logNormalizers.map((normalizer, c) => {
      const whitened = z.subarray(c * d, (c + 1) * d);
      return whitened.reduce((sum, value) => sum + value * value, 0) / 2 - normalizer;
    });
  };
}
