import { InputError } from '../../base/errors.js';
import type { DivisibleSource, Division } from '../division.js';
import type { Source } from '../source.js';
import type { TextOptions } from '../text/options.js';
import { requireParquetAt } from './addresses.js';
import { openArrow } from './arrow.js';
import { batches } from './batches.js';
import { chooseColumns, oddColumns, type Choice, type OddColumn } from './columns.js';
import { openNpy } from './npy.js';
import { openParquet } from './parquet.js';
import { absoluteSpec, exists, expand, formatError, formatOf, isQuery } from './paths.js';
import { openQuery } from './query.js';
import { withPartitions } from './partitions.js';
import { emptyError, piecesOf, type AnyTable } from './table.js';
import { openText, requireTextOptions } from './text.js';
import { united } from './unite.js';

/** What to take of data, and how text in cells (.csv, .tsv, .txt) is to be read. */
export interface SourceOptions extends TextOptions {
  /** The features, in this order; without it all columns but the weight. All must be numeric, but see `text`. */
  readonly columns?: readonly string[];
  /**
   * Reads text as levels, for categorical families: a column of text is one of indices into the list of its texts, which
   * is `levels` of a batch. By default text is an error. A column of more than 1,000 texts is one too, unless it is named.
   */
  readonly text?: 'levels';
  /** Columns that are no features, whatever they hold, where `columns` names none. */
  readonly ignore?: readonly string[];
  /** Columns whose texts may be more than 1,000 where `columns` names none: they are levels, and no notes. */
  readonly named?: readonly string[];
  /** The column of sample weights; a feature too only if `columns` names it. */
  readonly weight?: string;
  /** Takes rows 0, m, 2m, …; 1 takes all. */
  readonly every?: number;
  /** Ends an opening that takes long, with the signal's reason. Passes have the signals of those who make them. */
  readonly signal?: AbortSignal;
}

/**
 * Opens rows that lie in files, for any number of passes over them. A `spec` is
 * - a path or glob that ends in .csv, .tsv, .txt (also with .gz or .zst), .json, .jsonl, .ndjson, .parquet, .arrow,
 *   .feather, .ipc or .npy,
 * - the address of a .parquet file that begins with s3://, http:// or https://, also a glob of s3://, where DuckDB's extension
 *   httpfs is installed, or
 * - an SQL query, which begins with SELECT, FROM or WITH, in DuckDB's dialect: `SELECT a FROM 'x.parquet'`.
 *
 * Rows come in batches of at most 65,536, in the files' own order, the same in every pass; missing values are
 * NaN, booleans 0 and 1. Globs and all formats but .arrow and .npy need the optional dependency
 * `@duckdb/node-api`. Throws `InputError`: `file`, `format`, `option` or `unsupported`.
 */
export async function openSource(spec: string, options: SourceOptions = {}): Promise<Source> {
  const every = options.every ?? 1;
  if (!Number.isSafeInteger(every) || every < 1) {
    throw new InputError('option', {
      where: 'every',
      expected: 'a whole number from 1 on',
      got: String(every),
      remedy: 'use 10 for every tenth row',
    });
  }
  if ((options.text as unknown) !== undefined && options.text !== 'levels') {
    throw new InputError('option', {
      where: 'text',
      expected: "'levels', or none",
      got: JSON.stringify(options.text) ?? 'a value of another kind',
      remedy: 'leave it out to read numbers only',
    });
  }
  const table = await openTable(spec, textOptionsOf(options), options.signal);
  if (table.rows === 0) throw emptyError(table.name);
  const choice = await chooseColumns(table, options);
  const notes = [...(table.notes ?? []), ...choice.notes];
  const divisible = every === 1 && !(await asksDuckDB(spec));
  return {
    name: table.name,
    columns: choice.features.map((index) => table.columns[index].name),
    ...(table.rows !== undefined && { rows: Math.ceil(table.rows / every) }),
    ...(notes.length > 0 && { notes }),
    batches: (signal, batching) => batches(table, choice, { ...batching, every, signal }),
    ...(divisible &&
      ({ divided: () => divisionOf(table, choice, { spec, options }) } satisfies Partial<DivisibleSource>)),
  };
}

/** The files of a table as parts that can be read alone. */
async function divisionOf(
  table: AnyTable,
  choice: Choice,
  { spec, options: { signal: _, ...options } }: { readonly spec: string; readonly options: SourceOptions },
): Promise<Division> {
  const pieces = await piecesOf(table);
  return {
    pieces: pieces.map(({ path, rows, cuts }) => ({
      path: absoluteSpec(path),
      ...(rows !== undefined && { rows }),
      ...(cuts && { cuts }),
    })),
    origin: { spec: absoluteSpec(spec), options: { ...options } },
    batches(ranges, signal, batching) {
      const blocks: AnyTable['blocks'] = async function* (chosen, own, coders) {
        for (const { piece, from, to } of ranges) {
          const range = from === undefined || to === undefined ? undefined : { from, to };
          yield* pieces[piece].blocks(chosen, range, own, coders);
        }
      };
      return batches({ ...table, blocks }, choice, { ...batching, signal });
    },
  };
}

/** Whether a specification is a query rather than the name of files. */
async function asksDuckDB(spec: string): Promise<boolean> {
  return isQuery(spec) && !(await exists(spec));
}

/** The columns of data that `openSource` can read neither as numbers nor as levels. Throws as it does. */
export async function oddColumnsOf(spec: string, options: SourceOptions = {}): Promise<OddColumn[]> {
  return oddColumns(await openTable(spec, textOptionsOf(options), options.signal));
}

async function openTable(spec: string, text: TextOptions, signal: AbortSignal | undefined): Promise<AnyTable> {
  if (spec.trim() === '') {
    const remedy = 'name the data to read';
    throw new InputError('option', { where: 'source', expected: 'a path, a glob or a query', got: 'none', remedy });
  }
  if (await asksDuckDB(spec)) {
    requireTextOptions(spec, 'query', text);
    return openQuery(spec, text, signal);
  }
  requireParquetAt(spec, formatOf(spec));
  requireTextOptions(spec, formatOf(spec), text);
  const paths = await expand(spec);
  const tables = await openFiles(spec, paths, text);
  return united(
    spec,
    tables.map((table) => withPartitions(table, table.name)),
  );
}

async function openFiles(spec: string, paths: readonly string[], text: TextOptions): Promise<readonly AnyTable[]> {
  const format = formatOf(spec);
  switch (format) {
    case 'csv':
    case 'tsv':
    case 'txt':
    case 'json':
      return openText(paths, format, text);
    case 'parquet':
      return openParquet(spec, paths);
    case 'arrow':
      return openEach(paths, openArrow);
    case 'npy':
      return openEach(paths, openNpy);
    case undefined:
      throw formatError(spec);
    default:
      return format satisfies never;
  }
}

/** The options that say how text is to be read, those given. */
function textOptionsOf({ header, decimal, thousands, na }: SourceOptions): TextOptions {
  return {
    ...(header !== undefined && { header }),
    ...(decimal !== undefined && { decimal }),
    ...(thousands !== undefined && { thousands }),
    ...(na !== undefined && { na }),
  };
}

/** One after another, for the limit on open files. */
async function openEach(paths: readonly string[], open: (path: string) => Promise<AnyTable>): Promise<AnyTable[]> {
  const tables: AnyTable[] = [];
  for (const path of paths) tables.push(await open(path));
  return tables;
}
