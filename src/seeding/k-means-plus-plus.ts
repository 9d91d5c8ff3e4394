import type { SeedingProblem } from './seeding.js';

/**
 * Greedy k-means++ (Arthur & Vassilvitskii 2007): every centre is the best of 2 + ⌊ln k⌋ rows drawn with probability
 * proportional to weight times squared distance to the nearest centre. Distances are in standard deviations of the
 * columns. Returns centres `[k, d]`.
 */
export async function kMeansPlusPlus({ shard, k, variances, random, signal }: SeedingProblem): Promise<Float64Array> {
  const { d } = shard;
  const metric = variances.map((variance) => (variance > 0 ? 1 / Math.sqrt(variance) : 0));
  const nearest = shard.nearestCentres(metric, signal);
  const centres = new Float64Array(k * d);
  try {
    for (let index = 0; index < k; index++) {
      const trials = index === 0 ? 1 : 2 + Math.floor(Math.log(k));
      const drawn: number[] = [];
      for (let trial = 0; trial < trials; trial++) drawn.push(await nearest.draw(random.uniform()));
      const candidates = await shard.take(drawn);
      const potentials = trials > 1 ? await nearest.potentials(candidates) : new Float64Array(1);
      const best = potentials.indexOf(Math.min(...potentials));
      const centre = candidates.slice(best * d, (best + 1) * d);
      centres.set(centre, index * d);
      if (index < k - 1) await nearest.add(centre);
    }
  } finally {
    nearest.dispose();
  }
  return centres;
}
