import { digamma, logGamma, trigamma } from '../base/special/gamma.js';
import { positive, positiveNumber } from './domains.js';
import { type ExponentialFamily, noBase } from './exponential-family.js';
import type { Family } from './family.js';
import { gammaShape } from './likelihood-equations.js';
import { linearFamily } from './linear-family.js';
import { drawGamma } from './sampling/gamma.js';

/** log x̄ − mean log x of values that are all alike for all that rounding tells: shapes end at 1e10. */
const ALIKE = 5e-11;

/**
 * Positive numbers: log p(x | a, b) = (a − 1) log x − b x + a log b − log Γ(a), with shape a and rate b. T = (log x, x),
 * η = (a − 1, −b), A = log Γ(a) − a log b.
 */
export const gammaDistribution: ExponentialFamily = {
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
  logBase: noBase,
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
  variance: ([shape, rate]) => Float64Array.of(trigamma(shape), shape / rate ** 2),
  summary: ([shape, rate]) => ({ mean: shape / rate, variance: shape / rate ** 2 }),
};

/** The family whose columns are positive numbers with a shape and a rate each: log p(x | a, b) = Σ_j (a_j − 1) log x_j − b_j x_j + a_j log b_j − log Γ(a_j). */
export function gamma(): Family {
  return linearFamily({
    name: 'gamma',
    words: ['components of gamma-distributed columns', 'component of gamma-distributed columns'],
    blocks: (d) => new Array<ExponentialFamily>(d).fill(gammaDistribution),
    perColumn: 2,
    rules: { shapes: positiveNumber, rates: positiveNumber },
    kept: 1,
    draws:
      ([shape, rate]) =>
      (numbers, into) =>
        void (into[0] = drawGamma(numbers, shape, rate)),
  });
}
