/** The equations of maximum likelihood that have no closed form, in float64. Sums of rows come in as their means. */
import { total } from '../base/numbers.js';
import { findRoot, type Tangent } from '../base/root.js';
import { digammaRise, logMinusDigamma, logMinusDigammaSlope, trigamma } from '../base/special/gamma.js';

/**
 * The shape a of a gamma distribution: log a − ψ(a) = s, with s = log x̄ − mean log x ≥ 0; ∞ for s = 0, where all x are
 * alike. By Newton from the start of Minka (Estimating a Gamma distribution, 2002), between 1/(2s) and 1/s.
 * Error 4e-15 relative. Throws `RangeError` for s < 0.
 */
export function gammaShape(s: number): number {
  if (!(s >= 0)) throw new RangeError(`gammaShape: expected a difference of logarithms ≥ 0, got ${s}`);
  if (s === 0) return Infinity;
  if (s === Infinity) return 0;
  return findRoot((a) => ({ value: logMinusDigamma(a) - s, slope: logMinusDigammaSlope(a) }), {
    low: 0.5 / s,
    high: 1 / s,
    start: (3 - s + Math.hypot(s - 3, Math.sqrt(24 * s))) / (12 * s),
    falling: true,
  });
}

/** Bounds of degrees of freedom: beyond the upper a distribution is normal for all that rows can tell. */
export const DEGREES = { low: 0.05, high: 200 } as const;

/**
 * The degrees of freedom ν of a Student-t distribution: log (ν/2) − ψ(ν/2) + 1 + c = 0 (Peel & McLachlan 2000, eq. 32),
 * within bounds. c is the mean of log u − u, plus ψ((ν₀ + d)/2) − log ((ν₀ + d)/2) of the last ν₀.
 */
export function studentDegrees(
  c: number,
  { low, high }: { readonly low: number; readonly high: number } = DEGREES,
): number {
  if (Number.isNaN(c)) throw new RangeError('studentDegrees: expected a number, got NaN');
  const degrees = c < -1 ? 2 * gammaShape(-1 - c) : high; // no ν is large enough where 1 + c ≥ 0
  return Math.min(Math.max(degrees, low), high);
}

/** Steps of Newton for two shapes at once; few are taken. */
const STEPS = 100;

/**
 * The shapes (a, b) of a beta distribution: ψ(a) − ψ(a + b) = mean log x, ψ(b) − ψ(a + b) = mean log (1 − x). There is
 * one solution where the means are those of x that differ: both < 0 and e^m + e^n < 1, else a `RangeError`. By Newton on
 * the concave likelihood, from the start of Johnson, Kotz & Balakrishnan (Continuous Univariate Distributions 2, 25.4).
 */
export function betaShapes(meanLog: number, meanLogRest: number): readonly [a: number, b: number] {
  const [x, y] = [Math.exp(meanLog), Math.exp(meanLogRest)];
  const slack = betaSlack(meanLog, meanLogRest);
  if (!(meanLog < 0 && meanLogRest < 0 && slack > 0)) {
    const got = `${meanLog} and ${meanLogRest}`;
    throw new RangeError(`betaShapes: expected means of log x and log (1 − x) of values that differ, got ${got}`);
  }
  let [a, b] = [0.5 + x / (2 * slack), 0.5 + y / (2 * slack)];
  for (let step = 0; step < STEPS; step++) {
    // In relative steps, so that no square of a large shape leaves float64's range.
    const f = a * (-digammaRise(a, b) - meanLog);
    const g = b * (-digammaRise(b, a) - meanLogRest);
    const both = a * trigamma(a + b) * b;
    const [p, q] = [relativeFall(a, b), relativeFall(b, a)];
    // p q − both², whose parts would cancel where the larger shape is large.
    const determinant =
      a < b
        ? a * trigamma(a) * a * q - both * (a * trigamma(b) * b)
        : b * trigamma(b) * b * p - both * (a * trigamma(a) * b);
    const next = [
      stepped(a, (a * (q * f + both * g)) / determinant),
      stepped(b, (b * (both * f + p * g)) / determinant),
    ] as const;
    const change = Math.max(Math.abs(next[0] / a - 1), Math.abs(next[1] / b - 1));
    [a, b] = next;
    if (change < 1e-14) break;
  }
  return [a, b];
}

/** 1 − e^m − e^n of means m, n of log x and log (1 − x), also where all x are near 0 or near 1. */
export function betaSlack(meanLog: number, meanLogRest: number): number {
  const [least, most] = meanLog < meanLogRest ? [meanLog, meanLogRest] : [meanLogRest, meanLog];
  return -Math.expm1(most) - Math.exp(least);
}

/** a² (ψ′(a) − ψ′(a + x)), which is finite where ψ′ has no digits left. */
function relativeFall(a: number, x: number): number {
  return x * (a / (a + x)) + a * (logMinusDigammaSlope(a + x) - logMinusDigammaSlope(a)) * a;
}

/** A Newton step of a positive number: at most to an eighth. */
function stepped(from: number, step: number): number {
  return Math.max(from - step, from / 8);
}

/** Bounds of sizes: beyond the upper a distribution is Poisson's for all that rows can tell. */
export const SIZES = { low: 1e-4, high: 1e7 } as const;

/**
 * The size r of a negative binomial of known mean m: Σ_x w_x (ψ(x + r) − ψ(r)) = W log (1 + m/r), given distinct counts x
 * and their weights w, of sum W. One solution where the variance exceeds the mean (Simonsen 1976), else the upper bound.
 * By Newton in log r. Far above m, the excess of the variance over the mean is all that tells r, and is rounded itself.
 */
export function negativeBinomialSize(
  counts: ArrayLike<number>,
  weights: ArrayLike<number>,
  { low, high }: { readonly low: number; readonly high: number } = SIZES,
): number {
  const weight = total(weights);
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += weights[i] * counts[i];
  const mean = sum / weight;
  if (!(weight > 0 && mean >= 0)) {
    throw new RangeError(`negativeBinomialSize: expected counts ≥ 0 of positive weight, got weight ${weight}`);
  }
  // Times r (r + m), so that the slope does not vanish as r grows.
  const at = (logSize: number): Tangent => {
    const r = Math.exp(logSize);
    let value = -weight * Math.log1p(mean / r);
    let slope = (weight * mean) / (r * (r + mean));
    for (let i = 0; i < counts.length; i++) {
      const x = counts[i];
      value += weights[i] * digammaRise(r, x);
      slope += weights[i] * (logMinusDigammaSlope(r) - logMinusDigammaSlope(r + x) - x / (r * (r + x)));
    }
    return { value: value * r * (r + mean), slope: r * (slope * r * (r + mean) + value * (2 * r + mean)) };
  };
  const bracket = { low: Math.log(low), high: Math.log(high) };
  if (at(bracket.high).value >= 0) return high;
  if (at(bracket.low).value <= 0) return low;
  return Math.exp(findRoot(at, { ...bracket, start: Math.log(mean), falling: true }));
}
