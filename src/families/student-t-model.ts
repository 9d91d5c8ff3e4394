/** What sweeps make of Student-t components, and components of what sweeps make. */
import { logMinusDigamma, logRising } from '../base/special/gamma.js';
import { whitener } from '../sweep/exact/plan.js';
import { soleQuadratic, type Floats, type PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { Family } from './family.js';
import { studentDegrees } from './likelihood-equations.js';
import type { Degrees } from './student-t-components.js';

/** Degrees of freedom before any rows have told of them. */
const START = 10;

/** Gaussians packed, as Student-t: d/2 log 2π becomes log Γ(ν/2) − log Γ((ν + d)/2) + d/2 log πν. */
export function packed<Values extends Floats>(
  { logNormalizers, quadratic: [term], ...model }: PackedModel<Values>,
  degrees: Float64Array,
): PackedModel<Values> {
  const half = term.d / 2;
  return {
    ...model,
    logNormalizers: logNormalizers.map((normal, c) => {
      const nu = degrees[c];
      return normal + logRising(nu / 2, half) - half * Math.log(nu / 2);
    }),
    quadratic: [{ ...term, radial: 'student', degrees }],
  };
}

/**
 * The M-step of degrees of freedom, `[k]`, by the mean of log u − u under those of the sweep (Peel & McLachlan 2000, eq.
 * 32), of one component or of all. Of moments by no Student-t, where every u is 1, and of a component that has no rows
 * they are as they were, or those of a start.
 */
export function estimatedDegrees(
  { mass, quadratic: [{ radial }] }: Moments,
  model: PackedModel<Floats>,
  degrees: Degrees,
): Float64Array {
  const { k, d, degrees: before } = soleQuadratic(model);
  if (typeof degrees === 'number') return new Float64Array(k).fill(degrees);
  const start = before ?? new Float64Array(k).fill(START);
  if (!radial) return start;
  const sums = radial.logarithm.map((sum, c) => sum - mass[c] * logMinusDigamma((start[c] + d) / 2));
  if (degrees === 'each') return start.map((nu, c) => (mass[c] > 0 ? studentDegrees(sums[c] / mass[c]) : nu));
  return new Float64Array(k).fill(studentDegrees(total(sums) / total(mass)));
}

/** Of components packed in float64. */
export function logDensity(model: PackedModel<Float64Array>): ReturnType<Family['logDensity']> {
  const { logNormalizers } = model;
  const term = soleQuadratic(model);
  const { k, d, degrees = new Float64Array(k).fill(Infinity) } = term;
  const whiten = whitener(term);
  const z = new Float64Array(k * d);
  return (row, into) => {
    whiten(row, 0, z);
    for (let c = 0; c < k; c++) {
      // The root first: squares of rows far out are more than float64 holds.
      const ratio = Math.hypot(...z.subarray(c * d, (c + 1) * d)) / Math.sqrt(degrees[c]);
      const log = ratio < 1 ? Math.log1p(ratio ** 2) : 2 * Math.log(ratio) + Math.log1p(ratio ** -2);
      into[c] = logNormalizers[c] - ((degrees[c] + d) / 2) * log;
    }
  };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
