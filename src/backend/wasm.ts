import { simdSupport, type SimdBuild } from '../../kernels/simd/module.js';
import { hostGeometries, MOST_PAIRS } from '../geometry/host.js';
import { simdGeometries } from '../geometry/simd.js';
import { float64Builder } from '../sweep/float64/builder.js';
import { patternShardBuilder } from '../sweep/patterns/builder.js';
import { simdShardBuilder } from '../sweep/simd/builder.js';
import { spillingShardBuilder } from '../sweep/spilled/builder.js';
import { spillingFloat64Builder } from '../sweep/spilled/float64.js';
import { holdThreads } from '../threads/common.js';
import { threadsFor, type TaskForce } from '../threads/pool.js';
import { absent, Unusable, type Backend, type Device, type Finding } from './backend.js';

/** Pairs from which on threads save time: one computes so many in 0.1 s, and they take about half of that to start. */
const THREADS_FROM = 2 ** 27;

const MISSING = 'this engine has no WebAssembly SIMD';

/** The CPU by the SIMD kernel, on threads. */
export const wasm = {
  name: 'wasm',
  onHost: true,
  async probe() {
    const build = simdSupport();
    return build ? findingOf(build) : absent(MISSING);
  },
  async open({ notes, threads }) {
    const build = simdSupport();
    if (!build) throw new Unusable(MISSING);
    const { count, reason } = threadsFor(threads);
    const device = simdDevice({ threads: count, build });
    return reason === '' ? { ...device, notes } : { ...device, reason, notes: [...notes, reason] };
  },
} as const satisfies Backend;

export interface SimdOptions {
  readonly threads: number;
  /** Default: the fastest that this engine runs. */
  readonly build?: SimdBuild;
  /** Clouds of more pairs are solved by the SIMD kernel, on all threads from so many pairs on. */
  readonly simdBeyond?: number;
  readonly threadsFrom?: number;
}

/** The SIMD kernel on so many threads. */
export function simdDevice(options: SimdOptions): Device {
  const { threads, build = simdSupport() ?? 'simd', simdBeyond = MOST_PAIRS, threadsFrom = THREADS_FROM } = options;
  return {
    ...findingOf(build),
    ...{ name: 'wasm', onHost: true, threads, notes: [] },
    spills: true,
    rows(d, { once = false, linear = false, spill } = {}) {
      const hold = (): Promise<TaskForce> => holdThreads(threads, build);
      return spill ? spillingShardBuilder(d, hold, spill, linear) : simdShardBuilder(d, hold, { once, linear });
    },
    gappedRows: (d, limit) => patternShardBuilder(d, () => holdThreads(threads, build), { limit }),
    float64Rows(d, limit) {
      const hold = (): Promise<TaskForce> => holdThreads(threads, build);
      return limit ? spillingFloat64Builder(d, hold, limit) : float64Builder(d, hold);
    },
    geometry(problem) {
      const { n, m } = problem.sizes;
      if (problem.source.kind !== 'points' || n * m <= simdBeyond) return hostGeometries(problem);
      return simdGeometries(problem, 'wasm', { threads, build, startFrom: threadsFrom });
    },
  };
}

function findingOf(build: SimdBuild): Finding {
  const adapter = build === 'relaxed' ? 'WebAssembly SIMD with multiply-add' : 'WebAssembly SIMD';
  return { usable: true, adapter, gpu: false, reason: 'runs everywhere' };
}
