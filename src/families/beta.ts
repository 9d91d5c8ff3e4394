import { digammaRise, logBeta, trigammaFall } from '../base/special/gamma.js';
import { positiveNumber, shares } from './domains.js';
import { type ExponentialFamily, noBase } from './exponential-family.js';
import type { Family } from './family.js';
import { betaShapes, betaSlack } from './likelihood-equations.js';
import { linearFamily } from './linear-family.js';
import { drawBeta } from './sampling/beta.js';

/** 1 − e^{mean log x} − e^{mean log (1 − x)} of values that are all alike for all that rounding tells, of the lesser power. */
const ALIKE = 1e-10;

/**
 * Shares: log p(x | α, β) = (α − 1) log x + (β − 1) log (1 − x) − log B(α, β), 0 < x < 1. T = (log x, log (1 − x)),
 * η = (α − 1, β − 1), A = log B(α, β).
 */
export const betaDistribution: ExponentialFamily = {
  name: 'beta',
  columns: 1,
  domain: shares,
  parameters: { alphas: 1, betas: 1 },
  free: 2,
  width: 2,
  statistic([x], into) {
    into[0] = Math.log(x);
    into[1] = Math.log1p(-x);
  },
  logBase: noBase,
  natural([alpha, beta_], into) {
    into[0] = alpha - 1;
    into[1] = beta_ - 1;
    return logBeta(alpha, beta_);
  },
  fit([meanLog, meanLogRest]) {
    const [x, y] = [Math.exp(meanLog), Math.exp(meanLogRest)];
    const alike = ALIKE * Math.min(x, y);
    if (betaSlack(meanLog, meanLogRest) > alike) return Float64Array.from(betaShapes(meanLog, meanLogRest));
    return Float64Array.of(x / (2 * alike), y / (2 * alike));
  },
  expectation: ([alpha, beta_]) => Float64Array.of(-digammaRise(alpha, beta_), -digammaRise(beta_, alpha)),
  variance: ([alpha, beta_]) => Float64Array.of(trigammaFall(alpha, beta_), trigammaFall(beta_, alpha)),
  summary([alpha, beta_]) {
    const mean = alpha / (alpha + beta_);
    return { mean, variance: (mean * (1 - mean)) / (alpha + beta_ + 1) };
  },
};

/** The family whose columns are shares with two shapes each: log p(x | α, β) = Σ_j (α_j − 1) log x_j + (β_j − 1) log (1 − x_j) − log B(α_j, β_j). */
export function beta(): Family {
  return linearFamily({
    name: 'beta',
    words: ['components of beta-distributed columns', 'component of beta-distributed columns'],
    blocks: (d) => new Array<ExponentialFamily>(d).fill(betaDistribution),
    perColumn: 2,
    rules: { alphas: positiveNumber, betas: positiveNumber },
    kept: 1,
    draws:
      ([alpha, beta_]) =>
      (numbers, into) =>
        void (into[0] = drawBeta(numbers, alpha, beta_)),
  });
}
