/** A fit from rows in memory, phase by phase. */
import { gaussian } from '../src/families/gaussian.js';
import { fitMixture } from '../src/fit/fit.js';
import { problemOf } from './problem.js';

/** Seconds of a fit by phase; `fit` is of one iteration. */
export type Phases = Readonly<Record<'load' | 'fit' | 'seed' | 'score', number>>;

/** Sizes of what is fitted. */
export interface LoadSize {
  readonly n: number;
  readonly d: number;
  readonly k: number;
}

const ITERATIONS = 10;

/** Rows of float32, row-major `[n, d]`. */
export function rowsOf({ n, d, k }: LoadSize): Float32Array {
  return Float32Array.from(problemOf({ covariance: 'full', n, d, k }).data);
}

/** Fits full covariances with the defaults, for ten iterations. */
export async function phasesOf(data: Float32Array, { n, d, k }: LoadSize): Promise<Phases> {
  const limits = { maxIterations: ITERATIONS, tolerance: 0 };
  const options = { family: gaussian({ covariance: 'full' }), components: k, ...limits };
  const { diagnostics, iterations } = await fitMixture({ data, shape: [n, d] }, options);
  const { load, seed, fit, score } = diagnostics.seconds;
  return { load, seed, fit: fit / iterations, score };
}
