import type { SeedingProblem } from './seeding.js';
import type { SeedingRows } from './k-means-plus-plus.js';

/** k different rows drawn with probability proportional to their weights (while there are as many), `[k, d]`. */
export async function randomRows({
  shard,
  k,
  random,
  signal,
}: Pick<SeedingProblem, 'k' | 'random' | 'signal'> & { readonly shard: SeedingRows }): Promise<Float64Array> {
  const uniform = shard.nearestCentres(new Float64Array(shard.d), signal);
  const chosen = new Set<number>();
  try {
    // Rows of weight 0 are never drawn, so there may be fewer than k to find: after enough tries one repeats.
    for (let tries = 0; chosen.size < k && tries < 50 * k; tries++) {
      const [row] = await uniform.draw([random.uniform()]);
      chosen.add(row);
    }
  } finally {
    uniform.dispose();
  }
  const rows = [...chosen];
  return shard.take(Array.from({ length: k }, (_, index) => rows[index % rows.length]));
}
