import { exp, log } from '../../base/special/elementary.js';
import { logPoisson } from './deviance.js';
import { drawGamma } from './gamma.js';
import type { Numbers } from './numbers.js';

/** From this mean on by rejection. */
const MANY = 10;

/**
 * A count of this mean, ≥ 0. Below 10: how many uniform numbers are multiplied until the product is e^{−λ} or less, less
 * one (Knuth, TAOCP 2, 3.4.1). From 10 on: PTRS of Hörmann, The transformed rejection method for generating Poisson random
 * variables (1993). Throws `RangeError` for a mean that is negative or infinite.
 */
export function drawPoisson(numbers: Numbers, mean: number): number {
  if (!(mean >= 0 && mean < Infinity)) throw new RangeError(`drawPoisson: expected a mean ≥ 0, got ${mean}`);
  return mean < MANY ? byProducts(numbers, mean) : byRejection(numbers, mean);
}

/**
 * A count of this mean m and size r, variance m + m²/r: one of Poisson's distribution whose mean has a gamma distribution
 * of shape r and mean m.
 */
export function drawNegativeBinomial(numbers: Numbers, mean: number, size: number): number {
  return drawPoisson(numbers, drawGamma(numbers, size, 1) * (mean / size));
}

function byProducts(numbers: Numbers, mean: number): number {
  const least = exp(-mean);
  let count = 0;
  for (let product = numbers.positive(); product > least; product *= numbers.positive()) count++;
  return count;
}

function byRejection(numbers: Numbers, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const surely = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = numbers.uniform() - 0.5;
    const v = numbers.positive();
    const left = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / left + b) * u + mean + 0.43);
    if (left >= 0.07 && v <= surely) return count;
    if (count < 0 || (left < 0.013 && v > left)) continue;
    if (log((v * inverseAlpha) / (a / (left * left) + b)) <= logPoisson(count, mean)) return count;
  }
}
