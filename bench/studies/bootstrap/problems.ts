import { FastRandom } from '../../../src/base/fast-random.js';
import { categorical, gaussian, poisson } from '../../../src/families/all.js';
import type { Family } from '../../../src/families/family.js';
import { product } from '../../../src/families/product.js';
import { fitMixture } from '../../../src/fit/fit.js';
import type { Mixture } from '../../../src/mixture/mixture.js';
import type { NamedStart } from '../../../src/seeding/given.js';

/** A mixture that is known, and how many rows of it a data set has. */
export interface BootstrapProblem {
  readonly name: string;
  readonly n: number;
  /** The share of values that are missing. */
  readonly gaps?: number;
  /** Replicates of each data set. */
  readonly replicates?: number;
  /** Of fits of a test: Gaussians collapse on a few rows of small samples without one. */
  readonly prior?: 'default';
  readonly truth: () => Promise<Mixture>;
}

/** The mixture of parameters by name: a fit that does not leave its start. `rows` have every level. */
function known(family: Family, start: NamedStart, rows: readonly (readonly number[])[]): () => Promise<Mixture> {
  const components = start.weights?.length ?? 1;
  return async () => (await fitMixture(rows, { family, components, seeding: start, maxIterations: 0 })).mixture;
}

const plane = [
  [0, 0],
  [1, 2],
  [2, 1],
  [5, 4],
];
const line = [[0], [1], [2], [3]];
const table = [
  [0, 0, 0],
  [1, 1, 1],
  [2, 3, 2],
  [4, 2, 0],
];

const twoGaussians = known(
  gaussian(),
  {
    weights: [0.6, 0.4],
    components: [
      {
        family: 'gaussian',
        means: [
          [0, 0],
          [3, 1],
        ],
        covariances: [
          [
            [1, 0.5],
            [0.5, 1.5],
          ],
          [
            [0.8, -0.3],
            [-0.3, 0.6],
          ],
        ],
      },
    ],
  },
  plane,
);

const counts = known(
  poisson(),
  { weights: [0.35, 0.65], components: [{ family: 'poisson', rates: [[2], [9]] }] },
  line,
);

const several = known(
  product([
    { columns: ['x0'], family: gaussian({ covariance: 'diag' }) },
    { columns: ['x1'], family: poisson() },
    { columns: ['x2'], family: categorical() },
  ]),
  {
    weights: [0.5, 0.5],
    components: [
      { family: 'gaussian', columns: ['x0'], means: [[0], [3]], covariances: [[[1]], [[1.5]]] },
      { family: 'poisson', columns: ['x1'], rates: [[2], [6]] },
      {
        family: 'categorical',
        columns: ['x2'],
        probabilities: [
          [
            [0.6, 0.3, 0.1],
            [0.2, 0.3, 0.5],
          ],
        ],
      },
    ],
  },
  table,
);

const one = known(gaussian(), { weights: [1], components: [{ means: [[0]], covariances: [[[1]]] }] }, line);

export const coverageProblems: readonly BootstrapProblem[] = [
  { name: 'two full Gaussians, 500 × 2', n: 500, truth: twoGaussians },
  { name: 'Poisson, 500 × 1', n: 500, truth: counts },
  {
    name: 'Gaussian, Poisson, categorical, 15 % missing, 600 × 3',
    n: 600,
    gaps: 0.15,
    replicates: 100,
    truth: several,
  },
];

export const levelProblems: readonly BootstrapProblem[] = [
  { name: 'one Gaussian against two, 200 × 1', n: 200, prior: 'default', truth: one },
  { name: 'two full Gaussians against three, 300 × 2', n: 300, prior: 'default', truth: twoGaussians },
  { name: 'Poisson, two against three, 300 × 1', n: 300, truth: counts },
];

/** The same values, a share of which is missing, NaN; at random. */
export function withGaps(data: Float64Array, share: number, seed: number): Float64Array {
  const uniforms = new Float64Array(data.length);
  new FastRandom(seed, 77).uniforms(uniforms);
  return data.map((value, at) => (uniforms[at] < share ? NaN : value));
}
