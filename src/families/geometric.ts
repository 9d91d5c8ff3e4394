import { counts } from './domains.js';
import { logOf, type ExponentialFamily } from './exponential-family.js';

/** Failures before a success: p(x | p) = p (1 − p)^x, x = 0, 1, …. T = x, η = log (1 − p), A = −log p. */
export const geometric: ExponentialFamily = {
  name: 'geometric',
  columns: 1,
  domain: counts,
  parameters: { probabilities: 1 },
  free: 1,
  width: 1,
  statistic: ([x], into) => void (into[0] = x),
  logBase: () => 0,
  natural([p], into) {
    into[0] = p < 0.5 ? Math.log1p(-p) : logOf(1 - p);
    return -Math.log(p);
  },
  fit: ([mean]) => Float64Array.of(1 / (1 + mean)),
  expectation: ([p]) => Float64Array.of((1 - p) / p),
};
