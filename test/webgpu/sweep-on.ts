import type { Device } from '../../src/backend/backend.js';
import { matrixSource } from '../../src/data/arrays.js';
import { loadDataset, type Dataset } from '../../src/data/dataset.js';
import { gaussian } from '../../src/families/gaussian.js';
import type { PlanModel } from '../../src/sweep/model.js';
import type { Moments } from '../../src/sweep/moments.js';
import { seededRandom } from '../../src/base/random.js';

/** Rows drawn from one ball: cheap, and every component has a share of each. */
export function rowsOf(n: number, d: number): Float64Array {
  const random = seededRandom(5);
  return Float64Array.from({ length: n * d }, () => random.normal());
}

export async function load(device: Device, n: number, d: number): Promise<Dataset> {
  return loadDataset(matrixSource({ data: rowsOf(n, d), shape: [n, d] }), { device, missing: 'error' });
}

/** k balls of different sizes around points of a line. */
export function modelOf(k: number, d: number): PlanModel {
  const family = gaussian({ covariance: 'full' });
  const dense = {
    means: Array.from({ length: k }, (_, c) => Array.from({ length: d }, (__, j) => 0.2 * c - 0.1 * j)),
    covariances: Array.from({ length: k }, (_, c) =>
      Array.from({ length: d }, (__, i) => Array.from({ length: d }, (___, j) => (i === j ? 1 + 0.1 * c : 0.1))),
    ),
  };
  return {
    components: family.pack(family.fromParameters(dense, 'model')),
    weights: new Float64Array(k).fill(1 / k),
    potential: new Float64Array(k),
    epsilon: 1,
  };
}

export async function sweepOn(device: Device, n: number, d: number, k: number): Promise<Moments> {
  const { shard } = await load(device, n, d);
  try {
    const [moments] = await shard.sweep([{ model: modelOf(k, d), coupling: true }]);
    return moments;
  } finally {
    shard.dispose();
  }
}
