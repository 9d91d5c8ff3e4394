import { exp, log } from '../../base/special/elementary.js';
import type { Numbers } from './numbers.js';

/**
 * A number of the gamma distribution of shape a and rate b: Marsaglia & Tsang, A simple method for generating gamma
 * variables (ACM TOMS 26, 2000). Of a shape below 1 it is one of shape a + 1 times U^{1/a}. Where float64 can't hold it,
 * it is the least number > 0, or the largest. Throws `RangeError` unless both parameters are finite and > 0.
 */
export function drawGamma(numbers: Numbers, shape: number, rate: number): number {
  demandPositive('a rate', rate);
  const value = shape >= 1 ? standard(numbers, shape) / rate : boosted(numbers, shape, rate);
  return Math.min(Math.max(value, Number.MIN_VALUE), Number.MAX_VALUE);
}

/** Of a shape below 1. The power of U may underflow where its quotient by the rate does not. */
function boosted(numbers: Numbers, shape: number, rate: number): number {
  demandPositive('a shape', shape);
  return standard(numbers, shape + 1) * exp(-numbers.exponential() / shape - log(rate));
}

/** The logarithm of one of rate 1, which float64 always holds: of a shape of 1e-3, half are below e^{-700}. */
export function drawLogGamma(numbers: Numbers, shape: number): number {
  demandPositive('a shape', shape);
  if (shape >= 1) return log(standard(numbers, shape));
  return log(standard(numbers, shape + 1)) - numbers.exponential() / shape;
}

/** A number of χ² with so many degrees of freedom. */
export function drawChiSquared(numbers: Numbers, degrees: number): number {
  return drawGamma(numbers, degrees / 2, 0.5);
}

/** Numbers of χ² count as no less than this, so that Student's stay finite. */
const LEAST_CHI_SQUARED = 1e-280;

/**
 * √(ν/χ²_ν): what a normal number, or vector, is multiplied with to be of Student's t distribution with ν degrees of
 * freedom.
 */
export function drawStudentFactor(numbers: Numbers, degrees: number): number {
  return Math.sqrt(degrees / Math.max(drawChiSquared(numbers, degrees), LEAST_CHI_SQUARED));
}

/** A number of a shape ≥ 1 and of rate 1. */
function standard(numbers: Numbers, shape: number): number {
  demandPositive('a shape', shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = numbers.normal();
    const root = 1 + c * z;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = numbers.positive();
    const square = z * z;
    // The first implies the second, and spares most logarithms.
    if (u < 1 - 0.0331 * square * square || log(u) < square / 2 + d * (1 - v + log(v))) return d * v;
  }
}

function demandPositive(what: string, value: number): void {
  if (!(value > 0 && value < Infinity))
    throw new RangeError(`gamma numbers: expected ${what} > 0 and finite, got ${value}`);
}
