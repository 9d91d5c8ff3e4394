import { once } from 'node:events';
import { InputError } from '../errors.js';
import { Draft, type Converter } from './draft.js';

/** A cell; null is a value that is missing. */
export type Cell = number | null;

/** Rows on their way out. */
export interface RowWriter {
  /** Writes rows of as many cells as there are columns. */
  write(rows: readonly (readonly Cell[])[]): Promise<void>;
  /** Makes what was written appear. */
  commit(): Promise<void>;
  /** Forgets what was written and not committed. */
  discard(): Promise<void>;
}

/** How rows look in a text format. */
interface RowFormat {
  readonly header: (columns: readonly string[]) => string;
  readonly row: (cells: readonly Cell[], columns: readonly string[]) => string;
}

const separated = (separator: string): RowFormat => ({
  header: (columns) => `${columns.map((name) => quoted(name, separator)).join(separator)}\n`,
  row: (cells) => `${cells.map((cell) => cell ?? '').join(separator)}\n`,
});

const jsonLines: RowFormat = {
  header: () => '',
  row: (cells, columns) => `${JSON.stringify(Object.fromEntries(columns.map((name, j) => [name, cells[j]])))}\n`,
};

const formats: Readonly<Partial<Record<string, RowFormat>>> = {
  '.csv': separated(','),
  '.tsv': separated('\t'),
  '.jsonl': jsonLines,
  '.ndjson': jsonLines,
  '.parquet': separated(','), // and then converted
};

/** Throws `InputError('option')` unless rows can be written to a file of this name. */
export function requireRowFormat(flag: string, path: string): void {
  if (formats[extensionOf(path)]) return;
  throw new InputError('option', {
    where: flag,
    expected: `a file that ends in ${Object.keys(formats).join(', ')}`,
    got: path,
    remedy: 'rename it',
  });
}

/**
 * Writes rows to a file in the format of its extension; nothing is touched before the first row. `types` are DuckDB's,
 * for Parquet.
 */
export function fileWriter(place: string, columns: readonly string[], types: readonly string[]): RowWriter {
  const extension = extensionOf(place);
  const format = formats[extension] ?? separated(',');
  let draft: Draft | undefined;
  const begun = async (): Promise<Draft> => {
    if (draft) return draft;
    draft = await Draft.open(place);
    await draft.write(format.header(columns));
    return draft;
  };
  const convert = extension === '.parquet' ? parquetConverter(columns, types) : undefined;
  return {
    write: async (rows) => (await begun()).write(rows.map((cells) => format.row(cells, columns)).join('')),
    commit: async () => (await begun()).commit(convert),
    discard: async () => draft?.discard(),
  };
}

/** Writes rows to standard output as CSV. */
export async function standardOutputWriter(columns: readonly string[]): Promise<RowWriter> {
  const format = separated(',');
  const print = async (text: string): Promise<void> => {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  };
  await print(format.header(columns));
  return {
    write: (rows) => print(rows.map((cells) => format.row(cells, columns)).join('')),
    commit: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}

/** A name that the columns do not have yet: `name`, `name_`, … */
export function unusedName(name: string, columns: readonly string[]): string {
  return columns.includes(name) ? unusedName(`${name}_`, columns) : name;
}

/** Makes a Parquet file of a CSV file. */
function parquetConverter(columns: readonly string[], types: readonly string[]): Converter {
  return async (from, to) => {
    const { Database, literal, pathList } = await import('../data/files/duckdb.js');
    const database = await Database.open();
    const typed = columns.map((name, j) => `${literal(name)}: ${literal(types[j])}`).join(', ');
    const dialect = "auto_detect = false, header = true, delim = ','";
    const scan = `read_csv(${pathList([from])}, ${dialect}, columns = {${typed}})`;
    await database.rows(`COPY (SELECT * FROM ${scan}) TO ${literal(to)} (FORMAT parquet)`);
  };
}

function quoted(name: string, separator: string): string {
  return /["\r\n]/.test(name) || name.includes(separator) ? `"${name.replaceAll('"', '""')}"` : name;
}

function extensionOf(path: string): string {
  return /\.[a-z]+$/i.exec(path)?.[0].toLowerCase() ?? '';
}
