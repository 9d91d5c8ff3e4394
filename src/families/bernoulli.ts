import { binary } from './domains.js';
import { logOf, type ExponentialFamily } from './exponential-family.js';

/** 0 or 1: p(1) = p. T = x, η = log p − log (1 − p), A = −log (1 − p). */
export const bernoulli: ExponentialFamily = {
  name: 'bernoulli',
  columns: 1,
  domain: binary,
  parameters: { probabilities: 1 },
  free: 1,
  width: 1,
  statistic: ([x], into) => void (into[0] = x),
  logBase: () => 0,
  natural([p], into) {
    const rest = logOf(1 - p);
    into[0] = logOf(p) - rest;
    return -rest;
  },
  fit: (mean) => mean.slice(),
  expectation: (theta) => theta.slice(),
};
