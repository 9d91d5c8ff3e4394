import { packedSize } from '../../kernels/simd/layout.js';
import type { SharedMeans } from '../../kernels/simd/model.js';
import type { Floats, SoleQuadratic } from './model.js';
import type { Moments } from './moments.js';

/**
 * Tied components with their rows whitened once: z_ik = y_i − m_k with y = (x − o) W and m_k = (μ_k − o) W.
 * y is rounded at 2⁻²⁴ Σ_i |x_i − o_i| |W_ij|, which is what rounding the rows to float32 has done to it
 * already. Beyond this many standard deviations, where it would come to 2e-4 of one, differences are
 * taken before they are whitened.
 */
const REACH = 2 ** 12;

/** Means for the kernel, and by how much rounding them to float32 moved them, `[k, d]`. */
export interface TiedMeans {
  readonly shared: SharedMeans;
  readonly excess: Float64Array;
}

/** Undefined where the components are not tied, or not Gaussian, or are better whitened one by one. */
export function tiedMeans({ form, k, d, means, whitening, radial }: SoleQuadratic): TiedMeans | undefined {
  if (form !== 'tied' || radial || !pays(k, d)) return undefined;
  const origin = Float32Array.from(centreOfMeans(means, k, d));
  const exact = whitenedMeans({ d, means, whitening }, k, origin, REACH);
  if (!exact) return undefined;
  const rounded = Float32Array.from(exact);
  return { shared: { origin, means: rounded }, excess: exact.map((value, at) => rounded[at] - value) };
}

/** Σ_k μ_k / k, `[d]`. */
export function centreOfMeans(means: Floats, k: number, d: number): Float64Array {
  const centre = new Float64Array(d);
  for (let at = 0; at < k * d; at++) centre[at % d] += means[at] / k;
  return centre;
}

/**
 * m_k = (μ_k − o) W, `[k, d]`, W common to all. Undefined where rows about the means come to more than `reach` standard
 * deviations from the origin o.
 */
export function whitenedMeans(
  { d, means, whitening }: { readonly d: number; readonly means: Floats; readonly whitening: Floats },
  k: number,
  origin: Floats,
  reach: number,
): Float64Array | undefined {
  const whitened = new Float64Array(k * d);
  for (let j = 0; j < d; j++) {
    let reached = 0;
    for (let i = 0; i <= j; i++) {
      const w = whitening[i * d + j];
      let farthest = 0;
      for (let c = 0; c < k; c++) {
        const difference = means[c * d + i] - origin[i];
        whitened[c * d + j] += difference * w;
        farthest = Math.max(farthest, Math.abs(difference));
      }
      reached += (farthest + 1) * Math.abs(w); // the rows of a component are about one unit of the column around it
    }
    if (reached > reach) return undefined;
  }
  return whitened;
}

/** Whether one whitening, Σ r_i r_iᵀ and elementwise differences are less multiply-adds than k whitenings. */
function pays(k: number, d: number): boolean {
  return 2 * packedSize(d) + 5 * k * d + packedSize(k) < k * (2 * packedSize(d) + 3 * d);
}

/**
 * Completes moments whose `first` is about the rounded means. Their `second` is Σ_i a_i u_i u_iᵀ with
 * u_i = Σ_k r_ik z_ik, given the coupling C = Σ_i a_i r_i r_iᵀ:
 *
 *     Σ_k Σ_i P_ik z_ik z_ikᵀ = Σ_i a_i u_i u_iᵀ + ½ Σ_kl C_kl (m_k − m_l)(m_k − m_l)ᵀ
 *
 * a mean of squares as the square of the mean and what is about it, so that nothing cancels. Then all is moved from the
 * rounded means to those that the moments are to be about.
 */
export function completeTied(moments: Moments, coupling: Float64Array, { shared, excess }: TiedMeans): void {
  const { mass } = moments;
  const [{ first, second }] = moments.quadratic;
  const k = mass.length;
  const d = first.length / k;
  addBetween(second, coupling, shared.means, k, d);
  for (let c = 0; c < k; c++) {
    const e = excess.subarray(c * d, (c + 1) * d);
    const f = first.subarray(c * d, (c + 1) * d);
    for (let j = 0; j < d; j++) {
      moments.objective += e[j] * (f[j] + (mass[c] * e[j]) / 2); // the cost's change, to the second order
      for (let l = 0; l < d; l++) second[j * d + l] += f[j] * e[l] + e[j] * f[l] + mass[c] * e[j] * e[l];
    }
    for (let j = 0; j < d; j++) f[j] += mass[c] * e[j];
  }
}

/** Adds ½ Σ_kl C_kl (m_k − m_l)(m_k − m_l)ᵀ = Mᵀ L M, L the Laplacian of C. */
export function addBetween(into: Float64Array, coupling: Float64Array, means: Floats, k: number, d: number): void {
  for (let c = 0; c < k; c++) {
    const row = new Float64Array(d);
    for (let other = 0; other < k; other++) {
      const weight = coupling[c * k + other];
      if (weight === 0 || other === c) continue;
      for (let j = 0; j < d; j++) row[j] += weight * (means[c * d + j] - means[other * d + j]);
    }
    for (let j = 0; j < d; j++) for (let l = 0; l < d; l++) into[j * d + l] += means[c * d + j] * row[l];
  }
}
