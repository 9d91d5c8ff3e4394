import { InputError } from '../base/errors.js';
import { counted } from '../report/numbers.js';
import { Draft, type Converter } from './draft.js';
import { Remainder } from './failure.js';
import { write } from './standard-output.js';

/** A cell; null is a value that is missing. */
export type Cell = number | null;

/** Rows written at once: of the last ones, what a full disk does not take is lost. */
const SLICE = 1000;

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
        await draft.write(slice.map((cells) => format.row(cells, columns)).join(''));
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
      await flush(rows.map((cells) => format.row(cells, columns)).join(''));
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
