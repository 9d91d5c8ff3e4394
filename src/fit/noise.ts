import { shown } from '../base/check.js';
import { InputError } from '../base/errors.js';

/**
 * Whether there is noise beside the components, and its density p(x) or the volume that this is one over, per unit of the
 * data's columns; of counts and levels it is a probability. `true`: one over the product of the columns' ranges.
 */
export type NoiseOption = boolean | { readonly density: number } | { readonly volume: number };

/** The logarithm of the density that is given, nats; undefined where none is. Throws `InputError('option')` for what is none. */
export function givenLogDensity(noise: NoiseOption): number | undefined {
  if (typeof noise === 'boolean') return undefined;
  const entries = Object.entries((noise as object | null) ?? {}) as [string, unknown][];
  const [[name, value] = ['', undefined]] = entries;
  const known = entries.length === 1 && (name === 'density' || name === 'volume');
  if (known && typeof value === 'number' && value > 0 && value < Infinity)
    return (name === 'density' ? 1 : -1) * Math.log(value);
  throw new InputError('option', {
    where: known ? `noise.${name}` : 'noise',
    expected: known ? 'a finite number > 0' : 'true, false, { density } or { volume }',
    got: shown(known ? value : noise),
    remedy: 'use true for one over the product of the ranges of the columns',
  });
}
