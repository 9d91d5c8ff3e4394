import { logGamma, logRising } from '../base/special/gamma.js';
import type { Rule } from '../base/check.js';
import { counts as wholeNumbers } from './domains.js';
import { logOf, noBase, type ExponentialFamily } from './exponential-family.js';
import { negativeBinomialSize } from './likelihood-equations.js';

/**
 * Counts that vary more than Poisson's: mean m, size r, variance m + m²/r. Of known size: log p(x | m) = x log (m/(m + r)) −
 * r log (1 + m/r) + log Γ(x + r) − log Γ(r) − log x!. T = x, η = log (m/(m + r)), A = r log (1 + m/r).
 */
export function negativeBinomialDistribution(size: number): ExponentialFamily {
  return {
    name: 'negativeBinomial',
    columns: 1,
    domain: wholeNumbers,
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
  const domain: Rule = { expected: 'counts of the data', holds: (value) => places.has(value) };
  const probabilities = ([mean, size]: Float64Array): Float64Array =>
    counts.map((x) => logBase(x, size) + x * logOf(mean / (mean + size)) - size * Math.log1p(mean / size));
  return {
    name: 'negativeBinomial',
    columns: 1,
    domain,
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
      const mean = shares.reduce((all, share, place) => all + share * counts[place], 0) / sum;
      return Float64Array.of(mean, negativeBinomialSize(counts, shares));
    },
    expectation: (theta) => probabilities(theta).map(Math.exp),
    variance: (theta) => probabilities(theta).map((log) => Math.exp(log) * -Math.expm1(log)),
    summary: ([mean, size]) => ({ mean, variance: mean + mean ** 2 / size }),
  };
}

/** log (Γ(x + r) / (Γ(r) x!)). */
function logBase(x: number, size: number): number {
  return logRising(size, x) - logGamma(x + 1);
}
