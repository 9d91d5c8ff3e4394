import { InputError, listed } from '../base/errors.js';
import { TRUTH } from '../base/truth.js';
import { Levels, type LevelColumn, type LevelsOfColumns } from './levels.js';

/** A column of data in memory that has names. */
export interface NamedColumn {
  readonly name: string;
  /** Why it can't be used, where it can't: what it holds in place of numbers. */
  readonly got?: string;
  /** Whether it holds nothing but text, which can be read as levels. */
  readonly isText?: boolean;
  /** Whether it holds nothing but true and false, which are levels where text is read, and always 1 and 0. */
  readonly isTruth?: boolean;
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
  /** Whether text is read, as levels. */
  readonly text?: 'levels' | undefined;
}

export interface Chosen {
  /** Indices of the columns, in the order wanted. */
  readonly indices: readonly number[];
  /** What numbers the texts of those that are read as levels; undefined where none is. */
  readonly coders?: readonly (Levels | undefined)[] | undefined;
  /** The lists of texts of columns, as a batch has them. */
  readonly texts?: LevelsOfColumns | undefined;
  readonly notes: readonly string[];
}

/** Most column names a remedy lists. */
const PASTED = 50;

/**
 * The columns to use: those wanted, else all. Throws `InputError` for a name that is not there, and for text unless that is
 * wanted.
 */
export function chooseNamed(columns: readonly NamedColumn[], { columns: names, mixture, text }: Wanted): Chosen {
  const available = columns.map(({ name }) => name);
  const wanted = names ?? (mixture?.some((name) => available.includes(name)) ? mixture : undefined);
  const all = [...columns.keys()].filter((index) => columns[index].aside === undefined);
  const indices = wanted ? wanted.map((name) => placeOf(name, wanted, available)) : all;
  const isLevels = (index: number): boolean => text === 'levels' && columns[index].isText === true;
  const bad = indices.filter((index) => columns[index].got !== undefined && !isLevels(index));
  if (bad.length > 0) throw unusable(columns, bad, text);
  const notes = indices.flatMap((index) => columns[index].note ?? []);
  const left = wanted ? [] : columns.filter(({ aside }) => aside !== undefined);
  if (left.length > 0) {
    const said = listed(left.map(({ name, aside }) => `${name} (${aside})`));
    notes.push(`not used, since no one named ${left.length > 1 ? 'them' : 'it'} in columns: ${said}`);
  }
  const isTruth = (index: number): boolean => text === 'levels' && columns[index].isTruth === true;
  if (!indices.some((index) => isLevels(index) || isTruth(index))) return { indices, notes };
  const used = indices.map((index) => columns[index].name);
  const coders = indices.map((index, j) =>
    isLevels(index) ? new Levels(levelColumn(used, j, wanted !== undefined)) : undefined,
  );
  const texts = coders.map((levels, j) => (isTruth(indices[j]) ? TRUTH : levels?.texts));
  return { indices, coders, texts, notes };
}

/** What levels need to know of the j-th of the columns used. */
function levelColumn(used: readonly string[], j: number, named: boolean): LevelColumn {
  const others = used.filter((_, other) => other !== j);
  const remedy =
    others.length > 0
      ? `choose others with ${pasted(others)}, or name this one too if it is one of levels`
      : `name it with ${pasted(used)} if it is one of levels`;
  return { where: 'data', name: used[j], named, remedy: named ? 'leave it out' : remedy };
}

/** A choice of columns as it is typed. */
function pasted(names: readonly string[]): string {
  const listed = names.slice(0, PASTED).map((name) => JSON.stringify(name));
  return `{ data, columns: [${listed.join(', ')}] }`;
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

function unusable(columns: readonly NamedColumn[], bad: readonly number[], text: Wanted['text']): InputError {
  const usable = columns.filter(
    ({ got, isText, aside }) => aside === undefined && (got === undefined || (text && isText)),
  );
  return new InputError('format', {
    where: 'data',
    expected: text ? 'columns of numbers or of text' : 'numeric columns',
    got: listed(
      bad.map((index) => `${columns[index].name} (${columns[index].got})`),
      4,
    ),
    remedy:
      usable.length > 0
        ? `choose ${text ? 'others' : 'numeric ones'} with ${pasted(usable.map(({ name }) => name))}`
        : 'make numbers of these first',
  });
}
