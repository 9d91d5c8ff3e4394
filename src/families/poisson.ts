import { notNegative } from '../base/check.js';
import { logFactorial } from '../base/special/gamma.js';
import { counts } from './domains.js';
import { type ExponentialFamily, logOf } from './exponential-family.js';
import type { Family } from './family.js';
import { linearFamily } from './linear-family.js';
import { drawPoisson } from './sampling/poisson.js';

/** Counts: log p(x | λ) = x log λ − λ − log x!. T = x, η = log λ, A = λ. */
export const poissonDistribution: ExponentialFamily = {
  name: 'poisson',
  columns: 1,
  domain: counts,
  support: 'counts',
  parameters: { rates: 1 },
  free: 1,
  width: 1,
  plain: true,
  statistic: ([x], into) => void (into[0] = x),
  logBase: (x) => -logFactorial(x[0]),
  natural([rate], into) {
    into[0] = logOf(rate);
    return rate;
  },
  fit: (mean) => mean.slice(),
  expectation: (theta) => theta.slice(),
  variance: (theta) => theta.slice(),
};

/** The family whose columns are counts with a rate each: log p(x | λ) = Σ_j x_j log λ_j − λ_j − log x_j!. */
export function poisson(): Family {
  return linearFamily({
    name: 'poisson',
    words: ['components of Poisson counts', 'component of Poisson counts'],
    blocks: (d) => new Array<ExponentialFamily>(d).fill(poissonDistribution),
    rules: { rates: notNegative },
    draws:
      ([rate]) =>
      (numbers, into) =>
        void (into[0] = drawPoisson(numbers, rate)),
  });
}
