/** Parameters of families of exponential families as users and model files have them. */
import { isList, nestedNumbers, shown, type Rule } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { Components, Parameters } from './components.js';
import { nested } from './dense.js';
import { damagedModel, isNumbers } from './file.js';

type Rules = Readonly<Record<string, Rule>>;

/** Nested arrays `[k][…]` by name. */
export function nestedArrays({ arrays, k }: Components, names: readonly string[]): Parameters {
  return Object.fromEntries(names.map((name) => [name, nested(arrays[name].values, arrays[name].values.length / k)]));
}

/** Components of nested arrays `[k][d]` by name; throws `InputError` where one breaks a rule or they do not fit together. */
export function arraysOfParameters(given: Parameters, rules: Rules, where: string): Components {
  const arrays = Object.entries(rules).map(([name, rule]) => {
    const { values, shape } = nestedNumbers(given[name], `${where}: ${name}`, rule);
    return [name, { values, shape }] as const;
  });
  const [[first, { shape }]] = arrays;
  for (const [name, { shape: own }] of arrays) {
    if (own.length === 2 && own.join() === shape.join()) continue;
    throw new InputError('shape', {
      where: `${where}: ${name}`,
      expected: name === first ? 'an array [k][d]' : `an array [${shape.join('][')}], as ${first} has`,
      got: isList(given[name]) ? `one [${own.join('][')}]` : shown(given[name]),
      remedy: 'give one row per component and one value per column',
    });
  }
  const [k, d] = shape;
  return { k, d, arrays: Object.fromEntries(arrays) };
}

/** Arrays with their shapes, by name. */
export function plainArrays({ arrays }: Components): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, values }]) => [name, { shape, values: Array.from(values) }]),
  );
}

/** Reads these again, of so many numbers a component by name; throws `InputError('format')` where they are damaged. */
export function arraysOfFile(
  file: Readonly<Record<string, unknown>>,
  widths: Readonly<Record<string, number>>,
  {
    size: { k, d },
    rules,
    where,
  }: { readonly size: { readonly k: number; readonly d: number }; readonly rules: Rules; readonly where: string },
): Components {
  const arrays = Object.entries(rules).map(([name, rule]) => {
    const width = widths[name];
    const { shape, values } = (file[name] ?? {}) as { readonly shape?: unknown; readonly values?: unknown };
    const fits =
      isNumbers(values) && values.length === k * width && JSON.stringify(shape) === JSON.stringify([k, width]);
    if (!fits) throw damagedModel(where, `${name} that are missing or of the wrong shape`);
    const odd = values.find((value) => !rule.holds(value));
    if (odd !== undefined) throw damagedModel(where, `${odd} among ${name}, which are ${rule.expected}`);
    return [name, { shape: [k, width], values: Float64Array.from(values) }] as const;
  });
  return { k, d, arrays: Object.fromEntries(arrays) };
}
