/**
 * Logarithms of probabilities of counts, which keep their digits however large counts are, and are the same bits in every
 * engine: by their saddle points (Loader, Fast and accurate computation of binomial probabilities, 2000).
 */
import { log, log1p } from '../../base/special/elementary.js';

const TWO_PI = 2 * Math.PI;

/** What Stirling’s formula lacks: log n! − n log n + n − ½ log 2πn, of n = 1, …, 15. */
const REMAINDERS = [
  0, 0.08106146679532726, 0.0413406959554093, 0.02767792568499834, 0.020790672103765093, 0.016644691189821193,
  0.013876128823070748, 0.01189670994589177, 0.010411265261972096, 0.009255462182712733, 0.00833056343336287,
  0.007573675487951841, 0.00694284010720953, 0.006408994188004207, 0.0059513701127588475, 0.005554733551962801,
] as const;

/** Below this share of their sum, a difference of count and mean is worked on by a series. */
const NEAR = 0.1;

/** log λ^x e^{−λ} / x! of a count x and a mean λ > 0. */
export function logPoisson(x: number, mean: number): number {
  return x === 0 ? -mean : -halfDeviance(x, mean) - stirlingRemainder(x) - 0.5 * log(TWO_PI * x);
}

/** log of (n over x) p^x (1 − p)^{n−x} of a count x of n, 0 < p < 1. */
export function logBinomial(x: number, n: number, p: number): number {
  if (x === 0) return n * log1p(-p);
  if (x === n) return n * log(p);
  const rest = n - x;
  const remainder = stirlingRemainder(n) - stirlingRemainder(x) - stirlingRemainder(rest);
  return remainder - halfDeviance(x, n * p) - halfDeviance(rest, n * (1 - p)) - 0.5 * log((TWO_PI * x * rest) / n);
}

/** x log (x/m) + m − x ≥ 0, for x > 0 and m > 0. */
function halfDeviance(x: number, mean: number): number {
  const difference = x - mean;
  const share = difference / (x + mean);
  if (Math.abs(share) >= NEAR) return x * log(x / mean) - difference;
  const square = share * share;
  let sum = difference * share;
  let power = 2 * x * share;
  for (let j = 3; ; j += 2) {
    power *= square;
    const next = sum + power / j;
    if (next === sum) return sum;
    sum = next;
  }
}

/** Of a whole number n ≥ 1; from 16 on by its series (DLMF 5.11.1). */
function stirlingRemainder(n: number): number {
  if (n < REMAINDERS.length) return REMAINDERS[n];
  const z = 1 / (n * n);
  return (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z / 1188)))) / n;
}
