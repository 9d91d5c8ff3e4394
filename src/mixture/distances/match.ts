import { exactTransport } from '../../sinkhorn/exact.js';
import type { Mixture } from '../mixture.js';
import { requireComparable } from './gaussians.js';
import { componentCosts, type ComponentDistanceOptions } from './wasserstein.js';

/** Two components that belong together. */
export interface MatchedPair {
  /** Numbers of the components in either mixture. */
  readonly a: number;
  readonly b: number;
  /** W₂ between the two, in the data's units. */
  readonly distance: number;
}

/** Components of two mixtures, one by one. */
export interface Matching {
  /** By the number in the first mixture: as many as the smaller of both has components. */
  readonly pairs: readonly MatchedPair[];
  /** Components of the larger mixture that none is left for. */
  readonly onlyA: readonly number[];
  readonly onlyB: readonly number[];
}

/**
 * Matches the components of two fits one to one, whatever their order and weights: the assignment whose W₂² have the
 * least sum. Throws `InputError` as {@link mixtureWasserstein}.
 */
export async function matchComponents(
  a: Mixture,
  b: Mixture,
  options: ComponentDistanceOptions = {},
): Promise<Matching> {
  requireComparable(a, b, 'matchComponents');
  const { costs } = await componentCosts(a, b, options);
  return matched(costs, a.k, b.k);
}

/** The same from the costs, `[k_a, k_b]`. */
export function matched(costs: Float64Array, ka: number, kb: number): Matching {
  const size = Math.max(ka, kb);
  // The smaller side gets components whose company costs nothing.
  const square = new Float64Array(size * size);
  for (let k = 0; k < ka; k++) square.set(costs.subarray(k * kb, (k + 1) * kb), k * size);
  const ones = new Float64Array(size).fill(1);
  const { plan } = exactTransport(square, ones, ones);
  const partners = Array.from({ length: size }, (_, k) => plan.indexOf(1, k * size) - k * size);
  const pairs = partners.flatMap((b, a) =>
    a < ka && b < kb ? [{ a, b, distance: Math.sqrt(costs[a * kb + b]) }] : [],
  );
  const onlyA = partners.flatMap((b, a) => (a < ka && b >= kb ? [a] : []));
  const onlyB = partners.flatMap((b, a) => (a >= ka ? [b] : [])).sort((x, y) => x - y);
  return { pairs, onlyA, onlyB };
}
