import type { Marginals } from './updates.js';
import { total } from '../base/numbers.js';

/**
 * The dual objective at (f, g). Where these are optimal, it is the least value of ⟨P, C⟩ + ε KL(P | a⊗b) + ρ_a KL(P1 |
 * a) + ρ_b KL(Pᵀ1 | b). Elsewhere it is less, by the square of the error only (Séjourné et al. 2019, equation 9).
 * `mass` is that of the plan.
 */
export function dualObjective(
  { a, b, rhoA, rhoB }: Marginals,
  f: Float64Array,
  g: Float64Array,
  mass: number,
  epsilon: number,
): number {
  return ofSide(a, f, rhoA) + ofSide(b, g, rhoB) - epsilon * (mass - total(a) * total(b));
}

/** −ρ Σ w (e^{−p/ρ} − 1), the limit of which at ρ = ∞ is Σ w p; 0 at ρ = 0, where p is 0. */
function ofSide(weights: Float64Array, potential: Float64Array, rho: number): number {
  if (rho === 0) return 0;
  let sum = 0;
  for (let at = 0; at < weights.length; at++) {
    if (weights[at] === 0) continue;
    sum += weights[at] * (rho === Infinity ? potential[at] : -rho * Math.expm1(-potential[at] / rho));
  }
  return sum;
}
