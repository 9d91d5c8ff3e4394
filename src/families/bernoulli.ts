import { binary, probability } from './domains.js';
import { type ExponentialFamily, logOf, noBase } from './exponential-family.js';
import { fillerOf, type Family, type Filler } from './family.js';
import { linearFamily } from './linear-family.js';
import { drawBernoulli } from './sampling/simple.js';

/** 0 or 1: p(1) = p. T = x, η = log p − log (1 − p), A = −log (1 − p). */
export const bernoulliDistribution: ExponentialFamily = {
  name: 'bernoulli',
  columns: 1,
  domain: binary,
  support: 'levels',
  parameters: { probabilities: 1 },
  free: 1,
  width: 1,
  plain: true,
  statistic: ([x], into) => void (into[0] = x),
  logBase: noBase,
  natural([p], into) {
    const rest = logOf(1 - p);
    into[0] = logOf(p) - rest;
    return -rest;
  },
  fit: (mean) => mean.slice(),
  expectation: (theta) => theta.slice(),
  variance: (theta) => theta.map((p) => p * (1 - p)),
};

/** The family whose columns are 0 or 1 with a probability of 1 each: log p(x | p) = Σ_j x_j log p_j + (1 − x_j) log (1 − p_j). */
export function bernoulli(): Family {
  const family = linearFamily({
    name: 'bernoulli',
    words: ['components of binary columns', 'component of binary columns'],
    blocks: (d) => new Array<ExponentialFamily>(d).fill(bernoulliDistribution),
    rules: { probabilities: probability },
    draws:
      ([p]) =>
      (numbers, into) =>
        void (into[0] = drawBernoulli(numbers, p)),
  });
  return { ...family, filler: (components) => likelier(fillerOf(family, components)) };
}

/** The likelier of 0 and 1 where there is a mean. */
function likelier(fill: Filler): Filler {
  return (row, shares) => {
    fill(row, shares);
    for (let j = 0; j < row.length; j++) row[j] = Number(row[j] >= 0.5);
  };
}
