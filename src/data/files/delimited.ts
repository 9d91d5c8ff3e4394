import { dialectOf, openDelimited, type TextInput } from '../text/open.js';
import type { Dialect, TextColumn } from '../text/dialect.js';
import { TYPES } from '../text/kinds.js';
import type { TextFormat, TextOptions } from '../text/options.js';
import { fileBytes } from './bytes.js';
import { type Database, literal, pathList } from './duckdb.js';
import { identifier } from './expressions.js';
import { loadText } from './load.js';
import { refusing } from './refusal.js';
import type { Relation } from './relation.js';
import { survey, type Survey } from './survey.js';
import type { Column, Table } from './table.js';

/** A file of text in cells as a table; see `openDelimited`. */
export function openDelimitedFile(path: string, format: TextFormat, options: TextOptions): Promise<Table> {
  return openDelimited(inputOf(path, format), options);
}

function inputOf(path: string, format: TextFormat): TextInput {
  return { name: path, format, bytes: () => fileBytes(path) };
}

/**
 * A file of text in cells as a query reads it: by the same rules. It is read to its end first. Then DuckDB reads it
 * anew, told how, where it finds as many rows and values. Else, as where line ends are mixed, the cells are copied into
 * its memory.
 */
export async function delimitedRelation(
  database: Database,
  path: string,
  format: TextFormat,
  options: TextOptions,
): Promise<Relation> {
  const input = inputOf(path, format);
  const found = await dialectOf(input, options);
  const surveyed = await survey(input, found);
  const dialect = {
    ...found,
    columns: found.columns.map((column, index) => settled(column, surveyed.faults.get(index))),
  };
  const table = {
    name: path,
    columns: dialect.columns.map((column, index) => sqlColumn(column, index, surveyed)),
    rows: surveyed.rows,
    notes: dialect.notes,
  };
  const scan = csvScan(path, dialect);
  if (surveyed.plain && (await agrees(database, scan, dialect, surveyed))) {
    return { table, scan: select(scan, dialect, (column, index) => cell(column, index, dialect, surveyed)) };
  }
  const copy = `${path} cells`;
  await loadText(database, copy, input, dialect);
  return {
    table,
    scan: select(identifier(copy), dialect, (column, index) => copied(column, index, dialect, surveyed)),
  };
}

/** A column without values in the sample is one of numbers if all that come later are, else one of text. */
function settled(column: TextColumn, fault: unknown): TextColumn {
  return column.kind === 'empty' ? { ...column, kind: fault === undefined ? 'number' : 'text' } : column;
}

function sqlColumn({ name, kind, aside }: TextColumn, index: number, { present }: Survey): Column {
  const isNumber = kind === 'number' || kind === 'boolean';
  return {
    name,
    type: TYPES[kind],
    kind: isNumber ? 'numeric' : kind === 'text' ? 'other' : 'temporal',
    field: `c${index}`,
    ...(kind === 'boolean' && { isTruth: true }),
    ...(present.get(index) === 0 && { isVoid: true }),
    ...(aside !== undefined && { aside }),
  };
}

/** Reads all cells as text, by nothing that DuckDB would find out itself. */
function csvScan(path: string, { delimiter, columns, skip = 0 }: Dialect): string {
  const compression = /\.gz$/i.test(path) ? 'gzip' : /\.zst$/i.test(path) ? 'zstd' : 'none';
  const cells = columns.map((_, index) => `c${index}: 'VARCHAR'`).join(', ');
  const quotes = `quote = '"', escape = '"', strict_mode = true, null_padding = false, hive_partitioning = false`;
  const dialect = `auto_detect = false, header = false, skip = ${skip}, delim = ${literal(delimiter)}, ${quotes}`;
  return `read_csv(${pathList([path])}, ${dialect}, compression = '${compression}', columns = {${cells}})`;
}

function select(from: string, { columns }: Dialect, valueOf: (column: TextColumn, index: number) => string): string {
  return `(SELECT ${columns.map((column, index) => `${valueOf(column, index)} AS c${index}`).join(', ')} FROM ${from})`;
}

/** Whether DuckDB finds as many rows, and values in each column of numbers and booleans, as there are. */
async function agrees(database: Database, scan: string, dialect: Dialect, { rows, present }: Survey): Promise<boolean> {
  const counts = Array.from(present.keys(), (index) => `count(${value(dialect.columns[index], index, dialect)})`);
  const expected = [rows, ...present.values()];
  try {
    const [found] = await database.rows(`SELECT ${['count(*)', ...counts].join(', ')} FROM ${scan}`);
    return expected.every((count, index) => Number(found[index]) === count);
  } catch {
    return false; // whatever it is that DuckDB can't read
  }
}

/** A cell as what its column holds, NULL where it is missing or something else. */
function value(column: TextColumn, index: number, { spelling: { decimal, thousands }, missing }: Dialect): string {
  const type = TYPES[column.kind];
  const field = `c${index}`;
  if (type === 'VARCHAR')
    return missing.own.size === 0 ? field : `CASE WHEN ${isOneOf(field, missing.own)} THEN NULL ELSE ${field} END`;
  if (type !== 'DOUBLE') return `TRY_CAST(trim(${field}) AS ${type})`;
  const ungrouped = thousands === undefined ? field : `replace(${field}, ${literal(thousands)}, '')`;
  const spelled = decimal === ',' ? `replace(${ungrouped}, ',', '.')` : ungrouped;
  const lacking = ['nan', ...missing.numbers].map((number) => `'${number}'::DOUBLE`);
  return lacking.reduce((inner, none) => `nullif(${inner}, ${none})`, `TRY_CAST(${spelled} AS DOUBLE)`);
}

/** As {@link value}, but a query fails at a cell that is neither. */
function cell(column: TextColumn, index: number, dialect: Dialect, { faults }: Survey): string {
  const complaint = faults.get(index);
  const isTime = ['date', 'timestamp', 'time'].includes(column.kind);
  const plain = value(column, index, dialect);
  if (column.kind === 'text' || (!complaint && !isTime)) return plain;
  const type = TYPES[column.kind];
  const failure = complaint ? `CAST(${refusing(complaint)} AS ${type})` : `CAST(trim(c${index}) AS ${type})`;
  const lacks = `c${index} IS NULL OR ${isOneOf(`c${index}`, dialect.missing.spelled)}`;
  return `CASE WHEN ${lacks} THEN NULL ELSE coalesce(${plain}, ${failure}) END`;
}

function isOneOf(field: string, spelled: ReadonlySet<string>): string {
  return `lower(trim(${field})) IN (${Array.from(spelled, literal).join(', ')})`;
}

/** As {@link cell}, of cells copied into memory. */
function copied(column: TextColumn, index: number, dialect: Dialect, surveyed: Survey): string {
  const complaint = surveyed.faults.get(index);
  if (complaint && column.kind !== 'text') return `CAST(${refusing(complaint)} AS ${TYPES[column.kind]})`;
  if (column.kind === 'number') return `c${index}`;
  return column.kind === 'boolean' ? `CAST(c${index} AS BOOLEAN)` : cell(column, index, dialect, surveyed);
}
