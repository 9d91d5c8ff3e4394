import { InputError, listed } from '../../base/errors.js';
import type { LevelColumn } from '../levels.js';
import { listWord, pastedList } from '../pasted.js';
import { isQuery } from './paths.js';
import { spellsNumbers, type AnyTable, type Column } from './table.js';

/** Columns of a table, as indices into `table.columns`. */
export interface Choice {
  readonly features: readonly number[];
  readonly weight?: number;
  /** Those of the features that are read as levels, and what these need to know of each. */
  readonly levels: ReadonlyMap<number, LevelColumn>;
  /** Those of the features whose levels are true and false. */
  readonly truths: ReadonlySet<number>;
  /** What users should know of the columns chosen, and of those left out. */
  readonly notes: readonly string[];
}

/** Most column names a remedy lists. */
const PASTED = 50;

/** DuckDB's keywords that can't be written as names of columns without quotes. */
const RESERVED = new Set(
  (
    'all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case ' +
    'cast check collate collation column concurrently constraint create cross default deferrable desc ' +
    'describe distinct do else end except false fetch for foreign freeze from full glob group having ' +
    'ilike in initially inner intersect into is isnull join lambda lateral leading left like limit ' +
    'natural not notnull null offset on only or order outer overlaps pivot pivot_longer pivot_wider ' +
    'placing positional primary qualify references returning right select semi show similar some ' +
    'summarize symmetric table tablesample then to trailing true union unique unpack unpivot using ' +
    'variadic verbose when where window with'
  ).split(' '),
);

/** Which columns of a table are wanted. */
export interface Wanted {
  /** The features, in this order; else every column but the weight is one. */
  readonly columns?: readonly string[] | undefined;
  /** Those that are none, where `columns` names none. */
  readonly ignore?: readonly string[] | undefined;
  /** Those that hold levels, be they ever so many, beside those that `columns` names. */
  readonly named?: readonly string[] | undefined;
  readonly weight?: string | undefined;
  /** Whether text is read, as levels, where it does not spell numbers. */
  readonly text?: 'levels' | undefined;
}

/**
 * The feature columns and the weight column of a table. All must be numeric, but that features may be text where that is
 * wanted. Throws `option` for a name that is absent or named twice, and `format` for a column that does not hold what
 * is wanted. BOOLEAN counts as 0 and 1; times do not count as numbers.
 */
export async function chooseColumns(table: AnyTable, wanted: Wanted): Promise<Choice> {
  const { columns: names, text } = wanted;
  const weight = wanted.weight === undefined ? undefined : indexOf(table, wanted.weight, 'weight');
  const ignored = (wanted.ignore ?? []).map((name) => indexOf(table, name, 'ignore'));
  const features = names === undefined ? others(table, weight, ignored) : named(table, names);
  const used = weight === undefined ? features : [...features, weight];
  const bad: number[] = [];
  const levels = new Map<number, LevelColumn>();
  for (const index of new Set(used)) {
    const isWeight = index === weight;
    const asText = text === 'levels' && !isWeight && table.columns[index].isText === true;
    if (!asText) {
      if (!(await holdsNumbers(table, index, names !== undefined, isWeight))) bad.push(index);
    } else if (!(await spellsNumbers(table, index, true))) {
      const isNamed = names !== undefined || wanted.named?.includes(table.columns[index].name) === true;
      levels.set(index, levelColumn(table, index, features, isNamed));
    }
  }
  if (bad.length > 0) throw unusable(table, bad, weight, text);
  return {
    features,
    ...(weight !== undefined && { weight }),
    levels,
    truths: new Set(text === 'levels' ? features.filter((index) => table.columns[index].isTruth) : []),
    notes: notesOn(table, used, names === undefined ? ignored : undefined),
  };
}

/** Whether a column can be read as numbers; `named` ones of text formats too, which are errors where they spell none. */
async function holdsNumbers(table: AnyTable, index: number, named: boolean, isWeight: boolean): Promise<boolean> {
  const { kind, isText } = table.columns[index];
  if (kind !== 'text' || !(named || isWeight) || !table.checkNumbers) return kind === 'numeric';
  try {
    await table.checkNumbers(index);
    return true;
  } catch (error) {
    if (error instanceof InputError && isText && !isWeight) error.message += `, or ${AS_LEVELS}`;
    throw error;
  }
}

/** What levels need to know of a column. `named`: the caller named it. */
function levelColumn(
  { name: where, columns }: AnyTable,
  index: number,
  features: readonly number[],
  named: boolean,
): LevelColumn {
  const { name } = columns[index];
  const others = features.filter((other) => other !== index).map((other) => columns[other].name);
  const choose =
    others.length > 0
      ? `choose others with --columns ${pastedList(others.slice(0, PASTED))}, or name this one too if it is one of levels`
      : `name it with --columns ${pastedList([name])} if it is one of levels`;
  return { where, name, named, remedy: named ? 'leave it out' : choose };
}

/** What helps where text is not wanted as numbers. */
const AS_LEVELS = "read text as levels with --family categorical (text: 'levels' of openSource)";

/** What is to be known of the columns used, and which stand aside because nobody named them; `ignored` where all are. */
function notesOn(table: AnyTable, used: readonly number[], ignored: readonly number[] | undefined): string[] {
  const notes = [...new Set(used)].flatMap((index) => table.columns[index].note ?? []);
  const aside = table.columns.filter(
    (column, index) => column.aside !== undefined && ![...used, ...(ignored ?? [])].includes(index),
  );
  if (!ignored || aside.length === 0) return notes;
  const left = listed(aside.map((column) => `${column.name} (${column.aside})`));
  return [...notes, `not used, since no one named ${aside.length > 1 ? 'them' : 'it'} with --columns: ${left}`];
}

function others(table: AnyTable, weight: number | undefined, ignored: readonly number[]): number[] {
  const features = [...table.columns.keys()].filter(
    (index) => index !== weight && table.columns[index].aside === undefined && !ignored.includes(index),
  );
  if (features.length > 0) return features;
  throw new InputError('format', {
    where: table.name,
    expected: 'at least one column besides the weight',
    got: `only ${listed(table.columns.map((column) => column.name)) || 'none'}`,
    remedy: 'name the features with --columns',
  });
}

function named(table: AnyTable, names: readonly string[]): number[] {
  if (names.length === 0) {
    throw new InputError('option', {
      where: 'columns',
      expected: 'at least one name',
      got: 'none',
      remedy: `name some of ${listed(table.columns.map((column) => listWord(column.name)))}`,
    });
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new InputError('option', {
      where: 'columns',
      expected: 'each column once',
      got: `${twice} twice`,
      remedy: 'remove one of them',
    });
  }
  return names.map((name) => indexOf(table, name, 'columns'));
}

function indexOf(table: AnyTable, name: string, option: string): number {
  const available = table.columns.map((column) => column.name);
  const index = available.indexOf(name);
  if (index >= 0) return index;
  const similar = closest(name, available);
  throw new InputError('option', {
    where: option,
    expected: `columns of ${table.name}`,
    got: JSON.stringify(name),
    remedy: `${similar === undefined ? '' : `did you mean ${listWord(similar)}? `}it has ${listed(available.map(listWord), PASTED)}`,
  });
}

function unusable(
  table: AnyTable,
  bad: readonly number[],
  weight: number | undefined,
  text: Wanted['text'],
): InputError {
  const columns = bad.map((index) => table.columns[index]);
  const usable = table.columns.filter(
    ({ kind, isText }, index) => (kind === 'numeric' || (text && isText)) && index !== weight,
  );
  const remedies: string[] = [];
  if (weight !== undefined && bad.includes(weight)) remedies.push('choose a numeric weight column');
  if (usable.length > 0) {
    const names = pastedList(usable.slice(0, PASTED).map((column) => column.name));
    remedies.push(`choose ${text ? 'others' : 'numeric ones'} with --columns ${names}`);
  }
  remedies.push(...new Set(columns.flatMap(({ trouble }) => trouble?.remedy ?? [])));
  const time = columns.find((column) => column.kind === 'temporal');
  if (time) remedies.push(`make a number of a time with a query such as ${epochQuery(table.name, time.name)}`);
  if (remedies.length === 0) remedies.push('it has no others: make numbers of these first');
  if (bad.some((index) => index !== weight && table.columns[index].isText)) remedies.push(AS_LEVELS);
  return new InputError('format', {
    where: table.name,
    expected: text && !bad.includes(weight ?? -1) ? 'columns of numbers or of text' : 'numeric columns',
    got: listed(columns.map(described), 4),
    remedy: remedies.join(', or '),
  });
}

/** A column that can be read neither as numbers nor as levels, and what it holds. */
export interface OddColumn {
  readonly name: string;
  readonly holds: string;
}

/** All such columns of a table. */
export function oddColumns({ columns }: AnyTable): OddColumn[] {
  const odd = columns.filter(({ kind, isText, aside }) => kind !== 'numeric' && !isText && aside === undefined);
  return odd.map((column) => ({ name: column.name, holds: contents(column) }));
}

function described(column: Column): string {
  return `${column.name} (${contents(column)})`;
}

/** A type, without the fields of a STRUCT. */
function contents({ type, trouble }: Column): string {
  return trouble ? trouble.got : type.replace(/\(.*$/s, '');
}

function epochQuery(source: string, column: string): string {
  const plain = /^[a-z_]\w*$/i.test(column) && !RESERVED.has(column.toLowerCase());
  const name = plain ? column : `"${column.replaceAll('"', '""')}"`;
  return `SELECT epoch(${name}) AS t FROM ${isQuery(source) ? '…' : `'${source.replaceAll("'", "''")}'`}`;
}

/** The candidate closest to a name that is probably a slip of it: equal but for case, or few edits away. */
function closest(name: string, candidates: readonly string[]): string | undefined {
  const scored = candidates.map((candidate) => ({
    candidate,
    distance: edits(name.toLowerCase(), candidate.toLowerCase()),
  }));
  scored.sort((one, other) => one.distance - other.distance);
  const best = scored.at(0);
  return best && best.distance <= Math.max(1, name.length / 3) && best.distance < name.length
    ? best.candidate
    : undefined;
}

/** Levenshtein distance. */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(from[i - 1] !== to[j - 1])));
    }
    row = next;
  }
  return row[to.length];
}
