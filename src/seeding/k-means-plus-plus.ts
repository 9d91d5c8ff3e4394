import { metricOf, type SeedingProblem } from './seeding.js';

/** All it asks of rows, which may be few and on the host. */
export type SeedingRows = Pick<SeedingProblem['shard'], 'd' | 'take' | 'nearestCentres'>;
type KMeansPlusPlusProblem = Omit<SeedingProblem, 'shard' | 'columns' | 'scaling'> & { readonly shard: SeedingRows };

/** Rows of which a centre is the best. */
export function trialsOf(k: number): number {
  return 2 + Math.floor(Math.log(k));
}

/**
 * Greedy k-means++ (Arthur & Vassilvitskii 2007): every centre is the best of 2 + ⌊ln k⌋ rows. They are drawn with
 * probability proportional to weight times squared distance to the nearest centre. Distances are in standard deviations
 * of the columns. Returns centres `[k, d]`.
 */
export async function kMeansPlusPlus({
  shard,
  k,
  variances,
  random,
  signal,
}: KMeansPlusPlusProblem): Promise<Float64Array> {
  const { d } = shard;
  const nearest = shard.nearestCentres(metricOf(variances), signal);
  const centres = new Float64Array(k * d);
  try {
    for (let index = 0; index < k; index++) {
      const trials = index === 0 ? 1 : trialsOf(k);
      const uniforms = Array.from({ length: trials }, () => random.uniform());
      const candidates = await shard.take(await nearest.draw(uniforms));
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
