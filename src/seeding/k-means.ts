import { gaussian } from '../families/gaussian.js';
import { kMeansPlusPlus } from './k-means-plus-plus.js';
import type { SeedingProblem } from './seeding.js';

/** Lloyd iterations at the most, and the relative fall of the objective at which they stop. */
const MAX_ITERATIONS = 100;
const TOLERANCE = 1e-5;

/**
 * Lloyd's k-means from k-means++ centres: sweeps at ε = 0, where the plan assigns every row to the nearest centre.
 * Distances are in standard deviations of the columns. Returns centres `[k, d]`.
 */
export async function kMeans(problem: SeedingProblem): Promise<Float64Array> {
  const { shard, k, variances, signal } = problem;
  const family = gaussian({ covariance: 'diag' });
  const weights = new Float64Array(k).fill(1 / k);
  const potential = new Float64Array(k);
  let centres = await (problem.kMeansPlusPlus ?? kMeansPlusPlus)(problem);
  let last = Infinity;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const components = family.pack(family.atRows(centres, variances));
    const model = { components, weights, potential, epsilon: 0 };
    const [moments] = await shard.sweep([{ model }], { signal });
    const estimate = family.estimate(moments, components, { regularization: new Float64Array(shard.d) });
    centres = family.spread(estimate.components).means;
    // Mean half squared distance: the objective less what no assignment changes.
    const objective = moments.objective / moments.weight + components.logNormalizers[0];
    if (last - objective <= TOLERANCE * objective) break;
    last = objective;
  }
  return centres;
}
