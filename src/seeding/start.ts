import type { Components, Family } from '../families/family.js';
import { kMeans } from './k-means.js';
import { kMeansParallel } from './k-means-parallel.js';
import { kMeansPlusPlus } from './k-means-plus-plus.js';
import { randomRows } from './random-rows.js';
import type { SeedingMethod, SeedingProblem } from './seeding.js';

/** Where EM starts, in the shard's coordinates. */
export interface Start {
  /** Mixture weights, `[k]`, sum 1. */
  readonly weights: Float64Array;
  readonly components: Components;
}

const centresBy: Readonly<Record<SeedingMethod, (problem: SeedingProblem) => Promise<Float64Array>>> = {
  'k-means++': kMeansPlusPlus,
  'k-means||': kMeansParallel,
  'k-means': kMeans,
  random: randomRows,
};

export const seedingMethods = Object.keys(centresBy) as SeedingMethod[];

/**
 * Finds centres, assigns every row to its nearest and estimates the family from these clusters. Each is drawn to the
 * pool of all as if d + 1 rows of the pool had joined it, so that a cluster of few rows does not start as a spike.
 */
export async function seed(
  method: SeedingMethod,
  problem: SeedingProblem,
  family: Family,
  regularization: Float64Array,
): Promise<Start> {
  const { shard, k, variances, signal } = problem;
  const centres = await centresBy[method](problem);
  const packed = family.pack(family.around(centres, variances));
  const uniform = new Float64Array(k).fill(1 / k);
  const model = { components: packed, weights: uniform, potential: new Float64Array(k), epsilon: 0 };
  const moments = await shard.sweep(model, { signal });
  const { components } = family.estimate(moments, packed, { regularization, pooling: (shard.d + 1) / shard.n });
  const counts = moments.mass.map((mass) => mass / moments.weight + 1 / shard.n);
  const sum = counts.reduce((total, count) => total + count, 0);
  return { weights: counts.map((count) => count / sum), components };
}
