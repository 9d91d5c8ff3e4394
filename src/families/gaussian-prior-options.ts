/** What a caller chooses of the prior of Gaussians, as numbers. */
import { isList, nestedNumbers, numbersOf, shown } from '../base/check.js';
import { cholesky } from '../base/cholesky.js';
import { InputError } from '../base/errors.js';
import type { ComponentPriorOptions } from './prior.js';
import type { Scaling } from './scaling.js';

/** Rows that the default prior of a mean counts for. */
const KAPPA = 0.01;

/** The options in a shard's coordinates; undefined where the default is of the rows. */
export interface NormalOptions {
  readonly shrinkage: number;
  readonly dof: number;
  /** `[d]`. */
  readonly mean: Float64Array | undefined;
  /** `[d, d]`. */
  readonly scale: Float64Array | undefined;
}

/** Checks the options for d columns; throws `InputError('option')`. */
export function normalOptions(
  { shrinkage = KAPPA, dof, mean, scale }: ComponentPriorOptions,
  d: number,
  scaling: Scaling | undefined,
): NormalOptions {
  const { shift = new Float64Array(d), scale: unit = new Float64Array(d).fill(1) } = scaling ?? {};
  return {
    shrinkage,
    dof: degrees(dof, d),
    mean: mean && numbersOfColumns(mean, d).map((value, j) => (value - shift[j]) / unit[j]),
    scale:
      scale === undefined
        ? undefined
        : matrixOf(scale, d).map((value, at) => value / unit[Math.floor(at / d)] / unit[at % d]),
  };
}

function degrees(dof: unknown, d: number): number {
  if (dof === undefined) return d + 2;
  if (typeof dof === 'number' && dof > d - 1 && dof < Infinity) return dof;
  throw wrong('prior.dof', `a finite number > ${d - 1} for ${d} columns`, shown(dof), `use ${d + 2}, the default`);
}

function numbersOfColumns(mean: unknown, d: number): Float64Array {
  if (isList(mean) && mean.length === d) return numbersOf(mean, 'prior.mean');
  throw wrong('prior.mean', `${d} numbers, one for each column`, shown(mean), 'leave it out for the mean of all rows');
}

/** Λ as a matrix `[d, d]`, of one number, a variance for each column, or a matrix. */
function matrixOf(scale: unknown, d: number): Float64Array {
  const { values, shape } = isList(scale)
    ? nestedNumbers(scale, 'prior.scale')
    : { values: numbersOf([scale], 'prior.scale'), shape: [] };
  const square = shape.join() === [d, d].join() || shape.join() === String(d * d);
  const dense = square ? values : new Float64Array(d * d);
  if (!square) {
    if (shape.length > 1 || (values.length !== d && shape.length > 0)) throw misshapen(scale, d);
    for (let j = 0; j < d; j++) dense[j * d + j] = values[shape.length > 0 ? j : 0];
  }
  const symmetric = dense.every(
    (value, at) => Math.abs(value - dense[(at % d) * d + Math.floor(at / d)]) <= 1e-9 * Math.abs(value),
  );
  if (symmetric && cholesky(dense, d)) return dense;
  const got = symmetric ? 'one that is not positive definite' : 'one that is not symmetric';
  throw wrong(
    'prior.scale',
    'a symmetric positive definite matrix, or variances > 0',
    got,
    'leave it out for the default',
  );
}

function misshapen(scale: unknown, d: number): InputError {
  const expected = `a number, ${d} variances or a matrix [${d}][${d}]`;
  return wrong('prior.scale', expected, shown(scale), 'leave it out for the default');
}

function wrong(where: string, expected: string, got: string, remedy: string): InputError {
  return new InputError('option', { where, expected, got, remedy });
}
