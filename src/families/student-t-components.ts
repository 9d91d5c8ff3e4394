/** Components of Student-t families: Gaussians, whose covariances are scales, and degrees of freedom. */
import type { CovarianceForm } from '../../kernels/form.js';
import { isList, nestedNumbers, shown, type Rule } from '../base/check.js';
import { InputError } from '../base/errors.js';

import type { Components, Spread } from './components.js';
import { covarianceLayouts } from './covariance.js';
import type { DenseComponents } from './dense.js';
import type { Family } from './family.js';
import { damagedModel, isNumbers } from './file.js';
import type { GaussianFamily } from './gaussian.js';
import { fromDense } from './gaussian-components.js';
import { DEGREES } from './likelihood-equations.js';
import { positiveNumber } from './domains.js';

/** Whether degrees of freedom are estimated of each component or of all together, or what they are. */
export type Degrees = 'each' | 'common' | number;

/** What variances exceed scales by at the most, as at ν = 3: beyond, they are of a few rows far out, or infinite. */
const WIDEST = 3;
/** Components of like scales are alike where 1/(1 + ν) of both is, up to this. */
const ALIKE = 0.05;

const names = ['means', 'scales', 'degrees'] as const;

export const degreesOf = ({ arrays }: Components): Float64Array => arrays.degrees.values;

/** Gaussians with these degrees of freedom `[k]`. */
export function withDegrees({ arrays, ...components }: Components, values: Float64Array): Components {
  return { ...components, arrays: { ...arrays, degrees: { shape: [values.length], values } } };
}

function withoutDegrees({ arrays: { degrees: _, ...arrays }, ...components }: Components): Components {
  return { ...components, arrays };
}

/** Of variances that are scales, variances: ν/(ν − 2) times as much, of ν < 3 as at 3. */
export function spreadOf({ means, variances }: Spread, degrees: Float64Array): Spread {
  const d = means.length / degrees.length;
  const factor = (nu: number): number => (nu > 2 ? Math.min(WIDEST, nu / (nu - 2)) : WIDEST);
  return { means, variances: variances.map((scale, at) => scale * factor(degrees[Math.floor(at / d)])) };
}

/** Of components with like means and scales, those that have like degrees of freedom, as groups of two or more. */
export function alike(group: readonly number[], degrees: Float64Array): number[][] {
  const groups: number[][] = [];
  for (const component of group) {
    const own = groups.find(([first]) => Math.abs(tail(degrees[first]) - tail(degrees[component])) < ALIKE);
    if (own) own.push(component);
    else groups.push([component]);
  }
  return groups.filter(({ length }) => length > 1);
}

const tail = (nu: number): number => 1 / (1 + nu);

/** As vectors: the Gaussians' numbers, and logarithms of degrees of freedom where they are estimated. */
export function studentVectors(normal: GaussianFamily, degrees: Degrees): Pick<Family, 'toVector' | 'fromVector'> {
  const count = (k: number): number => (typeof degrees === 'number' ? 0 : k);
  return {
    toVector(components) {
      const logs = Array.from(degreesOf(components).subarray(0, count(components.k)), Math.log);
      return Float64Array.from([...normal.toVector(withoutDegrees(components)), ...logs]);
    },
    fromVector(vector, like) {
      const scales = vector.length - count(like.k);
      const components = normal.fromVector(vector.slice(0, scales), withoutDegrees(like));
      if (!components || !vector.every(Number.isFinite)) return undefined;
      const within = (log: number): number => Math.min(Math.max(Math.exp(log), DEGREES.low), DEGREES.high);
      return withDegrees(components, count(like.k) > 0 ? vector.slice(scales).map(within) : degreesOf(like));
    },
  };
}

/** Means `[k][d]`, scales `[k][d][d]` whatever their form, and degrees of freedom `[k]`, as users and model files have them. */
export function studentParameters(
  normal: GaussianFamily,
  degrees: Degrees,
  form: CovarianceForm,
): Pick<Family, 'parameters' | 'toParameters' | 'fromParameters' | 'toFile' | 'fromFile'> {
  return {
    parameters: names,
    toParameters(components) {
      const { means, covariances } = normal.toParameters(withoutDegrees(components));
      return { means, scales: covariances, degrees: Array.from(degreesOf(components)) };
    },
    fromParameters({ means, scales, degrees: given }, where) {
      const dense = { means, covariances: scales } as unknown as DenseComponents;
      const components = fromDense(dense, covarianceLayouts[form], where, 'scales');
      return withDegrees(components, checkedDegrees(given, components.k, degrees, `${where}: degrees`));
    },
    toFile(components) {
      const { means, covariances } = normal.toFile(withoutDegrees(components));
      return { means, scales: covariances, degrees: Array.from(degreesOf(components)) };
    },
    fromFile({ means, scales, degrees: given }, size, where) {
      const fits = isNumbers(given) && given.length === size.k && isNumbers(scales) && isList(means);
      if (!fits) throw damagedModel(where, `${names.join(', ')} that are missing or do not fit together`);
      const components = normal.fromFile({ means, covariances: scales }, size, where);
      return withDegrees(components, checkedDegrees(given, size.k, degrees, `${where}: degrees`));
    },
  };
}

/** Throws `InputError` unless these are degrees of freedom that the family may have, one for each of k components. */
function checkedDegrees(given: unknown, k: number, degrees: Degrees, where: string): Float64Array {
  const estimated: Rule = {
    expected: `degrees of freedom from ${DEGREES.low} to ${DEGREES.high}, within which they are estimated`,
    holds: (nu) => nu >= DEGREES.low && nu <= DEGREES.high,
  };
  const rule = typeof degrees === 'number' ? positiveNumber : estimated;
  const { values, shape } = nestedNumbers(given, where, rule);
  const wrong = (code: 'shape' | 'value', expected: string, got: string, remedy: string): InputError =>
    new InputError(code, { where, expected, got, remedy });
  if (shape.length !== 1 || values.length !== k)
    throw wrong('shape', `an array of ${k}`, `one [${shape.join('][')}]`, 'give one per component');
  const should = typeof degrees === 'number' ? degrees : values[0];
  const odd = degrees === 'each' ? undefined : values.find((nu) => nu !== should);
  if (odd === undefined) return values;
  const remedy = `give ${should}, or choose the family with degrees 'each'`;
  throw wrong(
    'value',
    `${should}, as ${degrees === 'common' ? 'the first component has' : 'the family has'}`,
    shown(odd),
    remedy,
  );
}
