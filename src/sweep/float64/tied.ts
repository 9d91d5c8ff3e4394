import type { Floats, QuadraticTerm } from '../model.js';
import { centreOfMeans, whitenedMeans } from '../tied.js';

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
  const origin = centreOfMeans(means, k, d);
  const whitened = whitenedMeans({ d, means, whitening }, k, origin, REACH);
  return whitened && { origin, means: whitened };
}

/** Whether one whitening, Σ r_i r_iᵀ and elementwise differences are less work than k whitenings and k scatters. */
function pays(k: number, d: number): boolean {
  return k > 1 && 2 * d * d + 9 * k * d + k * k < 2 * k * d * (d + 2);
}
