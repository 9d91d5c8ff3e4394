import type { Device } from '../src/backend/backend.js';
import { matrixSource } from '../src/data/arrays.js';
import { loadDataset } from '../src/data/dataset.js';
import { gaussian } from '../src/families/gaussian.js';
import { logVolume } from '../src/families/scaling.js';
import { kMeansPlusPlus } from '../src/seeding/k-means-plus-plus.js';
import { seededRandom } from '../src/base/random.js';
import type { Problem } from './problem.js';

export interface Measured {
  /** Seconds of one EM iteration, sweep and M-step: the median. */
  readonly seconds: number;
  /** Mean log-likelihood after the iterations, nats. */
  readonly objective: number;
  /** Seconds of k-means++ seeding, if asked for. */
  readonly seeding: number;
}

/** Times EM iterations from the problem's start; two more come first, untimed, to warm up. */
export async function timeIterations(
  problem: Problem,
  device: Device,
  iterations: number,
  seed = false,
): Promise<Measured> {
  const { covariance, n, d, k, data, start } = problem;
  const family = gaussian({ covariance });
  const source = matrixSource({ data, shape: [n, d] });
  const { shard, scaling } = await loadDataset(source, { device, missing: 'error', commonScale: family.commonScale });
  try {
    const regularization = scaling.scale.map((scale) => 1e-6 / scale ** 2);
    let components = family.toShard(family.fromParameters(start, 'start'), scaling);
    let weights = Float64Array.from(start.weights);
    const potential = new Float64Array(k);
    let objectiveNear = 0;
    const step = async (): Promise<void> => {
      const packed = family.pack(components);
      const model = { components: packed, weights, potential, epsilon: 1 };
      const [moments] = await shard.sweep([{ model, objectiveNear }]);
      objectiveNear = moments.objective / moments.weight;
      ({ components } = family.estimate(moments, packed, { regularization }));
      weights = moments.mass.map((mass) => mass / moments.weight);
    };
    for (let warm = 0; warm < 2; warm++) await step();
    components = family.toShard(family.fromParameters(start, 'start'), scaling);
    weights = Float64Array.from(start.weights);
    const seconds: number[] = [];
    for (let iteration = 0; iteration < iterations; iteration++) seconds.push(await clocked(step));
    await step();
    const random = seededRandom(1);
    const variances = new Float64Array(d).fill(1);
    const seeding = seed ? await clocked(() => kMeansPlusPlus({ shard, k, variances, random })) : NaN;
    return { seconds: median(seconds), objective: -objectiveNear - logVolume(scaling), seeding };
  } finally {
    shard.dispose();
  }
}

export async function clocked(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
