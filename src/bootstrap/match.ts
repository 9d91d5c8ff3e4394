import { FastRandom } from '../base/fast-random.js';
import { picked } from '../families/components.js';
import { matched } from '../mixture/distances/match.js';
import { Mixture } from '../mixture/mixture.js';

/** Rows drawn of each component, at the most and at the least, and of all. */
const [MOST, LEAST, ALL] = [200, 8, 2000];
/** Of a row that a component can't have, what counts for its log-density, nats. */
const IMPOSSIBLE = -1e4;

/**
 * Puts components of other mixtures into the order of those of `reference`, whatever their family: component k of the
 * reference and l of the other belong together where the sum of −E log p(x | θ_l), x of component k, is the least. Means
 * are over rows drawn of each. That is the likeliest matching of the components as they are.
 */
export function matcher(reference: Mixture): (other: Mixture) => Mixture {
  const { k, d, parts } = reference;
  if (k === 1) return (other) => other;
  const each = Math.max(LEAST, Math.min(MOST, Math.floor(ALL / k)));
  const labels = Int32Array.from({ length: k * each }, (_, row) => Math.floor(row / each));
  const rows = new Float64Array(labels.length * d);
  parts.family.sampler(parts.components)(labels, new FastRandom(0), rows);
  return (other) => {
    const order = orderOf(other, { rows, each });
    return order.every((from, c) => from === c) ? other : reordered(other, order);
  };
}

/** The component of another mixture that belongs to each of the reference, of which there are `each` rows. */
function orderOf(
  { k, d, parts }: Mixture,
  { rows, each }: { readonly rows: Float64Array; readonly each: number },
): number[] {
  const logDensity = parts.family.logDensity(parts.components);
  const costs = new Float64Array(k * k);
  const values = new Float64Array(k);
  for (let row = 0; row < k * each; row++) {
    logDensity(rows.subarray(row * d, (row + 1) * d), values);
    const own = Math.floor(row / each) * k;
    for (let l = 0; l < k; l++) costs[own + l] -= Math.max(values[l], IMPOSSIBLE) / each;
  }
  // Transport wants costs that are not negative; what a row has in common decides nothing.
  for (let c = 0; c < k; c++) {
    const own = costs.subarray(c * k, (c + 1) * k);
    const least = own.reduce((a, b) => Math.min(a, b));
    own.forEach((cost, l) => (own[l] = cost - least));
  }
  return matched(costs, k, k).pairs.map(({ b }) => b);
}

/** The same mixture, its components in another order; noise stays the last. */
function reordered({ k, parts, columns, provenance }: Mixture, order: readonly number[]): Mixture {
  const { weights, components } = parts;
  const own = weights.map((weight, c) => (c < k ? weights[order[c]] : weight));
  return new Mixture({ ...parts, weights: own, components: picked(components, order) }, columns, provenance);
}
