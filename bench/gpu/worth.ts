/** What each of the kernels' speed-ups is worth: sweeps with it switched off, beside those of all. */
import { speedups, type Speedup } from '../../kernels/webgpu/options.js';
import { fitsSingle } from '../../kernels/webgpu/single.wgsl.js';
import type { GpuBackend } from '../../kernels/webgpu/tfjs.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';
import { loadDataset } from '../../src/data/dataset.js';
import type { Size } from '../problem.js';
import { cloudOf } from './cloud.js';
import { sweepSeconds, type Bench } from './measure.js';
import type { Group } from './sizes.js';

/** Rows at the most: a few milliseconds of a large GPU. */
const ROWS = 1_000_000;

export interface Worth extends Size {
  readonly without: Speedup;
  /** Device seconds of a sweep as it is, and without the speed-up. */
  readonly seconds: number;
  readonly secondsWithout: number;
}

/**
 * Those that a sweep has: one kernel for a small model has none. A software adapter shows nothing of the kernels' cuts, and
 * compiles them long.
 */
export function speedupsOf({ covariance, d, k }: Omit<Size, 'n'>, software: boolean): readonly Speedup[] {
  if (fitsSingle({ form: covariance, d, k, hard: false, coupling: false })) return [];
  return speedups.filter((one) => {
    if (one === 'whitening once') return covariance === 'tied';
    return !software && (one === 'uniform slices' || covariance === 'full');
  });
}

export async function worthOf(backend: GpuBackend, group: Group, bench: Bench): Promise<Worth[]> {
  const { d, fits } = group;
  const n = Math.min(group.n, ROWS);
  const { source, start } = cloudOf(n, d);
  const seconds = async ({ covariance, k }: Group['fits'][number], without?: Speedup): Promise<number> => {
    const device = webgpuDevice(backend, { tuneFrom: Infinity, without });
    const dataset = await loadDataset(source, { device, missing: 'error', commonScale: true });
    try {
      return await sweepSeconds(dataset, { covariance, n, d, k }, start(k), bench);
    } finally {
      dataset.shard.dispose();
    }
  };
  const found: Worth[] = [];
  for (const fit of fits) {
    const switched = speedupsOf({ ...fit, d }, backend.gpu.software);
    if (switched.length === 0) continue;
    const own = await seconds(fit);
    for (const without of switched) {
      found.push({ ...fit, n, d, without, seconds: own, secondsWithout: await seconds(fit, without) });
    }
  }
  return found;
}
