import { InputError } from '../base/errors.js';
import { counted } from '../report/numbers.js';
import { Draft, type Converter } from './draft.js';
import { Remainder } from './failure.js';
import { write } from './standard-output.js';

/** A cell; null is a value that is missing, and a column has numbers or texts. */
export type Cell = number | string | null;

/** Rows written at once: of the last ones, what a full disk does not take is lost. */
const SLICE = 1000;

/** Bytes of text that DuckDB reads at once when it makes Parquet of it: of its own accord it holds two buffers of 32 MB. */
const BUFFER = 2 ** 22;

/** Rows on their way out. */
export interface RowWriter {
  /** Writes rows of as many cells as there are columns. */
  write(rows: readonly (readonly Cell[])[]): Promise<void>;
  /** Makes what was written appear. */
  commit(): Promise<void>;
  /** Keeps the rows written until a failure, if there are any; answers the failure, which then says where they are. */
  failed(error: unknown): Promise<unknown>;
}

/** How rows look in a text format. */
interface RowFormat {
  readonly header: (columns: readonly string[]) => string;
  readonly text: (rows: readonly (readonly Cell[])[], columns: readonly string[]) => string;
}

const separated = (separator: string): RowFormat => ({
  header: (columns) => `${columns.map((name) => quoted(name, separator)).join(separator)}\n`,
  text: (rows) => cellsText(rows, separator),
});

/**
 * Lines of cells. JSON writes finite numbers as `String` does, many at once: a string of each would be kept a while by V8,
 * which remembers what numbers look like.
 */
function cellsText(rows: readonly (readonly Cell[])[], separator: string): string {
  if (rows.length === 0) return '';
  if (!rows.every((cells) => cells.every((cell) => cell === null || Number.isFinite(cell)))) {
    return rows.map((cells) => `${cells.map((cell) => cellText(cell, separator)).join(separator)}\n`).join('');
  }
  const text = JSON.stringify(rows).slice(2, -2).replaceAll('null', '');
  const lines = separator === ',' ? text : text.replaceAll(/(?<!\]),(?!\[)/g, separator);
  return `${lines.replaceAll('],[', '\n')}\n`;
}

/** Text in quotes where it must be, or where a reader would take it for a number, for a blank or for none. */
function cellText(cell: Cell, separator: string): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  return cell === cell.trim() ? quoted(cell, separator) : `"${cell.replaceAll('"', '""')}"`;
}

const jsonLines: RowFormat = {
  header: () => '',
  text: (rows, columns) =>
    rows.map((cells) => `${JSON.stringify(Object.fromEntries(columns.map((name, j) => [name, cells[j]])))}\n`).join(''),
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

/** A writer to a file in the format of its extension, or to standard output as CSV; `types` are DuckDB's, for Parquet. */
export function rowWriter(place: string | undefined, columns: readonly string[], types: readonly string[]): RowWriter {
  return place === undefined ? standardOutputWriter(columns) : fileWriter(place, columns, types);
}

/** Writes rows to a file; nothing is touched before the first row. */
function fileWriter(place: string, columns: readonly string[], types: readonly string[]): RowWriter {
  const extension = extensionOf(place);
  const format = formats[extension] ?? separated(',');
  let draft: Draft | undefined;
  let count = 0;
  const begun = async (): Promise<Draft> => {
    if (draft) return draft;
    draft = await Draft.open(place);
    await draft.write(format.header(columns));
    return draft;
  };
  const convert = extension === '.parquet' ? parquetConverter(columns, types) : undefined;
  return {
    async write(rows) {
      const draft = await begun();
      for (let from = 0; from < rows.length; from += SLICE) {
        const slice = rows.slice(from, from + SLICE);
        await draft.write(format.text(slice, columns));
        count += slice.length;
      }
    },
    commit: async () => (await begun()).commit(convert),
    async failed(error) {
      if (count === 0) await draft?.discard();
      const path = count === 0 ? undefined : await draft?.keep(convert);
      return path === undefined ? error : new Remainder(error, `the first ${counted(count, 'row')} are in ${path}`);
    },
  };
}

/** Writes rows to standard output as CSV. */
function standardOutputWriter(columns: readonly string[]): RowWriter {
  const format = separated(',');
  let header = format.header(columns);
  let count = 0;
  const flush = async (text: string): Promise<void> => {
    await write(header + text);
    header = '';
  };
  return {
    async write(rows) {
      await flush(format.text(rows, columns));
      count += rows.length;
    },
    commit: () => flush(''),
    failed: (error) =>
      Promise.resolve(count === 0 ? error : new Remainder(error, `${counted(count, 'row')} were written`)),
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
    const dialect = `auto_detect = false, header = true, delim = ',', buffer_size = ${BUFFER}`;
    const scan = `read_csv(${pathList([from])}, ${dialect}, columns = {${typed}})`;
    await database.rows('SET threads = 1'); // a second one held 120 MiB more
    await database.rows(`COPY (SELECT * FROM ${scan}) TO ${literal(to)} (FORMAT parquet)`);
  };
}

function quoted(name: string, separator: string): string {
  return /["\r\n]/.test(name) || name.includes(separator) ? `"${name.replaceAll('"', '""')}"` : name;
}

function extensionOf(path: string): string {
  return /\.[a-z]+$/i.exec(path)?.[0].toLowerCase() ?? '';
}
