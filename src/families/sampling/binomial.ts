import { exp, log, log1p } from '../../base/special/elementary.js';
import { logBinomial } from './deviance.js';
import type { Numbers } from './numbers.js';

/** From this mean on by rejection. */
const MANY = 10;
/** A count of a mean below that is never as large: its probability is under 1e-70. */
const NEVER = 128;

/**
 * How many of n tries succeed, each with probability p. Means below 10 by inversion, others by BTRS of Hörmann, The
 * generation of binomial random variates (1993). Throws `RangeError` unless n is a whole number ≥ 0 and 0 ≤ p ≤ 1.
 */
export function drawBinomial(numbers: Numbers, n: number, p: number): number {
  if (!(Number.isInteger(n) && n >= 0 && p >= 0 && p <= 1)) {
    throw new RangeError(`drawBinomial: expected a count and a probability, got ${n} and ${p}`);
  }
  if (p > 0.5) return n - drawBinomial(numbers, n, 1 - p);
  return n * p < MANY ? byInversion(numbers, n, p) : byRejection(numbers, n, p);
}

function byInversion(numbers: Numbers, n: number, p: number): number {
  const none = exp(n * log1p(-p));
  const odds = p / (1 - p);
  for (;;) {
    let probability = none;
    let u = numbers.uniform();
    // Rounding may leave a little of u over; then another is taken.
    for (let count = 0; count <= n && count < NEVER; count++) {
      if (u < probability) return count;
      u -= probability;
      probability *= ((n - count) / (count + 1)) * odds;
    }
  }
}

function byRejection(numbers: Numbers, n: number, p: number): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const surely = 0.92 - 4.2 / b;
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = numbers.uniform() - 0.5;
    const v = numbers.positive();
    const left = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / left + b) * u + n * p + 0.5);
    if (left >= 0.07 && v <= surely) return count;
    if (count < 0 || count > n) continue;
    const ratio = log((v * alpha) / (a / (left * left) + b));
    if (ratio <= logBinomial(count, n, p) - logBinomial(mode, n, p)) return count;
  }
}
