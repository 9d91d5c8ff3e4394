import type { Dataset } from './dataset.js';
import { InputError } from './errors.js';
import type { Components } from './families/family.js';
import type { FitSettings, GivenStart } from './options.js';
import { seededRandom } from './random.js';
import { columnVariances } from './seeding/columns.js';
import { seed, type Start } from './seeding/start.js';
import type { BorrowedShard } from './sweep/shard.js';

/** Finds the start of a number, from 0, among rows that others may read meanwhile. */
export type Starts = (index: number, rows: BorrowedShard) => Promise<Start>;

/** The starts of a fit, in the shard's coordinates: each has luck of its own. */
export async function startsOf(
  { shard, scaling }: Dataset,
  settings: FitSettings,
  regularization: Float64Array,
): Promise<Starts> {
  const { seeding, family, signal } = settings;
  if (typeof seeding === 'object') {
    const components = family.toScaled(givenComponents(seeding, settings, shard.d), scaling);
    return () => Promise.resolve({ weights: Float64Array.from(seeding.weights), components });
  }
  const own = await columnVariances(shard, signal);
  const mean = own.reduce((sum, variance) => sum + variance, 0) / own.length;
  const variances = family.commonScale ? own.fill(mean) : own;
  return (index, rows) => {
    const random = seededRandom(settings.seed, index);
    const problem = { shard: rows, k: settings.components, variances, random, signal };
    return seed(seeding, problem, family, regularization).then((start) => inOrder(start, settings));
  };
}

/**
 * Which component has which of the prescribed proportions is not for chance to say: the larger of the clusters that
 * seeding found get the larger ones. A start the user gives stays in its order.
 */
function inOrder(start: Start, { marginal, family }: FitSettings): Start {
  if (marginal.kind === 'free' || new Set(marginal.weights).size === 1) return start;
  const falling = (weights: ArrayLike<number>): number[] =>
    Array.from(weights, (_, k) => k).sort((a, b) => weights[b] - weights[a] || a - b);
  const from = falling(start.weights);
  const order: number[] = [];
  for (const [rank, k] of falling(marginal.weights).entries()) order[k] = from[rank];
  const { means, covariances } = family.toDense(start.components);
  const dense = { means: order.map((k) => means[k]), covariances: order.map((k) => covariances[k]) };
  return {
    weights: Float64Array.from(order, (k) => start.weights[k]),
    components: family.fromDense(dense, 'seeding'),
  };
}

function givenComponents(start: GivenStart, { family, components: k }: FitSettings, d: number): Components {
  const components = family.fromDense(start, 'seeding');
  if (components.k === k && components.d === d) return components;
  throw new InputError('shape', {
    where: 'seeding',
    expected: `means [${k}][${d}] and covariances [${k}][${d}][${d}]`,
    got: `${components.k} components in ${components.d} dimensions`,
    remedy: 'give a start that fits components and data',
  });
}
