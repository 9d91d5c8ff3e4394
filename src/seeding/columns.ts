import { gaussian } from '../families/gaussian.js';
import type { BorrowedShard } from '../sweep/shard.js';

/**
 * Variances of the columns in the shard's coordinates, `[d]`: two K = 1 sweeps, the second about the first's mean.
 * A constant column counts as having variance 1, so that it can serve as a unit of length.
 */
export async function columnVariances(shard: BorrowedShard, signal?: AbortSignal): Promise<Float64Array> {
  const { d } = shard;
  const family = gaussian({ covariance: 'diag' });
  let components = family.atRows(new Float64Array(d), new Float64Array(d).fill(1));
  for (let pass = 0; pass < 2; pass++) {
    const packed = family.pack(components);
    const model = { components: packed, weights: Float64Array.of(1), potential: Float64Array.of(0), epsilon: 1 };
    const [moments] = await shard.sweep([{ model }], { signal });
    ({ components } = family.estimate(moments, packed, { regularization: new Float64Array(d) }));
  }
  return family.spread(components).variances.map((variance) => (variance > 1e-9 ? variance : 1));
}
