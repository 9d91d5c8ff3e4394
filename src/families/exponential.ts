import { durations } from './domains.js';
import type { ExponentialFamily } from './exponential-family.js';

/** A mean of 0 counts as this: rates stay finite. */
const LEAST_MEAN = 1e-300;

/** Durations without memory: p(x | λ) = λ e^{−λx}, x ≥ 0. T = x, η = −λ, A = −log λ. */
export const exponential: ExponentialFamily = {
  name: 'exponential',
  columns: 1,
  domain: durations,
  parameters: { rates: 1 },
  free: 1,
  width: 1,
  statistic: ([x], into) => void (into[0] = x),
  logBase: () => 0,
  natural([rate], into) {
    into[0] = -rate;
    return -Math.log(rate);
  },
  fit: ([mean]) => Float64Array.of(1 / Math.max(mean, LEAST_MEAN)),
  expectation: ([rate]) => Float64Array.of(1 / rate),
};
