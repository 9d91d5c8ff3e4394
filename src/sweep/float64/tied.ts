import type { Floats, QuadraticTerm } from '../model.js';

/** Standard deviations from the origin beyond which differences are taken before they are whitened: 1e-10 of one is lost here. */
const REACH = 2 ** 20;

/** Means of tied components in whitened coordinates about an origin. */
export interface SharedMeans {
  /** `[d]`. */
  readonly origin: Float64Array;
  /** m_k = (μ_k − o) W, `[k, d]`. */
  readonly means: Float64Array;
}

/**
 * Tied Gaussians whose rows are whitened once: z_ik = (x_i − o) W − m_k. Undefined where they are none, or are better whitened
 * one by one: few, or far from the origin in their own deviations.
 */
export function sharedMeans(
  { form, d, means, whitening, radial, flat }: QuadraticTerm<Floats>,
  k: number,
): SharedMeans | undefined {
  if (form !== 'tied' || radial || flat || !pays(k, d)) return undefined;
  const origin = new Float64Array(d);
  for (let at = 0; at < k * d; at++) origin[at % d] += means[at] / k;
  const moved = new Float64Array(k * d);
  for (let j = 0; j < d; j++) {
    let reach = 0;
    for (let i = 0; i <= j; i++) {
      const w = whitening[i * d + j];
      let farthest = 0;
      for (let c = 0; c < k; c++) {
        const difference = means[c * d + i] - origin[i];
        moved[c * d + j] += difference * w;
        farthest = Math.max(farthest, Math.abs(difference));
      }
      reach += (farthest + 1) * Math.abs(w); // the rows of a component are about one unit of the column around it
    }
    if (reach > REACH) return undefined;
  }
  return { origin, means: moved };
}

/** Whether one whitening, Σ r_i r_iᵀ and elementwise differences are less work than k whitenings and k scatters. */
function pays(k: number, d: number): boolean {
  return k > 1 && 2 * d * d + 9 * k * d + k * k < 2 * k * d * (d + 2);
}
