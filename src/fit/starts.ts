import type { Dataset } from '../data/dataset.js';
import { keptIndices } from '../mixture/evaluate.js';
import type { FitSettings } from './options.js';
import { picked } from '../families/components.js';
import { seededRandom } from '../base/random.js';
import { startOfRows } from '../seeding/assigned.js';
import { columnVariances } from '../seeding/columns.js';
import type { CommonSeeding } from '../seeding/common.js';
import { isAssigned, needsMetric, startOfParts } from '../seeding/given.js';
import type { SeedingProblem } from '../seeding/seeding.js';
import { seed, type Start } from '../seeding/start.js';
import type { BorrowedShard } from '../sweep/shard.js';

/** Finds the start of a number, from 0, among rows that others may read meanwhile. */
export type Starts = (index: number, rows: BorrowedShard) => Promise<Start>;

/** The starts of a fit, in the shard's coordinates: each has luck of its own. `common`: what other fits find alike. */
export async function startsOf(
  { shard, scaling, dropped, columns }: Dataset,
  settings: FitSettings,
  regularization: Float64Array,
  common?: CommonSeeding,
): Promise<Starts> {
  const { seeding, family, signal } = settings;
  const own = needsMetric(seeding)
    ? await (common?.variances(shard, signal) ?? columnVariances(shard, signal))
    : new Float64Array(shard.d).fill(1);
  const mean = own.reduce((sum, variance) => sum + variance, 0) / own.length;
  const variances = family.commonScale ? own.fill(mean) : own;
  const kept = { n: shard.n + dropped.length, indexOf: keptIndices(shard, dropped) };
  return (index, rows) => {
    const random = seededRandom(settings.seed, index);
    const kMeansPlusPlus = common && ((problem: SeedingProblem) => common.kMeansPlusPlus(problem, index));
    const held = { shard: rows, columns: columns.length, scaling };
    const problem = { ...held, k: settings.components, variances, random, signal, kMeansPlusPlus };
    if (typeof seeding === 'string') {
      return seed(seeding, problem, family, regularization).then((start) => inOrder(start, settings));
    }
    return isAssigned(seeding)
      ? startOfRows(seeding, problem, family, { regularization, kept })
      : startOfParts(seeding, problem, family, regularization);
  };
}

/**
 * Chance must not say which component has which of the prescribed proportions. The larger of the clusters that seeding
 * found get the larger ones. A start the user gives stays in its order.
 */
function inOrder(start: Start, { marginal }: FitSettings): Start {
  if (marginal.kind === 'free' || new Set(marginal.weights).size === 1) return start;
  const falling = (weights: ArrayLike<number>): number[] =>
    Array.from(weights, (_, k) => k).sort((a, b) => weights[b] - weights[a] || a - b);
  const from = falling(start.weights);
  const order: number[] = [];
  for (const [rank, k] of falling(marginal.weights).entries()) order[k] = from[rank];
  return {
    weights: Float64Array.from(order, (k) => start.weights[k]),
    components: picked(start.components, order),
  };
}
