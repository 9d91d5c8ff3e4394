import { soleQuadratic, type Floats, type PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { CovarianceLayout, Unwhitening } from './covariance.js';

/** Moments of differences are where they should be. */
const AS_IS: Unwhitening = { first: (sum) => sum, second: (sum) => sum };

/**
 * Shifts δ_k of the means, and scatter S_k = Σ_i P_ik (x − μ_k − δ_k)(x − μ_k − δ_k)ᵀ per component or summed over
 * them. They are centred where the moments are, mostly in whitened coordinates, then brought back. Of a Student-t term rows
 * are weighted by P_ik u_ik instead.
 */
export function centred(
  { mass, quadratic: [{ frame, first, second, radial }] }: Moments,
  packed: PackedModel<Floats>,
  layout: CovarianceLayout,
): { shifts: Float64Array[]; scatters: Float64Array[] } {
  const { k, d, whitening } = soleQuadratic(packed);
  const size = layout.size(d);
  const matrices = layout.shared ? 1 : k;
  const held = radial?.weight ?? mass;
  const undo = Array.from({ length: matrices }, (_, index) =>
    frame === 'differences' ? AS_IS : layout.unwhiten(whitening.subarray(index * size, (index + 1) * size), d),
  );
  const shifts = Array.from({ length: k }, (_, index) =>
    first.slice(index * d, (index + 1) * d).map((value) => (held[index] > 0 ? value / held[index] : 0)),
  );
  const scatters = undo.map((back, index) => {
    const step = second.length / matrices;
    const scatter = second.slice(index * step, (index + 1) * step);
    const own = layout.shared ? [...shifts.keys()] : [index];
    for (const c of own) layout.takeOuter(scatter, shifts[c], held[c]);
    return back.second(scatter);
  });
  return { shifts: shifts.map((shift, index) => undo[layout.shared ? 0 : index].first(shift)), scatters };
}

/** Sums of arrays of one length, of which there is at least one. */
export function sum([first, ...others]: readonly Float64Array[]): Float64Array {
  const total = first.slice();
  for (const one of others) for (let at = 0; at < total.length; at++) total[at] += one[at];
  return total;
}
