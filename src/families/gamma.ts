import { digamma, logGamma } from '../base/special/gamma.js';
import { positive } from './domains.js';
import type { ExponentialFamily } from './exponential-family.js';
import { gammaShape } from './likelihood-equations.js';

/** log x̄ − mean log x of values that are all alike for all that rounding tells: shapes end at 1e10. */
const ALIKE = 5e-11;

/**
 * Positive numbers: log p(x | a, b) = (a − 1) log x − b x + a log b − log Γ(a), with shape a and rate b. T = (log x, x),
 * η = (a − 1, −b), A = log Γ(a) − a log b.
 */
export const gamma: ExponentialFamily = {
  name: 'gamma',
  columns: 1,
  domain: positive,
  parameters: { shapes: 1, rates: 1 },
  free: 2,
  width: 2,
  statistic([x], into) {
    into[0] = Math.log(x);
    into[1] = x;
  },
  logBase: () => 0,
  natural([shape, rate], into) {
    into[0] = shape - 1;
    into[1] = -rate;
    return logGamma(shape) - shape * Math.log(rate);
  },
  fit([meanLog, mean]) {
    const shape = gammaShape(Math.max(Math.log(mean) - meanLog, ALIKE));
    return Float64Array.of(shape, shape / mean);
  },
  expectation: ([shape, rate]) => Float64Array.of(digamma(shape) - Math.log(rate), shape / rate),
};
