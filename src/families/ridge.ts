import { InputError } from '../base/errors.js';
import { powerOfTwo } from './scaling.js';
import type { CovarianceLayout, Definite } from './covariance.js';
import type { Repair } from './family.js';

/** A covariance, positive definite. */
export interface DefiniteCovariance {
  /** Its Cholesky factor, if it is a matrix. */
  readonly lower?: Float64Array | undefined;
  readonly repairs: readonly Repair[];
}

/** Makes a covariance positive definite in place by the smallest ridge that does; says so. */
export function makeDefinite(
  covariance: Float64Array,
  component: number,
  d: number,
  layout: CovarianceLayout,
): DefiniteCovariance {
  const { ridge, lower } = definite(covariance, component, d, layout);
  if (ridge === 0) return { lower, repairs: [] };
  layout.addDiagonal(covariance, new Float64Array(d).fill(ridge));
  return { lower, repairs: [ridgeRepair(component, layout, `${ridge.toExponential(1)} of the columns' variances`)] };
}

/**
 * Of sums in float64, how much less than its own variances a conditional variance may be, and the least deviation of
 * its own. Both are as far from rounding as `VARIANCE_FLOOR` is in float32, so 2⁻⁹² in all.
 */
const EXACT_FLOOR = 2 ** -44;
const LEAST_DEVIATION = 2 ** -24;

/** The same of sums in float64, where a component may be as narrow as it is: judged by its own variances, not the columns'. */
export function makeDefiniteExactly(
  covariance: Float64Array,
  component: number,
  d: number,
  layout: CovarianceLayout,
): DefiniteCovariance {
  const own = layout.toMatrix(covariance, d);
  const unit = new Float64Array(d).map((_, j) => {
    const deviation = Math.sqrt(own[j * d + j]);
    return deviation > LEAST_DEVIATION ? powerOfTwo(deviation) : LEAST_DEVIATION;
  });
  const relative = layout.rescale(
    covariance,
    unit.map((one) => 1 / one),
  );
  const { ridge, lower } = definite(relative, component, d, layout, EXACT_FLOOR);
  const scaled = lower?.map((value, at) => value * unit[Math.floor(at / d)]);
  if (ridge === 0) return { lower: scaled, repairs: [] };
  layout.addDiagonal(
    covariance,
    unit.map((one) => ridge * one * one),
  );
  return { lower: scaled, repairs: [ridgeRepair(component, layout, `${ridge.toExponential(1)} of its own variances`)] };
}

function definite(
  covariance: Float64Array,
  component: number,
  d: number,
  layout: CovarianceLayout,
  floor?: number,
): Definite {
  const found = layout.definite(covariance, d, floor);
  if (found) return found;
  throw new InputError('value', {
    where: `component ${component}`,
    expected: 'a finite covariance',
    got: 'one that overflowed',
    remedy: 'check the data for values near the limits of floating point, or fit fewer components',
  });
}

function ridgeRepair(component: number, { shared }: CovarianceLayout, added: string): Repair {
  const name = shared ? 'the tied covariance' : `the covariance of component ${component}`;
  const message = `${name} was not positive definite; ${added} was added to its diagonal`;
  return { kind: 'ridge', component, message };
}
