/** Distributions that take one number of a stream. */
import { exp, log1p } from '../../base/special/elementary.js';
import type { Numbers } from './numbers.js';

/** 1 with probability p, else 0. */
export function drawBernoulli(numbers: Numbers, probability: number): number {
  return numbers.uniform() < probability ? 1 : 0;
}

/** A duration of this rate: E/λ, with E exponential of rate 1. */
export function drawExponential(numbers: Numbers, rate: number): number {
  return Math.min(numbers.exponential() / rate, Number.MAX_VALUE);
}

/**
 * Failures before a success of probability p, p (1 − p)^x: ⌊E / −log (1 − p)⌋, with E exponential of rate 1 (Devroye,
 * Non-uniform random variate generation, 1986, X.2). Throws `RangeError` unless 0 < p ≤ 1.
 */
export function drawGeometric(numbers: Numbers, probability: number): number {
  if (!(probability > 0 && probability <= 1)) {
    throw new RangeError(`drawGeometric: expected a probability over 0 and up to 1, got ${probability}`);
  }
  return Math.floor(Math.min(numbers.exponential() / -log1p(-probability), Number.MAX_VALUE));
}

/** e^{μ + σz}, with z standard normal: its logarithm has this mean and this standard deviation. */
export function drawLogNormal(numbers: Numbers, meanLog: number, deviationLog: number): number {
  const value = exp(meanLog + deviationLog * numbers.normal());
  return Math.min(Math.max(value, Number.MIN_VALUE), Number.MAX_VALUE);
}
