import { InputError } from '../../base/errors.js';
import { literal, type Database } from './duckdb.js';
import { identifier } from './expressions.js';
import type { TextOptions } from '../text/options.js';
import { loadFile } from './load.js';
import { parquetRuns } from './parquet.js';
import { partitionsOf, relationWithPartitions } from './partitions.js';
import { expand, formatOf } from './paths.js';
import { publish, type Relation } from './relation.js';
import type { Column } from './table.js';
import { textRelations } from './text.js';

/** What was made available to a query. */
export interface Provided {
  readonly notes: readonly string[];
  /** Columns that are used only where they are named, and what they are. */
  readonly aside: ReadonlyMap<string, string>;
}

/**
 * Makes the files that a query names available under that name, as they are read by themselves. What DuckDB reads so of
 * its own accord is left to it. Arrow and npy files are copied into memory.
 */
export async function provide(database: Database, name: string, text: TextOptions): Promise<Provided> {
  const format = formatOf(name);
  if (format === undefined) return { notes: [], aside: new Map() };
  const paths = await expand(name);
  if (format === 'parquet') return provideParquet(database, name, paths);
  const relations =
    format === 'arrow' || format === 'npy'
      ? await loadAll(database, name, paths, format)
      : await textRelations(database, paths, format, text);
  return published(database, name, relations);
}

async function loadAll(
  database: Database,
  name: string,
  paths: readonly string[],
  format: 'arrow' | 'npy',
): Promise<Relation[]> {
  const relations: Relation[] = [];
  for (const [index, path] of paths.entries()) {
    relations.push(await loadFile(database, `${name} ${index}`, path, format));
  }
  return relations;
}

/** DuckDB takes types from the first file, and positions too, and reads decimals of many digits wrongly. */
async function provideParquet(database: Database, name: string, paths: readonly string[]): Promise<Provided> {
  const runs = await parquetRuns(database, name, paths);
  const [{ columns }] = runs;
  const isPlain =
    runs.length === 1 &&
    partitionsOf(paths[0]).length === 0 &&
    columns.every((column) => !column.trouble && column.field?.toLowerCase() === column.name.toLowerCase());
  if (isPlain) return { notes: [], aside: asideOf(columns) };
  const relations = runs.map(({ paths: [path], columns, notes, rows, scan }) => ({
    table: { name: path, columns, notes, rows },
    scan,
  }));
  return published(database, name, relations);
}

/**
 * Looks at Parquet files that a query hands to DuckDB's own reader. Throws for columns that it would misread, and
 * returns a note where it would take types from the first file.
 */
export async function checkParquet(database: Database, pattern: string): Promise<readonly string[]> {
  const runs = await parquetRuns(database, pattern, await expand(pattern));
  const columns = runs.flatMap((run) => run.columns);
  const bad = columns.find((column) => column.trouble);
  if (bad) {
    const sound = new Set(columns.filter(({ trouble }) => !trouble).map(({ name }) => identifier(name)));
    throw new InputError('format', {
      where: pattern,
      expected: 'columns that read_parquet reads right',
      got: `${bad.name} (${bad.trouble?.got})`,
      remedy:
        sound.size > 0
          ? `read the others with SELECT ${[...sound].join(', ')} FROM ${literal(pattern)}`
          : (bad.trouble?.remedy ?? 'leave it out'),
    });
  }
  const types = new Set(runs.map((run) => JSON.stringify(run.columns.map(({ name, type }) => [name, type]))));
  if (types.size === 1) return [];
  return [
    `read_parquet takes names and types from the first file of ${pattern}, and rounds to fit; FROM ${literal(pattern)} unites them`,
  ];
}

async function published(database: Database, name: string, relations: readonly Relation[]): Promise<Provided> {
  const whole = relations.map(relationWithPartitions);
  const notes = await publish(database, name, whole);
  return { notes, aside: asideOf(whole.flatMap(({ table }) => table.columns)) };
}

function asideOf(columns: readonly Column[]): Map<string, string> {
  return new Map(columns.flatMap(({ name, aside }) => (aside === undefined ? [] : [[name, aside] as const])));
}
