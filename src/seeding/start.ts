import type { Components } from '../families/components.js';
import type { Family } from '../families/family.js';
import type { PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import { kMeans } from './k-means.js';
import { kMeansParallel } from './k-means-parallel.js';
import { levelCentres } from './level-rows.js';
import { kMeansPlusPlus } from './k-means-plus-plus.js';
import { randomRows } from './random-rows.js';
import type { SeedingMethod, SeedingProblem } from './seeding.js';

/** Where EM starts, in the shard's coordinates. */
export interface Start {
  /** Mixture weights, `[k]`, sum 1; noise has one more, the last. */
  readonly weights: Float64Array;
  readonly components: Components;
}

const centresBy: Readonly<Record<SeedingMethod, (problem: SeedingProblem) => Promise<Float64Array>>> = {
  'k-means++': (problem) => (problem.kMeansPlusPlus ?? kMeansPlusPlus)(problem),
  'k-means||': kMeansParallel,
  'k-means': kMeans,
  random: randomRows,
};

export const seedingMethods = Object.keys(centresBy) as SeedingMethod[];

/**
 * Finds centres, assigns every row to its nearest and estimates the family from these clusters. Each is drawn to the
 * pool of all as if d + 1 rows of the pool had joined it. So a cluster of few rows does not start as a spike.
 */
export async function seed(
  method: SeedingMethod,
  problem: SeedingProblem,
  family: Family,
  regularization: Float64Array,
): Promise<Start> {
  const { linear } = family.shape(problem.k, problem.columns);
  const masks = family.masks?.(problem.columns);
  const onHost = linear && (linear.levels.length > 0 || masks) && method !== 'random';
  const { positions } = family;
  const centres = await (onHost ? levelCentres(problem, linear, { positions, masks }) : centresBy[method](problem));
  const around = family.around(centres, problem.variances, problem.scaling);
  const assigned = await assign(around, 0, problem);
  const components = clusters(assigned, problem, family, regularization);
  return { weights: shares(assigned.moments, problem.shard.n), components };
}

/** Rows that went to components, and the components as they were then. */
export interface Assigned {
  readonly packed: PackedModel;
  readonly moments: Moments;
}

/** One sweep at equal weights: each row to its nearest component (ε = 0), or shared out among all (1). */
export async function assign(
  packed: PackedModel,
  epsilon: 0 | 1,
  { shard, signal }: Pick<SeedingProblem, 'shard' | 'signal'>,
): Promise<Assigned> {
  const { k } = packed;
  const uniform = new Float64Array(k).fill(1 / k);
  const model = { components: packed, weights: uniform, potential: new Float64Array(k), epsilon };
  const [moments] = await shard.sweep([{ model }], { signal });
  return { packed, moments };
}

/** The family's estimate of clusters, each drawn to the pool of all. */
export function clusters(
  { packed, moments }: Assigned,
  { shard, columns }: SeedingProblem,
  family: Family,
  regularization: Float64Array,
): Components {
  const prior = { kind: 'pool', share: (columns + 1) / shard.n } as const;
  return family.estimate(moments, packed, { regularization, prior }).components;
}

/** The share that noise has in a start that says nothing of it. */
const NOISE = 0.05;

/** Weights `[k + 1]` that begin with the share of noise: the components' `[k]` of the rest. */
export function besideNoise(weights: Float64Array): Float64Array {
  return Float64Array.of(...weights.map((weight) => weight * (1 - NOISE)), NOISE);
}

/** Mixture weights: the clusters' shares, as if each of n rows' clusters had one row more. */
export function shares(moments: Moments, n: number): Float64Array {
  const counts = moments.mass.map((mass) => mass / moments.weight + 1 / n);
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.map((count) => count / sum);
}
