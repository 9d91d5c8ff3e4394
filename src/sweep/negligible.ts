import type { Precision } from './float32-reach.js';

/** A component is empty if it holds less than this many rows. */
export const EMPTY_ROWS = 1e-6;

/** Of what a component holds: less than rounding to the precision of the sums takes of it. */
const NEGLIGIBLE = { float32: 2 ** -30, float64: 2 ** -52 } as const;
/** Of what a component holds: so little that float32 rounds it by less than 2⁻⁵⁴ of that. */
const COARSE = 2 ** -32;

/**
 * A responsibility for one of n rows that sums may leave out, of components with these weights `[k]`. All that is left
 * out of a component is n times this at most. That is less than 2⁻³⁰, of float64 sums 2⁻⁵², of what it holds if it holds
 * n w_k rows, which it does once proportions have been estimated. It is never as much as makes the component empty or not.
 */
export function negligibleShare(weights: Float64Array, n: number, precision: Precision = 'float32'): number {
  const smallest = weights.reduce((least, weight) => (weight > 0 ? Math.min(least, weight) : least), 1);
  return Math.min(NEGLIGIBLE[precision] * smallest, EMPTY_ROWS / n);
}

/** Under this responsibility float64 sums may round a row to float32, where they may leave out `least`; 0 where that is 0. */
export function coarseShare(least: number): number {
  return least * (COARSE / NEGLIGIBLE.float64);
}
