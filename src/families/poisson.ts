import { logGamma } from '../base/special/gamma.js';
import { counts } from './domains.js';
import { logOf, type ExponentialFamily } from './exponential-family.js';

/** Counts: log p(x | λ) = x log λ − λ − log x!. T = x, η = log λ, A = λ. */
export const poisson: ExponentialFamily = {
  name: 'poisson',
  columns: 1,
  domain: counts,
  parameters: { rates: 1 },
  free: 1,
  width: 1,
  statistic: ([x], into) => void (into[0] = x),
  logBase: ([x]) => -logGamma(x + 1),
  natural([rate], into) {
    into[0] = logOf(rate);
    return rate;
  },
  fit: (mean) => mean.slice(),
  expectation: (theta) => theta.slice(),
};
