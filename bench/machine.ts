import { availableParallelism, cpus } from 'node:os';
import { SimdKernel } from '../kernels/simd/kernel.js';
import { simdModule, simdSupport } from '../kernels/simd/module.js';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly threads: number;
  readonly node: string;
  readonly simd: string;
  /** GFLOP/s of multiply-adds in registers, one thread. */
  readonly peak: number;
}

export async function machine(): Promise<Machine> {
  const build = simdSupport();
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    threads: availableParallelism(),
    node: process.versions.node,
    simd: build === 'relaxed' ? 'relaxed (multiply-add)' : (build ?? 'none'),
    peak: build ? peakOf(new SimdKernel(await simdModule(build))) : NaN,
  };
}

/** The best of several runs, after the engine has had time to optimise. */
function peakOf(kernel: SimdKernel): number {
  const n = 200_000;
  let best = Infinity;
  for (let run = 0; run < 200; run++) {
    const started = performance.now();
    kernel.peak(n);
    best = Math.min(best, performance.now() - started);
  }
  return (96 * n) / best / 1e6;
}
