import type { CovarianceForm } from '../../../kernels/form.js';
import { seededRandom } from '../../base/random.js';
import type { GivenStart } from '../../seeding/given.js';

/** What is measured: an iteration of EM at a size that docs/performance.md has figures of. */
export interface BenchCase {
  readonly covariance: CovarianceForm;
  readonly n: number;
  readonly d: number;
  readonly k: number;
  /** Millions of rows a second on two threads of the published machine, and the share of its peak on one. */
  readonly published: { readonly mrows: number; readonly ofPeak: number };
}

/** docs/performance.md, "An iteration of EM". */
export const benchCases: readonly BenchCase[] = [
  { covariance: 'full', n: 200_000, d: 16, k: 16, published: { mrows: 8.4, ofPeak: 0.63 } },
  { covariance: 'diag', n: 200_000, d: 16, k: 16, published: { mrows: 29, ofPeak: 0.53 } },
  { covariance: 'full', n: 1_000_000, d: 2, k: 8, published: { mrows: 90.2, ofPeak: 0.14 } },
];

/** The machine of the published figures. */
export const publishedMachine = 'AMD EPYC, two threads, Node 26, relaxed SIMD';

/** Rows, `[n, d]`, and a start near their centres. */
export interface BenchProblem extends BenchCase {
  readonly data: Float32Array;
  readonly start: GivenStart;
}

/** k unit Gaussians about centres √(2 d) apart, as those of the published figures are. */
export function benchProblem(of: BenchCase, seed = 1): BenchProblem {
  const { n, d, k } = of;
  const random = seededRandom(seed);
  const centres = Array.from({ length: k }, () => Array.from({ length: d }, () => random.normal()));
  const data = new Float32Array(n * d);
  for (let row = 0, at = 0; row < n; row++) {
    const centre = centres[Math.floor(random.uniform() * k)];
    for (let j = 0; j < d; j++) data[at++] = centre[j] + random.normal();
  }
  const ball = centres[0].map((_, i) => centres[0].map((__, j) => (i === j ? 1.5 : 0)));
  const start = {
    weights: centres.map(() => 1 / k),
    means: centres.map((centre) => centre.map((value) => value + 0.3 * random.normal())),
    covariances: centres.map(() => ball),
  };
  return { ...of, data, start };
}

/** Floating-point operations of an iteration, as every implementation is said to do them: 4 P k a row with P = (d + 1)(d + 2)/2, or 8 d k. */
export function operations({ covariance, n, d, k }: Pick<BenchCase, 'covariance' | 'n' | 'd' | 'k'>): number {
  const matrix = covariance === 'full' || covariance === 'tied';
  return n * k * (matrix ? 2 * (d + 1) * (d + 2) : 8 * d);
}
