import type { BackendName } from '../../backend/backends.js';
import type { BackendReport } from '../../backend/resolve.js';
import { SimdKernel } from '../../../kernels/simd/kernel.js';
import { simdModule, simdSupport } from '../../../kernels/simd/module.js';
import { loadLibrary } from '../library.js';
import { benchProblem, operations, type BenchCase, type BenchProblem } from './problem.js';

/** An iteration of EM, measured on one backend. */
export interface BenchResult extends BenchCase {
  readonly backend: BackendName;
  readonly adapter: string;
  readonly threads: number;
  /** Milliseconds of an iteration, the median of `iterations`. */
  readonly ms: number;
  readonly iterations: number;
  readonly mrows: number;
  readonly gflops: number;
  /** Share of the multiply-adds that the same threads reach in registers, where that is known; it may exceed 1. */
  readonly ofPeak?: number;
  /** Memory of the process after the fit, MiB. */
  readonly memory: number;
}

/** How long to measure. */
export interface BenchEffort {
  /** Seconds for each size on each backend, the first two iterations aside. */
  readonly seconds: number;
  /** Rows are divided by this. */
  readonly fewer: number;
  readonly signal: AbortSignal;
}

/** Iterations that are not counted, since engines and drivers compile in them. */
const WARM = 2;
/** Iterations that are counted at least and at most. */
const LEAST = 3;
const MOST = 200;
/** Rows of backends that no hardware speeds up are divided by this: tfjs in JavaScript, and software adapters. */
const SLOW = 50;

/** The instructions that the CPU's kernel has here. */
export const simd = (): string => simdSupport() ?? 'none';

/** GFLOP/s of multiply-adds in registers on one thread, the best of several runs; undefined without SIMD. */
export async function peakOfThread(): Promise<number | undefined> {
  const build = simdSupport();
  if (build === undefined) return undefined;
  const kernel = new SimdKernel(await simdModule(build));
  const n = 200_000;
  let least = Infinity;
  for (let run = 0; run < 100; run++) {
    const started = performance.now();
    kernel.peak(n);
    least = Math.min(least, performance.now() - started);
  }
  return (96 * n) / least / 1e6; // 96 operations a turn
}

/** Measures a size on a backend, by the public path: a fit from a given start that does not end by itself. */
export async function measure(
  of: BenchCase,
  backend: BackendReport,
  peak: number | undefined,
  { seconds, fewer, signal }: BenchEffort,
): Promise<BenchResult> {
  const slow = backend.name === 'cpu' || (backend.name === 'webgpu' && !backend.gpu);
  const n = Math.max(1000, Math.round(of.n / fewer / (slow ? SLOW : 1)));
  const problem = benchProblem({ ...of, n });
  const { times, threads, adapter } = await iterationTimes(problem, backend.name, seconds, signal);
  const ms = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  const gflops = operations({ ...of, n }) / ms / 1e6;
  return {
    ...{ covariance: of.covariance, n, d: of.d, k: of.k, published: of.published },
    ...{ backend: backend.name, adapter, threads, ms, iterations: times.length, mrows: n / ms / 1e3, gflops },
    ...(backend.name === 'wasm' && peak !== undefined && { ofPeak: gflops / (peak * threads) }),
    memory: process.memoryUsage.rss() / 2 ** 20,
  };
}

/** Milliseconds of iterations, and what they ran on. */
async function iterationTimes(
  { covariance, n, d, k, data, start }: BenchProblem,
  backend: BackendName,
  seconds: number,
  signal: AbortSignal,
): Promise<{ readonly times: number[]; readonly threads: number; readonly adapter: string }> {
  const { fitMixture, gaussian } = await loadLibrary();
  const enough = new AbortController();
  const times: number[] = [];
  let [seen, last, until] = [0, 0, Infinity];
  const fit = await fitMixture(
    { data, shape: [n, d] },
    {
      ...{ components: k, family: gaussian({ covariance }), seeding: start, backend },
      ...{ tolerance: 0, maxIterations: WARM + MOST, acceleration: 'none' },
      signal: AbortSignal.any([signal, enough.signal]),
      onProgress({ phase }) {
        if (phase !== 'fit') return;
        const now = performance.now();
        if (++seen > WARM + 1) times.push(now - last);
        if (seen === WARM + 1) until = now + 1000 * seconds;
        if (times.length >= LEAST && now > until) enough.abort();
        last = now;
      },
    },
  );
  signal.throwIfAborted();
  return { times, threads: fit.diagnostics.threads, adapter: fit.diagnostics.adapter };
}
