import { levels } from './domains.js';
import { logOf, type ExponentialFamily } from './exponential-family.js';

/** Levels 0 … count − 1 of probabilities p: log p(x | p) = log p_x. T = the unit vector of x, η = log p, A = 0. */
export function categorical(count: number): ExponentialFamily {
  return {
    name: 'categorical',
    columns: 1,
    domain: levels(count),
    parameters: { probabilities: count },
    free: count - 1,
    width: count,
    statistic([x], into) {
      into.fill(0);
      into[x] = 1;
    },
    logBase: () => 0,
    natural(probabilities, into) {
      into.set(probabilities.map(logOf));
      return 0;
    },
    fit: normalized,
    expectation: (theta) => theta.slice(),
  };
}

/** Shares of a sum; all alike where there is none. */
export function normalized(values: Float64Array): Float64Array {
  const sum = values.reduce((all, value) => all + value, 0);
  return values.map((value) => (sum > 0 ? value / sum : 1 / values.length));
}
