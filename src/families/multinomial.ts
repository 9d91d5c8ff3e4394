import { logGamma } from '../base/special/gamma.js';
import { normalized } from './categorical.js';
import { counts } from './domains.js';
import { logOf, type ExponentialFamily } from './exponential-family.js';

/**
 * Rows of counts over m columns, given their sums n: log p(x | p) = log n! − Σ_j log x_j! + Σ_j x_j log p_j. T = x,
 * η = log p, A = 0. A row of zeros says nothing.
 */
export function multinomial(columns: number): ExponentialFamily {
  return {
    name: 'multinomial',
    columns,
    domain: counts,
    parameters: { probabilities: columns },
    free: columns - 1,
    width: columns,
    statistic: (x, into) => into.set(x),
    logBase(x) {
      let [sum, base] = [0, 0];
      for (const count of x) {
        sum += count;
        if (count > 1) base -= logGamma(count + 1);
      }
      return base + logGamma(sum + 1);
    },
    natural(probabilities, into) {
      into.set(probabilities.map(logOf));
      return 0;
    },
    fit: normalized,
    expectation: (theta) => theta.slice(), // of rows that sum to 1
  };
}
