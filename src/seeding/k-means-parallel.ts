import { gaussian } from '../families/gaussian.js';
import { HostRows } from '../sweep/exact/host-rows.js';
import { kMeansPlusPlus } from './k-means-plus-plus.js';
import { metricOf, type SeedingProblem } from './seeding.js';

/** Components that differ in their means alone: nearest is likeliest. */
const metricFamily = gaussian({ covariance: 'diag' });

/** Rounds, and rows drawn in each, by k (Bahmani et al. find 5 and 2 enough). */
const ROUNDS = 5;
const OVERSAMPLING = 2;

/**
 * k-means|| (Bahmani, Moseley, Vattani, Kumar & Vassilvitskii 2012, algorithm 2). Five rounds each add about 2k rows,
 * drawn with probability proportional to weight times squared distance to the nearest so far. Greedy k-means++ then
 * chooses among these candidates, weighted by the rows that are nearest to each. Six reads of the data, where k-means++
 * takes 2k − 2. Distances are in standard deviations of the columns. Returns centres `[k, d]`, which are rows.
 */
export async function kMeansParallel(problem: SeedingProblem): Promise<Float64Array> {
  const candidates = await oversample(problem);
  const weights = await nearestWeights(problem, candidates);
  const rows = new HostRows(candidates, weights, problem.shard.d);
  return kMeansPlusPlus({ ...problem, shard: rows });
}

/** Different rows, `[candidates, d]`. */
async function oversample({ shard, k, variances, random, signal }: SeedingProblem): Promise<Float64Array> {
  const nearest = shard.nearestCentres(metricOf(variances), signal);
  const chosen = new Set<number>();
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const count = round === 0 ? 1 : OVERSAMPLING * k;
      const drawn = await nearest.draw(Array.from({ length: count }, () => random.uniform()));
      const fresh = [...new Set(drawn)].filter((row) => !chosen.has(row));
      // Where all rows lie on candidates already, there is nothing left to draw but them.
      if (fresh.length === 0) break;
      for (const row of fresh) chosen.add(row);
      if (round < ROUNDS) await nearest.add(await shard.take(fresh));
    }
  } finally {
    nearest.dispose();
  }
  return shard.take([...chosen]);
}

/** Σ a_i of the rows nearest to each candidate, `[candidates]`: the masses of a sweep at ε = 0. */
async function nearestWeights(
  { shard, variances, signal }: SeedingProblem,
  candidates: Float64Array,
): Promise<Float64Array> {
  const count = candidates.length / shard.d;
  const components = metricFamily.pack(metricFamily.atRows(candidates, variances));
  const weights = new Float64Array(count).fill(1 / count);
  const model = { components, weights, potential: new Float64Array(count), epsilon: 0 };
  const [{ mass }] = await shard.sweep([{ model }], { signal });
  return mass;
}
