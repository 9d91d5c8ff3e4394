/**
 * The von Mises–Fisher distribution on the unit sphere of ℝ^d: log p(x | μ, κ) = log C_d(κ) + κ ⟨μ, x⟩ with respect to
 * the surface measure. Source: Mardia & Jupp, Directional Statistics, 9.3 and 10.3.
 */
import { findRoot } from '../base/root.js';
import { besselRatio, logNormalizedBesselI } from '../base/special/bessel.js';
import { logGamma } from '../base/special/gamma.js';

/** Beyond this many times d, terms of the slope A′ cancel to fewer digits than its expansion has. */
const CONCENTRATED = 1e4;

/** log of the area 2 π^{d/2} / Γ(d/2) of the unit sphere of ℝ^d, d ≥ 1. */
export function logSphereArea(d: number): number {
  return Math.log(2) + (d / 2) * Math.log(Math.PI) - logGamma(d / 2);
}

/** log C_d(κ), nats, κ ≥ 0: κ^ν / ((2π)^{d/2} I_ν(κ)) with ν = d/2 − 1, which at κ = 0 is 1 / the sphere's area. */
export function logDirectionNormalizer(d: number, kappa: number): number {
  return -logSphereArea(d) - logNormalizedBesselI(d / 2 - 1, kappa);
}

/** A_d(κ) = I_{d/2}(κ) / I_{d/2−1}(κ), κ ≥ 0: the length of the mean direction, from 0 to 1. */
export function meanLength(d: number, kappa: number): number {
  return besselRatio(d / 2 - 1, kappa);
}

/**
 * The κ with A_d(κ) = R, the maximum of the likelihood where rows have a mean of length R: 0 for R = 0, ∞ for R = 1. By
 * Newton from the start of Banerjee et al. (JMLR 6, 2005) within the bounds of Hornik & Grün (2014). The error is
 * 1e-15 κ/(1 − R) at most, which a rounding of R amounts to. Throws `RangeError` unless 0 ≤ R ≤ 1 and d ≥ 2.
 */
export function concentration(d: number, length: number): number {
  if (!(length >= 0 && length <= 1 && d >= 2)) {
    throw new RangeError(`concentration: expected a length from 0 to 1 and d ≥ 2, got ${length} and ${d}`);
  }
  if (length === 0) return 0;
  if (length === 1) return Infinity;
  const scale = length / ((1 - length) * (1 + length));
  return findRoot(
    (kappa) => {
      const mean = meanLength(d, kappa);
      const near = kappa < CONCENTRATED * d;
      const slope = near ? 1 - mean * mean - ((d - 1) / kappa) * mean : (d - 1) / (2 * kappa * kappa);
      return { value: mean - length, slope };
    },
    { low: scale * (d - 2), high: scale * d, start: scale * (d - length * length), falling: false },
  );
}
