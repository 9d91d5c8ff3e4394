import type { Dataset } from '../data/dataset.js';
import { keptIndices } from '../data/kept-indices.js';
import type { FitSettings } from './options.js';
import { picked } from '../families/components.js';
import { weightsOf, type Family } from '../families/family.js';
import { seededRandom } from '../base/random.js';
import { startOfRows } from '../seeding/assigned.js';
import { columnVariances } from '../seeding/columns.js';
import type { CommonSeeding } from '../seeding/common.js';
import { isAssigned, needsMetric, startOfParts } from '../seeding/given.js';
import type { SeedingMethod, SeedingProblem } from '../seeding/seeding.js';
import { besideNoise, seed, type Start } from '../seeding/start.js';
import type { BorrowedShard } from '../sweep/shard.js';

/** Finds the start of a number, from 0, among rows that others may read meanwhile; default by the fit's own seeding. */
export type Starts = (index: number, rows: BorrowedShard, seeding?: SeedingMethod) => Promise<Start>;

/** A squared unit of length so large that a difference counts for nothing, and that float32 holds its inverse's root. */
const UNMEASURED = 1e30;

/** The starts of a fit, in the shard's coordinates: each has luck of its own. `common`: what other fits find alike. */
export async function startsOf(
  dataset: Dataset,
  settings: FitSettings,
  regularization: Float64Array,
  common?: CommonSeeding,
): Promise<Starts> {
  const { shard, scaling, dropped, columns } = dataset;
  const { seeding: own, family, signal } = settings;
  const measured = needsMetric(own)
    ? await (common?.variances(shard, signal) ?? columnVariances(shard, signal))
    : new Float64Array(shard.d).fill(1);
  const told = withoutNoise(measured, family);
  const mean = told.reduce((sum, variance) => sum + variance, 0) / told.length;
  const variances = family.commonScale ? told.fill(mean) : told;
  const indexOf = typeof own !== 'string' && isAssigned(own) ? await keptIndices(dataset) : (kept: number) => kept;
  const kept = { n: shard.n + dropped, indexOf };
  return (index, rows, method) => {
    const seeding = method ?? own;
    const random = seededRandom(settings.seed, index);
    // What others find among all rows is nothing to a sample.
    const shared = rows.n === shard.n ? common : undefined;
    const kMeansPlusPlus = shared && ((problem: SeedingProblem) => shared.kMeansPlusPlus(problem, index));
    const held = { shard: rows, columns: columns.length, scaling };
    const problem = { ...held, k: settings.components, variances, random, signal, kMeansPlusPlus };
    if (typeof seeding === 'string') {
      const start = seed(seeding, problem, family, regularization);
      return start.then((found) => inOrder(withNoiseShare(found, family), settings));
    }
    if (isAssigned(seeding)) return startOfRows(seeding, problem, family, { regularization, kept });
    return startOfParts(seeding, problem, family, regularization).then((start) => withNoiseShare(start, family));
  };
}

/** What noise has of rows no metric says; so it says nothing of this number either. */
function withoutNoise(variances: Float64Array, family: Family): Float64Array {
  return family.unmeasured === undefined
    ? variances
    : variances.fill(UNMEASURED, family.unmeasured, family.unmeasured + 1);
}

/** A start that also has a share for noise, where it lacks it. */
function withNoiseShare(start: Start, family: Family): Start {
  const { weights, components } = start;
  return weights.length === weightsOf(family, components.k) ? start : { ...start, weights: besideNoise(weights) };
}

/**
 * Chance must not say which component has which of the prescribed proportions. The larger of the clusters that seeding
 * found get the larger ones. A start the user gives stays in its order.
 */
function inOrder(start: Start, { marginal }: FitSettings): Start {
  if (marginal.kind === 'free' || new Set(marginal.weights.slice(0, start.components.k)).size === 1) return start;
  const { k } = start.components; // noise stays the last
  const falling = (weights: ArrayLike<number>): number[] =>
    Array.from({ length: k }, (_, c) => c).sort((a, b) => weights[b] - weights[a] || a - b);
  const from = falling(start.weights);
  const order: number[] = [];
  for (const [rank, c] of falling(marginal.weights).entries()) order[c] = from[rank];
  return {
    weights: start.weights.map((weight, c) => (c < k ? start.weights[order[c]] : weight)),
    components: picked(start.components, order),
  };
}
