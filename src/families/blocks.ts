/** Components as users have them: one block of named parameters for each family that they are made of. */
import { isList, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { ComponentBlock, Components, Nested, Parameters } from './components.js';
import type { Family } from './family.js';

/** The blocks of components, of columns of these names. */
export function componentBlocks(family: Family, components: Components, columns: readonly string[]): ComponentBlock[] {
  if (family.blocks) return family.blocks(components, columns);
  return [{ family: family.name, columns, ...family.toParameters(components) }];
}

/** Components of their blocks, k of d columns. Throws `InputError` where blocks are not of the family or don't fit. */
export function componentsOfBlocks(
  family: Family,
  given: unknown,
  size: { readonly k: number; readonly d: number },
  where: string,
): Components {
  const blocks: unknown[] = isList(given) ? Array.from(given) : [];
  if (family.fromBlocks) return family.fromBlocks(blocks, size.k, where);
  return componentsOfParameters(family, parametersOf(blocks, given, family, where), size, where);
}

/** The parameters of the one block. */
function parametersOf(blocks: readonly unknown[], given: unknown, family: Family, where: string): Parameters {
  const {
    family: name = family.name,
    columns: _,
    ...parameters
  } = (blocks[0] ?? {}) as Readonly<Record<string, unknown>>;
  if (blocks.length === 1 && name === family.name) return parameters as Parameters;
  const several = isList(given) ? `${blocks.length} of them` : shown(given);
  throw new InputError('option', {
    where: `${where}.components`,
    expected: `one block of family ${family.name}, as mixture.components has it`,
    got: blocks.length === 1 ? `one of family ${shown(name)}` : several,
    remedy: 'give the components of a mixture of the same family',
  });
}

/** Components of parameters by name, k of d columns. */
export function componentsOfParameters(
  family: Family,
  given: Readonly<Record<string, unknown>>,
  { k, d }: { readonly k: number; readonly d: number },
  where: string,
): Components {
  const { parameters } = family;
  const foreign = Object.keys(given).find((name) => !parameters.includes(name));
  if (foreign !== undefined) {
    throw new InputError('unsupported', {
      where,
      expected: `parameters of family ${family.name}: ${parameters.join(', ')}`,
      got: foreign,
      remedy: 'give components as mixture.components has them',
    });
  }
  for (const name of parameters) if (!isList(given[name])) throw missing(name, given[name], k, where);
  const components = family.fromParameters(given as Readonly<Record<string, Nested>>, where);
  if (components.k === k && components.d === d) return components;
  throw new InputError('shape', {
    where,
    expected: `${k} components in ${d} dimensions`,
    got: `${components.k} in ${components.d}`,
    remedy: 'give a start that fits components and data',
  });
}

/** The error of a parameter that is no list. */
export function missing(name: string, got: unknown, k: number, where: string): InputError {
  const remedy = 'give one per component';
  return new InputError('shape', { where: `${where}: ${name}`, expected: `an array of ${k}`, got: shown(got), remedy });
}
