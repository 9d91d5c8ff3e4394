import { counts, positiveProbability } from './domains.js';
import { type ExponentialFamily, logOf, noBase } from './exponential-family.js';
import type { Family } from './family.js';
import { linearFamily } from './linear-family.js';
import { drawGeometric } from './sampling/simple.js';

/** Failures before a success: p(x | p) = p (1 − p)^x, x = 0, 1, …. T = x, η = log (1 − p), A = −log p. */
export const geometricDistribution: ExponentialFamily = {
  name: 'geometric',
  columns: 1,
  domain: counts,
  support: 'counts',
  parameters: { probabilities: 1 },
  free: 1,
  width: 1,
  plain: true,
  statistic: ([x], into) => void (into[0] = x),
  logBase: noBase,
  natural([p], into) {
    into[0] = p < 0.5 ? Math.log1p(-p) : logOf(1 - p);
    return -Math.log(p);
  },
  fit: ([mean]) => Float64Array.of(1 / (1 + mean)),
  expectation: ([p]) => Float64Array.of((1 - p) / p),
  variance: ([p]) => Float64Array.of((1 - p) / p ** 2),
};

/** The family whose columns are failures before a success, with a probability of success each: log p(x | p) = Σ_j log p_j + x_j log (1 − p_j). */
export function geometric(): Family {
  return linearFamily({
    name: 'geometric',
    words: ['components of geometric counts', 'component of geometric counts'],
    blocks: (d) => new Array<ExponentialFamily>(d).fill(geometricDistribution),
    rules: { probabilities: positiveProbability },
    draws:
      ([p]) =>
      (numbers, into) =>
        void (into[0] = drawGeometric(numbers, p)),
  });
}
