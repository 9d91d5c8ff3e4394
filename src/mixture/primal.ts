import { packedExactly, type Floats, type PackedModel } from '../sweep/model.js';
import type { Scaling } from '../families/scaling.js';
import { Gaps } from '../sweep/exact/gaps.js';
import { addLinear, whitener } from '../sweep/exact/plan.js';

/** Σ_k p_k log(p_k / q_k) − p_k + q_k, nats. */
export function relativeEntropy(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < p.length; k++) sum += (p[k] > 0 ? p[k] * Math.log(p[k] / q[k]) : 0) - p[k] + q[k];
  return sum;
}

/**
 * A function from rows `[rows, D]`, as they are before they are shifted and scaled, and the index of one, to its costs in
 * float64: −log p(y_i | θ_k) but for log h, `[k]`, nats of scaled coordinates. Σ_q ‖z_q‖²/2 − ⟨t, η_k⟩ − logNormalizer_k,
 * or of Student-t terms (ν_k + d)/2 log (1 + ‖z_q‖²/ν_k),
 * with z = (y − μ_k) W_k, by the very parameters and rows that sweeps of the same precision use and none of their arithmetic.
 */
export function costsOf(
  packed: PackedModel<Floats>,
  scaling: Scaling,
): (values: Float64Array, row: number) => Float64Array {
  const { k, logNormalizers, quadratic, linear } = packed;
  const terms = quadratic.map((term) => ({
    ...term,
    whiten: whitener({ k, ...term }),
    gaps: new Gaps(term, k),
    z: new Float64Array(k * term.d),
  }));
  const held = packedExactly(packed) ? (value: number): number => value : Math.fround;
  const width = scaling.shift.length;
  return (values, row) => {
    const y = scaling.shift.map((shift, j) => held((values[row * width + j] - shift) / scaling.scale[j]));
    const costs = logNormalizers.map((normalizer) => -normalizer);
    let first = 0;
    for (const { d, degrees, whiten, gaps, z } of terms) {
      const gap = gaps.of(y, first);
      if (gap) gaps.whiten(gap, y, first, z);
      else whiten(y, first, z);
      first += d;
      for (let c = 0; c < k; c++) costs[c] -= gap?.offsets[c] ?? 0;
      for (let c = 0; c < k; c++) {
        const square = z.subarray(c * d, (c + 1) * d).reduce((sum, value) => sum + value * value, 0);
        const there = d - (gap?.missing.length ?? 0);
        costs[c] += degrees ? ((degrees[c] + there) / 2) * Math.log1p(square / degrees[c]) : square / 2;
      }
    }
    if (linear) addLinear(linear, y, first, -1, costs);
    return costs;
  };
}
