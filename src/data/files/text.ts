import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../errors.js';
import { Database, identifier, literal, pathList } from './duckdb.js';
import { asking, scanned } from './scan.js';
import { jsonRelations, openJson } from './json.js';
import type { Relation } from './relation.js';
import type { Column, Table } from './table.js';

export type TextFormat = 'csv' | 'tsv' | 'json';

/** Cells of a CSV file that count as missing, beside empty ones. */
const MISSING = ['', 'NA', 'N/A', 'NULL', 'null'];

/** Separators DuckDB tries. */
const SEPARATORS = [',', '\t', ';', '|'];

/** The FROM clause that reads some columns as given SQL types, the others as DuckDB thinks fit or not at all. */
type TypedScan = (types: ReadonlyMap<string, string>) => string;

/**
 * CSV, TSV or JSON files, a table each. Types are found from the first 20,480 rows; columns that hold numbers
 * there are read as float64 throughout, and a later cell that is no number is an error that names its line.
 *
 * CSV: separator, quotes and header are found; without a header columns are called column0, column1, …. No line
 * is skipped but blank ones and # comments: one with too many or too few cells is an error that names it. Empty
 * cells and NA, N/A, NULL are missing.
 */
export async function openText(paths: readonly string[], format: TextFormat): Promise<Table[]> {
  if (format === 'json') return openJson(paths);
  const database = await Database.open();
  const tables: Table[] = [];
  for (const path of paths) tables.push(textTable(database, path, await inspect(database, path, format)));
  return tables;
}

/**
 * Text files as a query reads them: as {@link openText} does. DuckDB's own reading would round 2.5 to 3 in a column
 * whose sample holds integers only.
 */
export async function textRelations(
  database: Database,
  paths: readonly string[],
  format: TextFormat,
): Promise<Relation[]> {
  if (format === 'json') return jsonRelations(database, paths);
  const relations: Relation[] = [];
  for (const path of paths) {
    const inspected = await inspect(database, path, format);
    const isNumber = ({ kind, type }: Column) => kind === 'numeric' && type !== 'BOOLEAN';
    const needed = inspected.columns.filter(isNumber);
    const typed = inspected.columns.map((column) => (isNumber(column) ? { ...column, type: 'DOUBLE' } : column));
    const types = new Map(needed.map((column) => [column.name, isNumber(column) ? 'DOUBLE' : column.type]));
    const table = { ...textTable(database, path, inspected), columns: typed };
    relations.push({ table, scan: inspected.scan(types) });
  }
  return relations;
}

interface Inspected {
  readonly columns: readonly Column[];
  readonly scan: TypedScan;
  readonly empty: boolean;
}

function textTable(database: Database, path: string, { columns, scan, empty }: Inspected): Table {
  const reading = { name: path, kind: 'file' } as const;
  const from = (chosen: readonly Column[]) =>
    scan(new Map(chosen.map((column) => [column.name, column.type === 'BOOLEAN' ? 'BOOLEAN' : 'DOUBLE'])));
  return {
    ...scanned({ database, reading, columns, ...(empty && { rows: 0 }), from }),
    async checkNumbers(index) {
      const column = columns[index];
      const sql = `SELECT count(${identifier(column.name)}) FROM ${from([column])}`;
      await asking({ ...reading, column: column.name }, () => database.rows(sql));
    },
  };
}

/** Finds the columns, and whether there are rows. */
async function inspect(database: Database, path: string, format: 'csv' | 'tsv'): Promise<Inspected> {
  if (/\.gz$/i.test(path)) await checkGzip(path);
  const scan = csvScan(path, format);
  const untyped = scan(new Map());
  return asking({ name: path, kind: 'file' }, async () => {
    const columns = await database.columns(untyped);
    if (columns.length === 1 && columns[0].kind !== 'numeric') {
      await checkWidths(database, path, columns[0].name);
    }
    const empty = (await database.rows(`SELECT 1 FROM ${untyped} LIMIT 1`)).length === 0;
    const isText = ({ type }: Column) => type === 'VARCHAR' || type === 'JSON';
    return { columns: columns.map((column) => (isText(column) ? { ...column, kind: 'text' } : column)), scan, empty };
  });
}

function csvScan(path: string, format: 'csv' | 'tsv'): TypedScan {
  const options = [
    pathList([path]),
    'skip = 0',
    'hive_partitioning = false',
    `nullstr = [${MISSING.map(literal).join(', ')}]`,
  ];
  if (format === 'tsv') options.push(`delim = ${literal('\t')}`);
  if (/\.gz$/i.test(path)) options.push(`compression = 'gzip'`);
  return (types) => `read_csv(${options.join(', ')}${types.size > 0 ? `, types = ${map(types)}` : ''})`;
}

function map(types: ReadonlyMap<string, string>): string {
  return `{${Array.from(types, ([name, type]) => `${literal(name)}: ${literal(type)}`).join(', ')}}`;
}

/**
 * Lines of unequal length make DuckDB take each line for one cell: if the only column's name looks like
 * several, reads the file with that separator, which throws an error that names the first odd line.
 */
async function checkWidths(database: Database, path: string, header: string): Promise<void> {
  const bare = header.replace(/"(?:[^"]|"")*"/g, '');
  const separator = SEPARATORS.find((candidate) => bare.includes(candidate));
  if (separator === undefined) return;
  const types = map(new Map(bare.split(separator).map((_, index) => [`column${index}`, 'VARCHAR'])));
  const dialect = `auto_detect = false, header = true, delim = ${literal(separator)}, quote = '"', escape = '"'`;
  const compression = /\.gz$/i.test(path) ? `, compression = 'gzip'` : '';
  await database.rows(
    `SELECT count(*) FROM read_csv(${pathList([path])}, ${dialect}${compression}, columns = ${types})`,
  );
}

/** Reads a gzip file to its end: DuckDB takes a truncated one for a shorter one. */
async function checkGzip(path: string): Promise<void> {
  try {
    await pipeline(createReadStream(path), createGunzip(), async (chunks) => {
      for await (const _ of chunks);
    });
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const complaint = { where: path, expected: 'a complete gzip file', got, remedy: 'compress or download it again' };
    throw new InputError('format', complaint, { cause });
  }
}
