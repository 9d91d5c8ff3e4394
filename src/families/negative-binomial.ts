import { notNegative, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { logGamma, logRising } from '../base/special/gamma.js';
import type { Components } from './components.js';
import { counts as wholeNumbers, positiveNumber } from './domains.js';
import { logOf, noBase, type ExponentialFamily } from './exponential-family.js';
import type { Family, Levels, Question } from './family.js';
import { negativeBinomialSize, SIZES } from './likelihood-equations.js';
import { linearFamily } from './linear-family.js';
import { drawNegativeBinomial } from './sampling/poisson.js';
import { squaredDistances } from './seeding-metric.js';

/**
 * Counts that vary more than Poisson's: mean m, size r, variance m + m²/r. Of known size: log p(x | m) = x log (m/(m + r)) −
 * r log (1 + m/r) + log Γ(x + r) − log Γ(r) − log x!. T = x, η = log (m/(m + r)), A = r log (1 + m/r).
 */
export function negativeBinomialDistribution(size: number): ExponentialFamily {
  return {
    name: 'negativeBinomial',
    columns: 1,
    domain: wholeNumbers,
    support: 'counts',
    parameters: { means: 1 },
    free: 1,
    width: 1,
    plain: true,
    statistic: ([x], into) => void (into[0] = x),
    logBase: ([x]) => logBase(x, size),
    natural([mean], into) {
      into[0] = logOf(mean / (mean + size));
      return size * Math.log1p(mean / size);
    },
    fit: (mean) => mean.slice(),
    expectation: (theta) => theta.slice(),
    variance: (theta) => theta.map((mean) => mean + mean ** 2 / size),
  };
}

/**
 * The same of unknown size. This is no exponential family, but on a given list of counts it is a curve in one, the
 * categorical: T = the unit vector of x among the counts, η = log p(x | m, r), A = 0.
 */
export function negativeBinomialAmong(counts: Float64Array): ExponentialFamily {
  const places = new Map(Array.from(counts, (count, place) => [count, place]));
  const probabilities = ([mean, size]: Float64Array): Float64Array => counts.map((x) => logProbability(x, mean, size));
  return {
    name: 'negativeBinomial',
    columns: 1,
    domain: wholeNumbers,
    support: 'counts',
    parameters: { means: 1, sizes: 1 },
    free: 2,
    width: counts.length,
    levels: counts.length,
    level: (x) => (typeof x === 'number' ? places.get(x) : undefined) ?? -1,
    statistic([x], into) {
      const place = places.get(x);
      if (place === undefined) throw new RangeError(`negativeBinomialAmong: expected a count of the list, got ${x}`);
      into.fill(0);
      into[place] = 1;
    },
    logBase: noBase,
    natural(theta, into) {
      into.set(probabilities(theta));
      return 0;
    },
    fit(shares) {
      const sum = shares.reduce((all, share) => all + share, 0);
      if (!(sum > 0)) return Float64Array.of(0, SIZES.high); // of a column that all rows lack
      const mean = shares.reduce((all, share, place) => all + share * counts[place], 0) / sum;
      return Float64Array.of(mean, negativeBinomialSize(counts, shares));
    },
    expectation: (theta) => probabilities(theta).map(Math.exp),
    variance: (theta) => probabilities(theta).map((log) => Math.exp(log) * -Math.expm1(log)),
    summary: ([mean, size]) => ({ mean, variance: mean + mean ** 2 / size }),
  };
}

/** Options of `negativeBinomial`. */
export interface NegativeBinomialOptions {
  /** The size r > 0 of all columns and components; left out, each has its own, which is estimated. */
  readonly size?: number | undefined;
}

const words = ['components of negative binomial counts', 'component of negative binomial counts'] as const;

/**
 * The family whose columns are counts of a mean m and a size r each, of variance m + m²/r: log p(x | m, r) = Σ_j
 * log Γ(x_j + r_j) − log Γ(r_j) − log x_j! + x_j log (m_j/(m_j + r_j)) − r_j log (1 + m_j/r_j). Sizes are estimated from
 * 1e-4 to 1e7, of columns of up to 4,096 different counts, or are given. Throws `InputError('option')` for a size that is
 * not positive.
 */
export function negativeBinomial(options: NegativeBinomialOptions | Readonly<Record<string, string>> = {}): Family {
  const { size } = options;
  if (size === undefined) return ofCounts([]);
  const number = Number(size);
  if (positiveNumber.holds(number)) return ofSize(number);
  throw new InputError('option', {
    where: 'negativeBinomial',
    expected: 'a size > 0',
    got: shown(size),
    remedy: 'give a number such as 2, or leave it out to have sizes estimated',
  });
}

function ofSize(size: number): Family {
  const block = negativeBinomialDistribution(size);
  return linearFamily({
    name: 'negativeBinomial',
    options: { size: String(size) },
    words,
    blocks: (d) => new Array<ExponentialFamily>(d).fill(block),
    rules: { means: notNegative },
    draws:
      ([mean]) =>
      (numbers, into) =>
        void (into[0] = drawNegativeBinomial(numbers, mean, size)),
  });
}

/** What must be known of a column: its counts, of which other rows may have others. */
const question: Question = {
  most: 4096,
  of: 'different counts',
  remedy: 'give a size, as in negativeBinomial({ size: 2 }), or choose a family of real numbers',
  holds: wholeNumbers.holds,
  again: 2 ** 16,
};

/** Of free sizes. A component's means and sizes are all that a model keeps: lists of counts are of the rows at hand. */
function ofCounts(levels: readonly Levels[], gaps = false): Family {
  const counts = levels.map((own) => Float64Array.from(own.filter((count) => typeof count === 'number')));
  const blocks = counts.map(negativeBinomialAmong);
  const anywhere = negativeBinomialAmong(new Float64Array());
  const family = linearFamily({
    name: 'negativeBinomial',
    words,
    blocks: (d) => (levels.length > 0 ? blocks : new Array<ExponentialFamily>(d).fill(anywhere)),
    rules: { means: notNegative, sizes: positiveNumber },
    gaps,
    kept: 1, // no probability is 0, and counts of other clusters would make each as wide as all
    draws:
      ([mean, size]) =>
      (numbers, into) =>
        void (into[0] = drawNegativeBinomial(numbers, mean, size)),
  });
  const positions = counts.map((own) => own.map((count) => 2 * Math.sqrt(count)));
  return {
    ...family,
    survey: { question: () => question, adapted: (found) => ofCounts(found, gaps) },
    ...(!gaps && { withGaps: () => ofCounts(levels, true) }),
    ...(levels.length > 0 && { levels: levels.map(() => undefined), positions }),
    around: (rows) => squaredDistances(positions, rows),
    toVector: ({ arrays: { means, sizes } }) => Float64Array.of(...means.values, ...sizes.values.map(Math.log)),
    fromVector,
    logDensity:
      ({ k, d, arrays: { means, sizes } }) =>
      (row, into) => {
        for (let c = 0; c < k; c++) {
          into[c] = 0;
          for (let j = 0; j < d; j++)
            into[c] += logProbability(row[j], means.values[c * d + j], sizes.values[c * d + j]);
        }
      },
  };
}

/** Of means and logarithms of sizes, the components, if means are none below 0. */
function fromVector(vector: Float64Array, { arrays, ...like }: Components): Components | undefined {
  const { means, sizes } = arrays;
  const count = means.values.length;
  const own = vector.slice(0, count);
  if (!own.every(notNegative.holds)) return undefined;
  const values = vector.slice(count).map((log) => Math.min(Math.max(Math.exp(log), SIZES.low), SIZES.high));
  return { ...like, arrays: { means: { ...means, values: own }, sizes: { ...sizes, values } } };
}

/** log p(x | m, r). */
function logProbability(x: number, mean: number, size: number): number {
  return logBase(x, size) + x * logOf(mean / (mean + size)) - size * Math.log1p(mean / size);
}

/** log (Γ(x + r) / (Γ(r) x!)). */
function logBase(x: number, size: number): number {
  return logRising(size, x) - logGamma(x + 1);
}
