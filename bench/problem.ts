import type { CovarianceForm } from '../kernels/form.js';
import { seededRandom } from '../src/base/random.js';

/** What is measured: a covariance type and sizes. */
export interface Size {
  readonly covariance: CovarianceForm;
  readonly n: number;
  readonly d: number;
  readonly k: number;
  /** Standard deviation of the clouds' centres in each column; 1 where it is not given. */
  readonly spread?: number | undefined;
}

/** Its covariance type and sizes, as tables show them. */
export function nameOf({ covariance, n, d, k, spread }: Size): [string, string] {
  const apart = spread === undefined ? '' : spread < 1 ? ', overlapping' : ', further apart';
  return [covariance, `${n.toLocaleString('en')} × ${d}, ${k}${apart}`];
}

/** Rows and a start, the same for otmix and its peers. */
export interface Problem extends Size {
  /** Row-major `[n, d]`. */
  readonly data: Float64Array;
  readonly start: {
    readonly weights: number[];
    readonly means: number[][];
    readonly covariances: number[][][];
  };
}

/**
 * k unit Gaussians with centres √(2 d) · spread apart or so, started at covariances of 1.5 around nearby centres. At 16
 * columns nearly every component has a share of every row; at 64, 11 apart, a few, which saves work to whoever leaves
 * out what is nothing; with a spread of 0.3 they have one again.
 */
export function problemOf(size: Size, seed = 1): Problem {
  const { n, d, k, spread = 1 } = size;
  const random = seededRandom(seed);
  const centres = Array.from({ length: k }, () => Array.from({ length: d }, () => spread * random.normal()));
  const data = new Float64Array(n * d);
  for (let row = 0, at = 0; row < n; row++) {
    const centre = centres[Math.floor(random.uniform() * k)];
    for (let j = 0; j < d; j++) data[at++] = centre[j] + random.normal();
  }
  const ball = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (__, j) => (i === j ? 1.5 : 0)));
  return {
    ...size,
    data,
    start: {
      weights: new Array<number>(k).fill(1 / k),
      means: centres.map((centre) => centre.map((value) => value + 0.3 * random.normal())),
      covariances: centres.map(() => ball),
    },
  };
}

/**
 * Floating point operations of one EM iteration, as everybody has to do them: 4 P K a row
 * with P = (D+1)(D+2)/2, or 8 D K.
 */
export function operations({ covariance, n, d, k }: Size): number {
  const matrix = covariance === 'full' || covariance === 'tied';
  return n * k * (matrix ? 2 * (d + 1) * (d + 2) : 8 * d);
}
