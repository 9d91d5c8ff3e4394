import type { TextOptions } from '../text/options.js';
import { requireParquetAt } from './addresses.js';
import { Database } from './duckdb.js';
import type { Reading } from './explain.js';
import { loadHttpfs } from './httpfs.js';
import { expand, formatOf, refusePipe } from './paths.js';
import { checkParquet, provide } from './provide.js';
import { asking, scanned } from './scan.js';
import { parseStatement } from './statement.js';
import type { AnyTable } from './table.js';

/** Plan steps that keep the order of rows on several threads. */
const ORDERLY = /^(PROJECTION|FILTER|UNION|(STREAMING_)?LIMIT|EMPTY_RESULT|READ_[A-Z_]+|[A-Z_]*SCAN)$/;

/**
 * What one SELECT (or FROM, WITH) statement in DuckDB's SQL yields. Files are named in quotes: `SELECT delay, distance
 * FROM 'flights.parquet' WHERE delay < 60`. Arrow and npy files named so are held in memory while the source is. So is
 * text that DuckDB can't be told how to read; all other data stream. `text` says how text in cells is to be read.
 *
 * The query runs anew for every pass, and yields the same rows in the same order each time, if the files stay as they
 * are. For that, groups, joins, samples and sorts run on one thread, and random() has a fixed seed. Plain scans and
 * filters run on all threads.
 */
export async function openQuery(spec: string, text: TextOptions = {}, signal?: AbortSignal): Promise<AnyTable> {
  const reading = readingOf(spec);
  const sql = bare(spec);
  const database = await Database.open(signal);
  const statement = await parseStatement(database, sql, reading);
  for (const table of statement.tables) requireParquetAt(table, formatOf(table));
  const files = [...statement.tables, ...statement.paths];
  await loadHttpfs(database, files);
  for (const path of files) await refusePipe(path);
  const notes = statement.readers.map(readerNote);
  for (const path of statement.parquet) notes.push(...(await checkParquet(database, path)));
  const aside = new Map<string, string>();
  for (const table of statement.tables) {
    const provided = await provide(database, table, text);
    notes.push(...provided.notes);
    for (const [column, what] of provided.aside) aside.set(column.toLowerCase(), what);
  }
  for (const named of statement.columns) aside.delete(named);
  const scan = `(${sql}\n)`;
  return asking(reading, async () => {
    const columns = (await database.columns(scan)).map((column) => {
      const what = aside.get(column.name.toLowerCase());
      return what === undefined ? column : { ...column, aside: what };
    });
    if (!(await isOrderly(database, sql))) await database.rows('SET threads = 1');
    await database.lock();
    return scanned({ database, reading, columns, from: () => scan, ...(notes.length > 0 && { notes }) });
  });
}

/** The files that a query names, as far as they exist. Throws where {@link openQuery} would refuse the query. */
export async function queryFiles(spec: string): Promise<readonly string[]> {
  const { tables, paths } = await parseStatement(await Database.open(), bare(spec), readingOf(spec));
  const found = await Promise.all([...tables, ...paths].map((path) => expand(path).catch(() => [])));
  return found.flat();
}

function readingOf(spec: string): Reading {
  const name = spec.trim().replace(/\s+/g, ' ');
  return { name: name.length > 80 ? `${name.slice(0, 79)}…` : name, kind: 'query' };
}

/** A statement without the semicolons behind it. */
function bare(spec: string): string {
  return spec.replace(/[;\s]+$/, '');
}

/** DuckDB's readers of text decide types by a sample, and round what comes later to fit. */
function readerNote(name: string): string {
  return `${name} reads by DuckDB's own rules, which may round or skip what the first rows do not show; FROM 'file' reads by otmix's`;
}

/** Whether DuckDB yields the same rows in the same order each time although it runs on several threads. */
async function isOrderly(database: Database, sql: string): Promise<boolean> {
  if (/random|uuid|sample/i.test(sql)) return false;
  const [[, plan]] = await database.rows(`EXPLAIN (FORMAT json) ${sql}`);
  const names = Array.from(String(plan).matchAll(/"name": "([^"]*)"/g), ([, name]) => name.trim());
  return names.every((name) => ORDERLY.test(name));
}
