import { log, log1p } from '../../base/special/elementary.js';
import { drawGamma } from './gamma.js';
import type { Numbers } from './numbers.js';

/**
 * Draws directions into `[d]` about a unit vector `[d]`, d ≥ 2, of concentration κ ≥ 0: Wood, Simulation of the von Mises
 * Fisher distribution (1994). A direction is w μ + √(1 − w²) v, v being uniform among those at right angles to μ. With
 * q = 1 − w in place of w nothing cancels, however large κ is. Throws `RangeError` for other d and κ.
 */
export function directionSampler(
  mean: ArrayLike<number>,
  concentration: number,
): (numbers: Numbers, into: Float64Array) => void {
  const d = mean.length;
  if (!(d >= 2 && concentration >= 0 && concentration < Infinity)) {
    throw new RangeError(`directionSampler: expected d ≥ 2 and κ ≥ 0, got ${d} and ${concentration}`);
  }
  const reflect = reflection(mean);
  return (numbers, into) => {
    const q = drawFall(numbers, d, concentration);
    let length = 0;
    while (length === 0) length = drawNormals(numbers, into);
    const scale = Math.sqrt(q * (2 - q)) / length;
    for (let j = 1; j < d; j++) into[j] *= scale;
    into[0] = 1 - q;
    reflect(into);
  };
}

/**
 * 1 − ⟨μ, x⟩: 2bX/(Y + bX), with X and Y of gamma distributions of shape (d − 1)/2, accepted as Wood's algorithm VM* says.
 * With s = (1 + b) q − 2b, w − x₀ is −s/(1 + b), and (1 − x₀w)/(1 − x₀²) is 1 + (1 − b) s/(4b).
 */
function drawFall(numbers: Numbers, d: number, kappa: number): number {
  const b = (d - 1) / (2 * kappa + Math.sqrt(4 * kappa * kappa + (d - 1) * (d - 1)));
  const shape = (d - 1) / 2;
  for (;;) {
    const x = b * drawGamma(numbers, shape, 1);
    const q = (2 * x) / (drawGamma(numbers, shape, 1) + x);
    const s = (1 + b) * q - 2 * b;
    const gain = (d - 1) * log1p(((1 - b) * s) / (4 * b)) - (kappa * s) / (1 + b);
    if (gain >= log(numbers.positive())) return q;
  }
}

/** Normal numbers in all places but the first; returns their length. */
function drawNormals(numbers: Numbers, into: Float64Array): number {
  let square = 0;
  for (let j = 1; j < into.length; j++) {
    const z = numbers.normal();
    into[j] = z;
    square += z * z;
  }
  return Math.sqrt(square);
}

/**
 * The orthogonal map of ℝ^d that sends e₁ to a unit vector μ: the reflection that swaps e₁ and σμ, times σ = ±1. Of the
 * two signs that by which σμ is farther from e₁, so that their difference keeps its digits.
 */
function reflection(mean: ArrayLike<number>): (x: Float64Array) => void {
  const sign = mean[0] > 0 ? -1 : 1;
  const normal = Float64Array.from(mean, (value) => -sign * value);
  normal[0] += 1;
  let square = 0;
  for (const value of normal) square += value * value;
  return (x) => {
    let product = 0;
    for (let j = 0; j < x.length; j++) product += normal[j] * x[j];
    const factor = (2 * product) / square;
    for (let j = 0; j < x.length; j++) x[j] = sign * (x[j] - factor * normal[j]);
  };
}
