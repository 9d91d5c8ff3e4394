import type { Family } from '../families/family.js';
import type { PackedModel } from '../sweep/model.js';
import { kMeans } from './k-means.js';
import { kMeansParallel } from './k-means-parallel.js';
import { hierarchicalCentres, hierarchicalStart } from './hierarchical.js';
import { levelCentres, type HeldProblem } from './level-rows.js';
import { kMeansPlusPlus } from './k-means-plus-plus.js';
import { randomResponsibilities } from './random-responsibilities.js';
import { randomRows } from './random-rows.js';
import { clusters, shares, type Assigned, type Start } from './estimates.js';
import type { SeedingMethod, SeedingProblem } from './seeding.js';

export type { Start };

const centresBy: Readonly<Record<SeedingMethod, (problem: SeedingProblem) => Promise<Float64Array>>> = {
  'k-means++': (problem) => (problem.kMeansPlusPlus ?? kMeansPlusPlus)(problem),
  'k-means||': kMeansParallel,
  'k-means': kMeans,
  hierarchical: hierarchicalCentres,
  random: randomRows,
  'random-responsibilities': randomRows,
};

/** How centres are found among rows that the host holds; k-means++ by the other methods. */
const centresAmongHeld: Readonly<Partial<Record<SeedingMethod, (problem: HeldProblem) => Promise<Float64Array>>>> = {
  hierarchical: hierarchicalCentres,
  random: randomRows,
  'random-responsibilities': randomRows,
};

/**
 * Finds centres, unless the method needs none, assigns every row to its nearest and estimates the family from these
 * clusters. Each is drawn to the pool of all as if d + 1 rows of the pool had joined it. So a cluster of few rows does
 * not start as a spike.
 */
export async function seed(
  method: SeedingMethod,
  problem: SeedingProblem,
  family: Family,
  regularization: Float64Array,
): Promise<Start> {
  const start = await startWithoutCentres(method, problem, family, regularization);
  if (start) return start;
  const { linear } = family.shape(problem.k, problem.columns);
  const masks = family.masks?.(problem.columns);
  const onHost = linear && (masks || (linear.levels.length > 0 && method !== 'random'));
  const { positions } = family;
  const centresAmong = centresAmongHeld[method];
  const centres = await (onHost
    ? levelCentres(problem, linear, { positions, masks, centresAmong })
    : centresBy[method](problem));
  const around = family.around(centres, problem.variances, problem.scaling);
  const assigned = await assign(around, 0, problem);
  const components = clusters(assigned, problem, family, regularization);
  return { weights: shares(assigned.moments, problem.shard.n), components };
}

/** The start of a method that makes one from drawn rows, where it can: a single component is told of all rows instead. */
async function startWithoutCentres(
  method: SeedingMethod,
  problem: SeedingProblem,
  family: Family,
  regularization: Float64Array,
): Promise<Start | undefined> {
  if (problem.k === 1) return undefined;
  if (method === 'random-responsibilities') return randomResponsibilities(problem, family, regularization);
  const { linear, quadratic } = family.shape(problem.k, problem.columns);
  const sole = !linear && quadratic.length === 1 && !family.patterned && !family.noise;
  if (method !== 'hierarchical' || !sole) return undefined;
  return hierarchicalStart(problem, family, quadratic[0].form, regularization);
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

/** The share that noise has in a start that says nothing of it. */
const NOISE = 0.05;

/** Weights `[k + 1]` that begin with the share of noise: the components' `[k]` of the rest. */
export function besideNoise(weights: Float64Array): Float64Array {
  return Float64Array.of(...weights.map((weight) => weight * (1 - NOISE)), NOISE);
}
