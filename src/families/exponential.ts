import { durations, positiveNumber } from './domains.js';
import { type ExponentialFamily, noBase } from './exponential-family.js';
import type { Family } from './family.js';
import { linearFamily } from './linear-family.js';
import { drawExponential } from './sampling/simple.js';

/** A mean of 0 counts as this: rates stay finite. */
const LEAST_MEAN = 1e-300;

/** Durations without memory: p(x | λ) = λ e^{−λx}, x ≥ 0. T = x, η = −λ, A = −log λ. */
export const exponentialDistribution: ExponentialFamily = {
  name: 'exponential',
  columns: 1,
  domain: durations,
  parameters: { rates: 1 },
  free: 1,
  width: 1,
  plain: true,
  statistic: ([x], into) => void (into[0] = x),
  logBase: noBase,
  natural([rate], into) {
    into[0] = -rate;
    return -Math.log(rate);
  },
  fit: ([mean]) => Float64Array.of(1 / Math.max(mean, LEAST_MEAN)),
  expectation: ([rate]) => Float64Array.of(1 / rate),
  variance: ([rate]) => Float64Array.of(1 / rate ** 2),
};

/** The family whose columns are durations without memory, with a rate each: log p(x | λ) = Σ_j log λ_j − λ_j x_j. */
export function exponential(): Family {
  return linearFamily({
    name: 'exponential',
    words: ['components of exponential durations', 'component of exponential durations'],
    blocks: (d) => new Array<ExponentialFamily>(d).fill(exponentialDistribution),
    rules: { rates: positiveNumber },
    kept: 1,
    draws:
      ([rate]) =>
      (numbers, into) =>
        void (into[0] = drawExponential(numbers, rate)),
  });
}
