import { InputError, listed } from '../../base/errors.js';
import { listWord, pastedList } from '../pasted.js';
import { isQuery } from './paths.js';
import type { Column, Table } from './table.js';

/** Columns of a table, as indices into `table.columns`. */
export interface Choice {
  readonly features: readonly number[];
  readonly weight?: number;
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

/**
 * The feature columns and the weight column of a table. Without `columns`, every column but the weight is a feature,
 * and all must be numeric. Throws `option` for a name that is absent or named twice, and `format` for a column that
 * does not hold numbers. BOOLEAN counts as 0 and 1; times do not count as numbers.
 */
export async function chooseColumns(
  table: Table,
  names: readonly string[] | undefined,
  weightName: string | undefined,
): Promise<Choice> {
  const weight = weightName === undefined ? undefined : indexOf(table, weightName, 'weight');
  const features = names === undefined ? others(table, weight) : named(table, names);
  const bad: number[] = [];
  for (const index of new Set(weight === undefined ? features : [...features, weight])) {
    const { kind } = table.columns[index];
    const readable = kind === 'text' && (names !== undefined || index === weight);
    if (readable && table.checkNumbers) await table.checkNumbers(index);
    else if (kind !== 'numeric') bad.push(index);
  }
  if (bad.length > 0) throw notNumeric(table, bad, weight);
  const used = weight === undefined ? features : [...features, weight];
  return { features, ...(weight !== undefined && { weight }), notes: notesOn(table, used, names === undefined) };
}

/** What is to be known of the columns used, and which stand aside because nobody named them. */
function notesOn(table: Table, used: readonly number[], all: boolean): string[] {
  const notes = [...new Set(used)].flatMap((index) => table.columns[index].note ?? []);
  const aside = table.columns.filter((column, index) => column.aside !== undefined && !used.includes(index));
  if (!all || aside.length === 0) return notes;
  const left = listed(aside.map((column) => `${column.name} (${column.aside})`));
  return [...notes, `not used, since no one named ${aside.length > 1 ? 'them' : 'it'} with --columns: ${left}`];
}

function others(table: Table, weight: number | undefined): number[] {
  const features = [...table.columns.keys()].filter(
    (index) => index !== weight && table.columns[index].aside === undefined,
  );
  if (features.length > 0) return features;
  throw new InputError('format', {
    where: table.name,
    expected: 'at least one column besides the weight',
    got: `only ${listed(table.columns.map((column) => column.name)) || 'none'}`,
    remedy: 'name the features with --columns',
  });
}

function named(table: Table, names: readonly string[]): number[] {
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

function indexOf(table: Table, name: string, option: string): number {
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

function notNumeric(table: Table, bad: readonly number[], weight: number | undefined): InputError {
  const columns = bad.map((index) => table.columns[index]);
  const numeric = table.columns.filter(({ kind }, index) => kind === 'numeric' && index !== weight);
  const remedies: string[] = [];
  if (weight !== undefined && bad.includes(weight)) remedies.push('choose a numeric weight column');
  if (numeric.length > 0)
    remedies.push(
      `choose numeric ones with --columns ${pastedList(numeric.slice(0, PASTED).map((column) => column.name))}`,
    );
  remedies.push(...new Set(columns.flatMap(({ trouble }) => trouble?.remedy ?? [])));
  const time = columns.find((column) => column.kind === 'temporal');
  if (time) remedies.push(`make a number of a time with a query such as ${epochQuery(table.name, time.name)}`);
  if (remedies.length === 0) remedies.push('it has no others: make numbers of these first');
  return new InputError('format', {
    where: table.name,
    expected: 'numeric columns',
    got: listed(columns.map(described), 4),
    remedy: remedies.join(', or '),
  });
}

/** A name and its type, without the fields of a STRUCT. */
function described({ name, type, trouble }: Column): string {
  return `${name} (${trouble ? trouble.got : type.replace(/\(.*$/s, '')})`;
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
