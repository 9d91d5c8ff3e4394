/** A problem of every family: rows drawn from a mixture of three components that overlap, and a start beside it. */
import { FastRandom } from '../../src/base/fast-random.js';
import { bernoulli, bernoulliDistribution } from '../../src/families/bernoulli.js';
import { beta, betaDistribution } from '../../src/families/beta.js';
import { categorical, categoricalDistribution } from '../../src/families/categorical.js';
import { picked, type Components, type Parameters } from '../../src/families/components.js';
import type { ExponentialFamily } from '../../src/families/exponential-family.js';
import { exponential, exponentialDistribution } from '../../src/families/exponential.js';
import type { Family } from '../../src/families/family.js';
import { gamma, gammaDistribution } from '../../src/families/gamma.js';
import { geometric, geometricDistribution } from '../../src/families/geometric.js';
import { thetasOf } from '../../src/families/linear-components.js';
import { logNormal } from '../../src/families/log-normal.js';
import { multinomial, multinomialDistribution } from '../../src/families/multinomial.js';
import {
  negativeBinomial,
  negativeBinomialAmong,
  negativeBinomialDistribution,
} from '../../src/families/negative-binomial.js';
import { poisson, poissonDistribution } from '../../src/families/poisson.js';
import { studentT } from '../../src/families/student-t.js';
import { vonMisesFisher, vonMisesFisherDistribution } from '../../src/families/von-mises-fisher.js';
import type { NamedStart } from '../../src/index.js';
import type { Model } from './exponential-em.js';
import type { Marginal } from '../../src/transport/marginal.js';

export interface Scene {
  readonly name: string;
  /** As a caller makes it. */
  readonly family: Family;
  /** Told of the columns' levels, where it asks for them. */
  readonly adapted: Family;
  /** The same in the terms of the oracle; none of families that are not exponential. */
  readonly blocks: readonly ExponentialFamily[];
  readonly components: Components;
  /** Where EM starts, where it can't be told of the components' numbers as a list. */
  readonly start?: Components;
}

export const weights = [0.5, 0.3, 0.2];

/** Every kind of marginal; prescribed proportions are `weights`. */
export const marginals: Readonly<Record<string, Marginal>> = {
  free: { kind: 'free' },
  fixed: { kind: 'fixed', weights },
  relaxed: { kind: 'relaxed', weights, rho: 0.7 },
};

/** Log-normal columns as the oracle has them: T = (log x, log² x). */
export const logNormalDistribution: ExponentialFamily = {
  name: 'logNormal',
  columns: 1,
  domain: { expected: 'numbers > 0', holds: (value) => value > 0 },
  parameters: { means: 1, covariances: 1 },
  free: 2,
  width: 2,
  statistic([x], into) {
    into[0] = Math.log(x);
    into[1] = into[0] ** 2;
  },
  logBase: ([x]) => -Math.log(x) - Math.log(2 * Math.PI) / 2,
  natural([mean, variance], into) {
    into[0] = mean / variance;
    into[1] = -0.5 / variance;
    return (mean ** 2 / variance + Math.log(variance)) / 2;
  },
  fit: ([mean, square]) => Float64Array.of(mean, square - mean ** 2),
  expectation: ([mean, variance]) => Float64Array.of(mean, mean ** 2 + variance),
  variance: ([mean, variance]) => Float64Array.of(variance, 2 * variance ** 2 + 4 * mean ** 2 * variance),
};

function scene(family: Family, blocks: readonly ExponentialFamily[], parameters: Parameters, adapted = family): Scene {
  return { name: family.name, family, adapted, blocks, components: adapted.fromParameters(parameters, 'scene') };
}

const columns = (d: number, block: ExponentialFamily): ExponentialFamily[] => new Array<ExponentialFamily>(d).fill(block); // prettier-ignore
const shared = [3, 5, 2, 4];
const levelsOf = shared.map((count) => Array.from({ length: count }, (_, level) => level));
/** Components of which each has another favourite among a column's levels. */
const probabilities = shared.map(
  (count, j) =>
  [0, 1, 2].map((c) => Array.from({ length: count }, (_, level) => (level === (c + j) % count ? 0.6 : 0.4 / (count - 1)))), // prettier-ignore
);

/** Documents of 15 words, of which no likelihood but samples ask. */
function documents(): Scene {
  const given = [[4, 1, 1, 2, 2], [1, 4, 3, 1, 1], [2, 2, 1, 1, 4]].map((row) => row.map((value) => value / 10)); // prettier-ignore
  const plain = scene(multinomial(), [multinomialDistribution(5)], { probabilities: given });
  const { arrays } = plain.components;
  const sizes = { shape: [3, 1], values: new Float64Array(3).fill(15) };
  return { ...plain, components: { ...plain.components, arrays: { ...arrays, sizes } } };
}

/** Student-t of matrices, whose degrees of freedom differ. */
function heavyTails(): Scene {
  const means = [[0, 0], [6, 2], [-2, 7]]; // prettier-ignore
  const scales = [[[1, 0.3], [0.3, 2]], [[0.5, -0.2], [-0.2, 0.6]], [[3, 0], [0, 0.4]]]; // prettier-ignore
  const plain = scene(studentT(), [], { means, scales, degrees: [3, 8, 5] });
  const wide = scales.map((matrix) => matrix.map((row) => row.map((value) => 1.3 * value)));
  const moved = means.map((mean) => mean.map((value) => 0.7 * value + 0.6));
  const start = plain.family.fromParameters({ means: moved, scales: wide, degrees: [10, 10, 10] }, 'start');
  return { ...plain, start };
}

const counts = { means: [[3, 30], [15, 4], [60, 90]], sizes: [[2, 5], [4, 1], [8, 3]] }; // prettier-ignore
const some = Array.from({ length: 2 }, () => Array.from({ length: 2000 }, (_, count) => count));

export const scenes: readonly Scene[] = [
  {
    ...scene(negativeBinomial({ size: 2.5 }), columns(2, negativeBinomialDistribution(2.5)), { means: counts.means }),
    name: 'negativeBinomial of known size',
  },
  scene(
    negativeBinomial(),
    columns(2, negativeBinomialAmong(Float64Array.from(some[0]))),
    counts,
    negativeBinomial().survey?.adapted(some),
  ),
  scene(poisson(), columns(3, poissonDistribution), { rates: [[2, 10, 1], [7, 4, 3], [12, 20, 0.5]] }), // prettier-ignore
  scene(bernoulli(), columns(6, bernoulliDistribution), {
    probabilities: [0.2, 0.5, 0.8].map((p, c) => Array.from({ length: 6 }, (_, j) => (j % 3 === c ? 1 - p : p))),
  }),
  scene(
    categorical(),
    levelsOf.map((levels) => categoricalDistribution(levels.length, levels)),
    { probabilities },
    categorical().survey?.adapted(levelsOf),
  ),
  documents(),
  scene(exponential(), columns(2, exponentialDistribution), { rates: [[0.02, 5], [0.1, 1], [0.5, 8]] }), // prettier-ignore
  scene(gamma(), columns(2, gammaDistribution), { shapes: [[2, 9], [5, 3], [20, 1]], rates: [[1, 3], [1, 4], [2, 0.5]] }), // prettier-ignore
  scene(beta(), columns(2, betaDistribution), { alphas: [[2, 5], [8, 2], [1, 1]], betas: [[5, 2], [2, 2], [3, 6]] }), // prettier-ignore
  scene(geometric(), columns(2, geometricDistribution), { probabilities: [[0.1, 0.7], [0.5, 0.2], [0.8, 0.8]] }), // prettier-ignore
  scene(logNormal(), columns(2, logNormalDistribution), { meanLogs: [[0, 3], [2, 1], [-1, -1]], varianceLogs: [[1, 0.2], [0.5, 1], [0.3, 0.4]] }), // prettier-ignore
  scene(vonMisesFisher(), [vonMisesFisherDistribution(4)], {
    means: [[1, 0, 0, 0], [0.6, 0.8, 0, 0], [0, 0.6, 0, -0.8]], // prettier-ignore
    concentrations: [6, 12, 3],
  }),
  heavyTails(),
];

/** Rows of a scene with the components that they are drawn from. */
export function drawn({ adapted, components }: Scene, n: number, seed = 1): { rows: number[][]; labels: Int32Array } {
  const { d } = components;
  const labels = new Int32Array(n);
  const uniforms = new Float64Array(n);
  new FastRandom(seed).uniforms(uniforms);
  uniforms.forEach((u, row) => (labels[row] = u < weights[0] ? 0 : u < weights[0] + weights[1] ? 1 : 2));
  const data = new Float64Array(n * d);
  adapted.sampler(components)(labels, new FastRandom(seed, 1), data);
  return { rows: Array.from(labels, (_, row) => Array.from(data.subarray(row * d, (row + 1) * d))), labels };
}

/** Components drawn to their middle: a start from which EM has a way to go. */
export function nearby({ adapted, components, start: own }: Scene): Components {
  if (own) return own;
  const vector = adapted.toVector(components);
  const width = vector.length / components.k;
  const middle = Array.from({ length: width }, (_, j) => (vector[j] + vector[width + j] + vector[2 * width + j]) / 3);
  const start = adapted.fromVector(vector.map((value, at) => 0.7 * value + 0.3 * middle[at % width]), components); // prettier-ignore
  if (!start) throw new Error('nearby: expected components');
  return start;
}

/** Components as `seeding` takes them, in this order. */
export function startOf({ adapted }: Scene, at: Components, order: readonly number[] = [0, 1, 2]): NamedStart {
  const components = [{ family: adapted.name, ...adapted.toParameters(picked(at, order)) }];
  return { weights: order.map((c) => weights[c]), components };
}

/** Components as the oracle has them. */
export function modelOf({ blocks }: Scene, at: Components): Model {
  const thetas = thetasOf(blocks, at);
  return { blocks, weights, thetas: blocks.map((_, b) => weights.map((_w, c) => thetas(c, b))) };
}
