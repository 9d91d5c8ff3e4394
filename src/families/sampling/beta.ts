import { exp } from '../../base/special/elementary.js';
import { drawGamma, drawLogGamma } from './gamma.js';
import type { Numbers } from './numbers.js';

/** The largest number below 1: values that float64 can't tell from 1 count as this. */
const LARGEST = 1 - Number.EPSILON / 2;

/**
 * A number of the beta distribution: X / (X + Y), with X and Y of gamma distributions of shapes α and β (Devroye,
 * Non-uniform random variate generation, 1986, IX.3). Strictly between 0 and 1. Where both shapes may underflow, from
 * their logarithms. Throws `RangeError` unless both are finite and > 0.
 */
export function drawBeta(numbers: Numbers, alpha: number, beta: number): number {
  const share = alpha < 1 || beta < 1 ? ofLogs(numbers, alpha, beta) : ofShapes(numbers, alpha, beta);
  return Math.min(Math.max(share, Number.MIN_VALUE), LARGEST);
}

function ofShapes(numbers: Numbers, alpha: number, beta: number): number {
  const x = drawGamma(numbers, alpha, 1);
  return x / (x + drawGamma(numbers, beta, 1));
}

function ofLogs(numbers: Numbers, alpha: number, beta: number): number {
  const logX = drawLogGamma(numbers, alpha);
  const odds = exp(logX - drawLogGamma(numbers, beta));
  return odds === Infinity ? 1 : odds / (1 + odds);
}
