import { finite } from '../base/check.js';
import { concentration, logDirectionNormalizer, meanLength } from './directions.js';
import type { ExponentialFamily } from './exponential-family.js';

/** Lengths of means from here on count as this: concentrations stay finite, at some 5e9 d. */
const LONGEST = 1 - 1e-10;

/**
 * Directions in d columns, unit vectors: log p(x | μ, κ) = log C_d(κ) + κ ⟨μ, x⟩ with respect to the surface measure.
 * T = x, η = κ μ, A = −log C_d(κ). Throws `RangeError` for d < 2.
 */
export function vonMisesFisher(d: number): ExponentialFamily {
  if (!(d >= 2)) throw new RangeError(`vonMisesFisher: expected 2 columns or more, got ${d}`);
  const lengthOf = (x: Float64Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  return {
    name: 'vonMisesFisher',
    columns: d,
    domain: finite,
    parameters: { means: d, concentrations: 1 },
    free: d,
    width: d,
    statistic(x, into) {
      const length = lengthOf(x);
      into.set(x.map((value) => value / length));
    },
    logBase: () => 0,
    natural(theta, into) {
      const kappa = theta[d];
      into.set(theta.subarray(0, d).map((value) => kappa * value));
      return -logDirectionNormalizer(d, kappa);
    },
    fit(mean) {
      const length = lengthOf(mean);
      const theta = new Float64Array(d + 1);
      theta.set(length > 0 ? mean.map((value) => value / length) : Float64Array.of(1));
      theta[d] = concentration(d, Math.min(length, LONGEST));
      return theta;
    },
    expectation(theta) {
      const length = meanLength(d, theta[d]);
      return theta.slice(0, d).map((value) => length * value);
    },
  };
}
