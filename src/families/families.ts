import * as all from './all.js';
import { InputError } from '../base/errors.js';
import type { Family } from './family.js';
import { kebab } from './family-names.js';
import { parseFamilies } from './family-text.js';
import { product } from './product.js';

/** Makes a family of options as a model file has them; throws `InputError` for others than it has. */
export type FamilyMaker = (options?: Readonly<Record<string, string>>) => Family;

const single: Readonly<Record<string, FamilyMaker>> = { ...all };

/** Names of the options of families that have any, in the order in which `--family` takes them. */
const optionNames: Readonly<Record<string, readonly string[]>> = {
  gaussian: ['covariance'],
  negativeBinomial: ['size'],
  studentT: ['degrees', 'covariance'],
};

/** Every family, by its name. */
export const families: Readonly<Record<string, FamilyMaker>> = {
  ...single,
  product: ({ factors = '' } = {}) =>
    product(
      parseFamilies(factors, Object.keys(single), 'product').map(({ family, options, columns = '*' }) => ({
        columns,
        family: familyOf(family, options),
      })),
    ),
};

/** A family of its name and its options as they are written; throws `InputError` for more than it has. */
export function familyOf(name: string, options: readonly string[], where = '--family'): Family {
  const names = optionNames[name] ?? [];
  if (options.length > names.length) {
    throw new InputError('option', {
      where,
      expected: `${kebab(name)}${names.length === 0 ? ' without options' : `(${names.join(', ')})`}`,
      got: `${kebab(name)}(${options.join(', ')})`,
      remedy: 'leave out what it does not have',
    });
  }
  return families[name](Object.fromEntries(options.map((option, at) => [names[at], option])));
}
