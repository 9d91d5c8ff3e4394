import type { CovarianceForm } from '../../kernels/form.js';
import { shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { PackedModel } from '../sweep/model.js';
import type { Components } from './components.js';
import { covarianceLayouts } from './covariance.js';
import { positiveNumber } from './domains.js';
import type { Family } from './family.js';
import { gaussian, type GaussianFamily, type GaussianOptions } from './gaussian.js';
import { gaussianFiller } from './gaussian-filler.js';
import { studentSampler } from './sampling/student-t.js';
import {
  alike,
  degreesOf,
  spreadOf,
  studentParameters,
  studentVectors,
  withDegrees,
  type Degrees,
} from './student-t-components.js';
import { estimatedDegrees, logDensity, packed } from './student-t-model.js';

/** Options of `studentT`. */
export interface StudentTOptions extends GaussianOptions {
  /**
   * Degrees of freedom ν: estimated of each component, which is the default, estimated as one number for all, or given.
   * Estimates are from .05 to 200.
   */
  readonly degrees?: 'each' | 'common' | number | undefined;
}

/** What several components, and a single one, have. */
const phrases = {
  full: ['full scale matrices', 'a full scale matrix'],
  tied: ['one full scale matrix for all', 'a full scale matrix'],
  diag: ['diagonal scale matrices', 'a diagonal scale matrix'],
  spherical: ['spherical scale matrices', 'a spherical scale matrix'],
} as const satisfies Record<CovarianceForm, readonly [string, string]>;

/**
 * The multivariate Student-t family, whose tails leave outliers where they are: with q = (x−μ)ᵀ Σ⁻¹ (x−μ),
 * log p(x | μ, Σ, ν) = log Γ((ν+d)/2) − log Γ(ν/2) − d/2 log πν − ½ log |Σ| − (ν+d)/2 log (1 + q/ν). Σ is the scale, by
 * `covariance` of the forms of `gaussian`. EM of Peel & McLachlan (Robust mixture modelling using the t distribution,
 * 2000). Throws `InputError('option')` for other options.
 */
export function studentT(options: StudentTOptions | Readonly<Record<string, string>> = {}): Family {
  const { covariance = 'full', degrees: given = 'each' } = options as StudentTOptions;
  const degrees = knownDegrees(given);
  return ofGaussians(gaussian({ covariance }), degrees);
}

/** A number may come as text, as model files and `--family` have it. */
function knownDegrees(given: unknown): Degrees {
  if (given === 'each' || given === 'common') return given;
  const number = typeof given === 'number' || (typeof given === 'string' && given.trim() !== '') ? Number(given) : NaN;
  if (positiveNumber.holds(number)) return number;
  throw new InputError('option', {
    where: 'studentT',
    expected: "degrees to be 'each', 'common' or a number > 0",
    got: shown(given),
    remedy: 'leave it out, which is each; the covariance type comes after it, as in student-t(each,tied)',
  });
}

/** The family whose scales are what the covariances of these Gaussians are. */
function ofGaussians(normal: GaussianFamily, degrees: Degrees): Family {
  const form = normal.options.covariance as CovarianceForm;
  const packExactly = (components: Components): PackedModel<Float64Array> =>
    packed(normal.packExactly(components), degreesOf(components));
  const estimates = { each: (k: number) => k, common: () => 1 };
  const family: Family = {
    ...{ name: 'studentT', options: { degrees: String(degrees), covariance: form } },
    describe: (k) => described(k, form, degrees),
    parameterCount: (k, d) => normal.parameterCount(k, d) + (typeof degrees === 'number' ? 0 : estimates[degrees](k)),
    ...{ apart: true, commonScale: normal.commonScale, encoding: normal.encoding },
    encode: (columns) => normal.encode(columns),
    toData: (components, scaling) => withDegrees(normal.toData(components, scaling), degreesOf(components)),
    toShard: (components, scaling) => withDegrees(normal.toShard(components, scaling), degreesOf(components)),
    around: (rows, variances, held) => normal.around(rows, variances, held),
    restarted: (components, starts) => withDegrees(normal.restarted(components, starts), degreesOf(components)),
    shape: (k, d) => ({ k, quadratic: [{ form, d, radial: 'student' }] }),
    pack: (components) => packed(normal.pack(components), degreesOf(components)),
    packExactly,
    estimate(moments, model, options) {
      const { components, repairs } = normal.estimate(moments, model, options);
      return { components: withDegrees(components, estimatedDegrees(moments, model, degrees)), repairs };
    },
    conjugates: normal.conjugates, // of means and scales: rows count u times in both
    ...studentVectors(normal, degrees),
    coincident: (model, own) => normal.coincident(model, own).flatMap((group) => alike(group, degreesOf(own))),
    addedShares: (model, added) => normal.addedShares(model, added),
    spread: (components) => spreadOf(normal.spread(components), degreesOf(components)),
    logDensity: (components) => logDensity(packExactly(components)),
    filler: (components) => gaussianFiller(normal.packExactly(components)),
    sampler: (components) => studentSampler(components, degreesOf(components), covarianceLayouts[form]),
    ...studentParameters(normal, degrees, form),
  };
  const encoding = `${family.encoding} with gaps`;
  return { ...family, withGaps: () => ({ ...family, encoding, patterned: true }) };
}

function described(k: number, form: CovarianceForm, degrees: Degrees): string {
  const [several, one] = phrases[form];
  const told =
    typeof degrees === 'number'
      ? `${degrees.toLocaleString('en-US')} degrees of freedom`
      : { each: 'degrees of freedom of its own', common: 'common degrees of freedom' }[degrees];
  if (k === 1) return `1 Student-t component with ${one} and ${told}`;
  const all = degrees === 'each' ? 'degrees of freedom of their own' : told;
  return `${k.toLocaleString('en-US')} Student-t components with ${several} and ${all}`;
}
