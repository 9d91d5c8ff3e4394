import { InputError, listed } from '../base/errors.js';

/** A column of data in memory that has names. */
export interface NamedColumn {
  readonly name: string;
  /** Why it can't be used, where it can't: what it holds in place of numbers. */
  readonly got?: string;
  /** What it is, where it is used only if it is named. */
  readonly aside?: string;
  /** A sentence that those who use it should know. */
  readonly note?: string;
}

/** Which columns are wanted. */
export interface Wanted {
  /** Those named by the caller, in this order; each must be there. */
  readonly columns?: readonly string[] | undefined;
  /** Those of a mixture that looks at the data: taken where the data have any of these names. */
  readonly mixture?: readonly string[] | undefined;
}

export interface Chosen {
  /** Indices of the columns, in the order wanted. */
  readonly indices: readonly number[];
  readonly notes: readonly string[];
}

/** Most column names a remedy lists. */
const PASTED = 50;

/** The columns to use: those wanted, else all. Throws `InputError` for a name that is not there and for text. */
export function chooseNamed(columns: readonly NamedColumn[], { columns: names, mixture }: Wanted): Chosen {
  const available = columns.map(({ name }) => name);
  const wanted = names ?? (mixture?.some((name) => available.includes(name)) ? mixture : undefined);
  const all = [...columns.keys()].filter((index) => columns[index].aside === undefined);
  const indices = wanted ? wanted.map((name) => placeOf(name, wanted, available)) : all;
  const bad = indices.filter((index) => columns[index].got !== undefined);
  if (bad.length > 0) throw notNumeric(columns, bad);
  const notes = indices.flatMap((index) => columns[index].note ?? []);
  const left = wanted ? [] : columns.filter(({ aside }) => aside !== undefined);
  if (left.length > 0) {
    const said = listed(left.map(({ name, aside }) => `${name} (${aside})`));
    notes.push(`not used, since no one named ${left.length > 1 ? 'them' : 'it'} in columns: ${said}`);
  }
  return { indices, notes };
}

function placeOf(name: string, wanted: readonly string[], available: readonly string[]): number {
  const at = available.indexOf(name);
  if (at >= 0 && wanted.indexOf(name) === wanted.lastIndexOf(name)) return at;
  throw new InputError('option', {
    where: 'columns',
    expected: at < 0 ? 'columns of the data' : 'each column once',
    got: at < 0 ? JSON.stringify(name) : `${JSON.stringify(name)} twice`,
    remedy: `name some of ${listed(available, PASTED)}`,
  });
}

function notNumeric(columns: readonly NamedColumn[], bad: readonly number[]): InputError {
  const numeric = columns.filter(({ got, aside }) => got === undefined && aside === undefined).slice(0, PASTED);
  const names = numeric.map(({ name }) => JSON.stringify(name)).join(', ');
  return new InputError('format', {
    where: 'data',
    expected: 'numeric columns',
    got: listed(
      bad.map((index) => `${columns[index].name} (${columns[index].got})`),
      4,
    ),
    remedy:
      numeric.length > 0 ? `choose numeric ones with { data, columns: [${names}] }` : 'make numbers of these first',
  });
}
