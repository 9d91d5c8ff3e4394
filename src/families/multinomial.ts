import { notNegative } from '../base/check.js';
import { logFactorial } from '../base/special/gamma.js';
import { normalized } from './categorical.js';
import { counts, probability } from './domains.js';
import { type ExponentialFamily, logOf } from './exponential-family.js';
import type { Family } from './family.js';
import { linearFamily } from './linear-family.js';
import { multinomialSampler } from './sampling/multinomial.js';

/**
 * Rows of counts over m columns, given their sums n: log p(x | p) = log n! − Σ_j log x_j! + Σ_j x_j log p_j. T = x,
 * η = log p, A = 0. A row of zeros says nothing. θ also has the mean of n, for which no likelihood asks but samples do.
 */
export function multinomialDistribution(columns: number): ExponentialFamily {
  return {
    name: 'multinomial',
    columns,
    domain: counts,
    support: 'counts',
    parameters: { probabilities: columns, sizes: 1 },
    free: columns - 1,
    width: columns,
    plain: true,
    statistic: (x, into) => into.set(x),
    logBase(x) {
      let [sum, base] = [0, 0];
      for (let j = 0; j < columns; j++) {
        const count = x[j]; // an iterator takes twice as long as all else that is loaded
        sum += count;
        if (count > 1) base -= logFactorial(count);
      }
      return base + logFactorial(sum);
    },
    natural(probabilities, into) {
      for (let j = 0; j < columns; j++) into[j] = logOf(probabilities[j]);
      return 0;
    },
    fit(mean) {
      const size = mean.reduce((sum, value) => sum + value, 0);
      return Float64Array.of(...normalized(mean), size);
    },
    expectation: (theta) => theta.subarray(0, columns).map((p) => theta[columns] * p),
    variance: (theta) => theta.subarray(0, columns).map((p) => theta[columns] * p * (1 - p)),
  };
}

/**
 * The family whose rows are counts over all columns: log p(x | p) = log n! − Σ_j log x_j! + Σ_j x_j log p_j given their
 * sum n. Samples have the mean sum of their component's rows, rounded.
 */
export function multinomial(): Family {
  return linearFamily({
    name: 'multinomial',
    words: ['multinomials', 'multinomial'],
    blocks: (d) => [multinomialDistribution(d)],
    rules: { probabilities: probability },
    hidden: { sizes: { rule: notNegative, value: 1 } },
    draws(theta) {
      const draw = multinomialSampler(theta.subarray(0, -1));
      const size = Math.round(theta[theta.length - 1]);
      return (numbers, into) => draw(numbers, size, into);
    },
  });
}
