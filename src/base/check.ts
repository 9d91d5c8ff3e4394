/** What callers hand over whom no types stop: numbers are of type number, so '1', true, 1n, null and [1] are none. */
import { InputError } from './errors.js';

/** What the numbers of a list must be, all of them. */
export interface Rule {
  readonly expected: string;
  readonly holds: (value: number) => boolean;
  /** Default 'replace it'. */
  readonly remedy?: string;
}

export const finite: Rule = { expected: 'finite numbers', holds: Number.isFinite };
/** Of numbers that become float32 as they are. */
export const single: Rule = {
  expected: 'finite numbers that float32 can hold',
  holds: (value) => Number.isFinite(Math.fround(value)),
};
export const notNegative: Rule = { expected: 'finite numbers ≥ 0', holds: (value) => value >= 0 && value < Infinity };

/** Arrays are nested no deeper anywhere: a batch of matrices per component. */
const DEEPEST = 4;
/** Entries of a list, and characters of a text, that a message shows. */
const ENTRIES = 6;
const CHARACTERS = 60;

/** Any value as a message shows it: in a few words, whatever it is. */
export function shown(value: unknown): string {
  if (isList(value)) return listShown(value);
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${clipped(String(value))}n`;
    case 'function':
      return 'a function';
    case 'string':
      return clipped(JSON.stringify(value));
    case 'object':
      return value === null ? 'null' : objectShown(value);
    default:
      return String(value);
  }
}

/** A value that should be a list of numbers, as a message shows it: its entries, and not those of lists among them. */
function listShown(list: ArrayLike<unknown>): string {
  const some = Array.from({ length: Math.min(list.length, ENTRIES) }, (_, at) =>
    isList(list[at]) ? '[…]' : shown(list[at]),
  );
  return `[${some.join(', ')}${list.length > ENTRIES ? `, … ${list.length} in all` : ''}]`;
}

function objectShown(value: object): string {
  try {
    // A class may have a toJSON that gives nothing, an object may hold itself, or be nested too deep.
    return clipped(JSON.stringify(value) ?? 'an object');
  } catch {
    return 'an object';
  }
}

function clipped(text: string): string {
  return text.length > CHARACTERS ? `${text.slice(0, CHARACTERS)}…` : text;
}

/** Whether a value is an array or a typed one, of whatever. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** The numbers of a list, copied; throws `InputError('value')` that says which is none or breaks the rule. */
export function numbersOf(
  list: ArrayLike<unknown>,
  where: string,
  rule: Rule = finite,
  place: (index: number) => string = (index) => `[${index}]`,
): Float64Array {
  const values = new Float64Array(list.length);
  for (let at = 0; at < values.length; at++) {
    const value = list[at];
    if (typeof value !== 'number' || !rule.holds(value)) throw wrongNumber(where, rule, value, `at ${place(at)}`);
    values[at] = value;
  }
  return values;
}

/** The error of a value that is no number, or none that the rule allows. */
export function wrongNumber(
  where: string,
  { expected, remedy = 'replace it' }: Rule,
  value: unknown,
  place: string,
): InputError {
  return new InputError('value', { where, expected, got: `${shown(value)} ${place}`, remedy });
}

/**
 * Nested arrays as one of numbers, row-major, and their shape. Throws `InputError`: 'shape' for what is no array or has
 * rows of different lengths, 'value' for what is no number in them, with its place.
 */
export function nestedNumbers(
  value: unknown,
  where: string,
  rule: Rule = finite,
): { values: Float64Array; shape: number[] } {
  const shape = shapeOf(value);
  if (shape.length === 0 || shape.length > DEEPEST || !fits(value, shape)) {
    throw new InputError('shape', {
      where,
      expected: 'a tensor, or nested arrays of equal lengths',
      got: misfit(value, shape),
      remedy: 'correct it',
    });
  }
  const [inner, ...outer] = [...shape].reverse();
  const rows = outer.reduce((lists) => lists.flatMap((list) => Array.from(list as ArrayLike<unknown>)), [value]);
  const values = new Float64Array(rows.length * inner);
  rows.forEach((row, at) => {
    const place = (index: number): string => placeOf(at * inner + index, shape);
    values.set(numbersOf(row as ArrayLike<unknown>, where, rule, place), at * inner);
  });
  return { values, shape };
}

/** The lengths of the first of the arrays at every depth; of what is nested too deep, those of the first few. */
function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let one = value; isList(one) && shape.length <= DEEPEST; one = one[0]) shape.push(one.length);
  return shape;
}

/** Whether there are arrays of these lengths, whatever the innermost hold. */
function fits(value: unknown, [length, ...rest]: readonly number[]): boolean {
  if (!isList(value) || value.length !== length) return false;
  return rest.length === 0 || Array.from(value).every((one) => fits(one, rest));
}

function misfit(value: unknown, shape: readonly number[]): string {
  if (shape.length === 0) return shown(value);
  return shape.length > DEEPEST ? `arrays nested more than ${DEEPEST} deep` : 'arrays of different lengths';
}

/** `[i][j]` of a row-major index. */
export function placeOf(index: number, shape: readonly number[]): string {
  let rest = index;
  const indices = [...shape].reverse().map((length) => {
    const own = rest % length;
    rest = (rest - own) / length;
    return own;
  });
  return indices
    .reverse()
    .map((own) => `[${own}]`)
    .join('');
}

/** Throws `InputError('option')` unless the value is a whole number of at least `least`. */
export function requireInteger(where: string, value: unknown, least = Number.MIN_SAFE_INTEGER, what = ''): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  const bound = least === Number.MIN_SAFE_INTEGER ? '' : ` ≥ ${least}`;
  throw invalid(where, `a whole number${what}${bound}`, value);
}

/** Throws `InputError('option')` unless the value is a finite number that is not negative. */
export function requireNotNegative(where: string, value: unknown): void {
  if (typeof value === 'number' && notNegative.holds(value)) return;
  throw invalid(where, 'a finite number ≥ 0', value);
}

/** Throws `InputError('option')` that lists the choices. */
export function requireOneOf(where: string, value: unknown, choices: readonly string[]): void {
  if (typeof value === 'string' && choices.includes(value)) return;
  throw invalid(where, `one of ${choices.join(', ')}`, value, 'choose one of these');
}

/** The error of an option outside its domain. */
export function invalid(where: string, expected: string, got: unknown, remedy = 'correct it'): InputError {
  return new InputError('option', { where, expected, got: shown(got), remedy });
}
