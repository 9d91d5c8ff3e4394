import { isList, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { ComponentArray, Components } from './components.js';
import type { Family } from './family.js';
import { scalingAt } from './product-terms.js';

/** A family, and the names of the columns that it describes; `'*'`: all that no other factor names. */
export interface Factor {
  readonly columns: readonly string[] | '*';
  readonly family: Family;
}

/** Throws `InputError('option')` for what are no factors. */
export function requireFactors(factors: unknown): asserts factors is readonly Factor[] {
  const list: unknown[] = isList(factors) ? Array.from(factors) : [];
  const odd = list.findIndex((factor) => !isFactor(factor));
  if (list.length > 0 && odd < 0) return;
  throw new InputError('option', {
    where: 'product',
    expected: "factors such as { columns: ['age', 'income'], family: gaussian() }",
    got: odd < 0 ? shown(factors) : `${shown(list[odd])} at [${odd}]`,
    remedy: 'give each its columns, or *, and its family',
  });
}

function isFactor(factor: unknown): boolean {
  const { columns, family } = (factor ?? {}) as Partial<Record<keyof Factor, unknown>>;
  const named = columns === '*' || (isList(columns) && Array.from(columns).every((name) => typeof name === 'string'));
  return named && typeof (family as Partial<Family> | null)?.pack === 'function';
}

/** A factor whose columns are known: their numbers in the data, and of the numbers that it sweeps those in the shard. */
export interface PlacedFactor {
  readonly family: Family;
  readonly columns: readonly number[];
  readonly places: readonly number[];
}

/** What the family of a column says of it. */
export function ofColumn<T>(
  column: number,
  factors: readonly PlacedFactor[],
  say: (family: Family, own: number) => T | undefined,
): T | undefined {
  const factor = factors.find(({ columns }) => columns.includes(column));
  return factor && say(factor.family, factor.columns.indexOf(column));
}

/** The components of a factor, of those of the product: arrays of its own have its number before their names. */
export function partOf({ k, arrays, frame }: Components, factors: readonly PlacedFactor[], f: number): Components {
  const prefix = `${f}.`;
  const own = Object.entries(arrays).flatMap(([name, array]): [string, ComponentArray][] =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), array]] : [],
  );
  const { columns, places } = factors[f];
  const part = { k, d: columns.length, arrays: Object.fromEntries(own) };
  return frame ? { ...part, frame: scalingAt(frame, places) } : part;
}

/** The components of the product, of those of its factors. */
export function ofParts(parts: readonly Components[], d: number): Components {
  const entries = parts.flatMap(({ arrays }, f) =>
    Object.entries(arrays).map(([name, array]): [string, ComponentArray] => [`${f}.${name}`, array]),
  );
  return { k: parts[0].k, d, arrays: Object.fromEntries(entries) };
}

/** The error of components that are not those of a product. */
export function misgiven(where: string, expected: string, got: string): InputError {
  return new InputError('option', { where, expected, got, remedy: 'give components as mixture.components has them' });
}
