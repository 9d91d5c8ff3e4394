import { InputError } from '../../errors.js';
import { Database, literal } from './duckdb.js';
import type { Reading } from './explain.js';
import { loadFiles } from './load.js';
import { expand, formatOf } from './paths.js';
import { asking, scanned } from './scan.js';
import type { Table } from './table.js';
import { viewText } from './text.js';

/** Plan steps that keep the order of rows on several threads. */
const ORDERLY = /^(PROJECTION|FILTER|UNION|(STREAMING_)?LIMIT|EMPTY_RESULT|READ_[A-Z_]+|[A-Z_]*SCAN)$/;

/**
 * What one SELECT (or FROM, WITH) statement in DuckDB's SQL yields. Files are named in quotes:
 * `SELECT delay, distance FROM 'flights.parquet' WHERE delay < 60`. Arrow and npy files named so are held in
 * memory while the source is; all other data stream.
 *
 * The query runs anew for every pass and yields the same rows in the same order each time, if the files stay
 * as they are: groups, joins, samples and sorts run on one thread, and random() has a fixed seed. Plain scans
 * and filters run on all threads.
 */
export async function openQuery(spec: string): Promise<Table> {
  const name = spec.trim().replace(/\s+/g, ' ');
  const reading: Reading = { name: name.length > 80 ? `${name.slice(0, 79)}…` : name, kind: 'query' };
  const sql = spec.replace(/[;\s]+$/, '');
  const database = await Database.open();
  for (const table of await namedTables(database, sql, reading)) await provide(database, table);
  const scan = `(${sql}\n)`;
  return asking(reading, async () => {
    const columns = await database.columns(scan);
    if (!(await isOrderly(database, sql))) await database.rows('SET threads = 1');
    return scanned({ database, reading, columns, from: () => scan });
  });
}

/** Makes a file that a query names available under that name, unless DuckDB reads it by itself. */
async function provide(database: Database, name: string): Promise<void> {
  const format = formatOf(name);
  if (format === undefined || format === 'parquet') return;
  const paths = await expand(name);
  if (format === 'arrow' || format === 'npy') await loadFiles(database, name, paths, format);
  else await viewText(database, name, paths, format);
}

/** The tables that a query names, files among them. Throws unless it is one statement that only reads. */
async function namedTables(database: Database, sql: string, reading: Reading): Promise<Set<string>> {
  const [[text]] = await database.rows(`SELECT json_serialize_sql(${literal(sql)})`);
  const parsed = JSON.parse(String(text)) as { error_message?: string; statements?: unknown[] };
  if (parsed.statements?.length === 1) return new Set(tablesIn(parsed.statements));
  throw new InputError('option', {
    where: reading.name,
    expected: 'one SELECT statement',
    got: parsed.error_message ?? `${parsed.statements?.length ?? 0} statements`,
    remedy: 'correct it: it is read as SQL because it begins with SELECT, FROM or WITH',
  });
}

/** Every `table_name` in a statement as DuckDB serializes it. */
function tablesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'table_name' in node && typeof node.table_name === 'string' ? [node.table_name] : [];
  return [...own, ...Object.values(node).flatMap(tablesIn)];
}

/** Whether DuckDB yields the same rows in the same order each time although it runs on several threads. */
async function isOrderly(database: Database, sql: string): Promise<boolean> {
  if (/random|uuid|sample/i.test(sql)) return false;
  const [[, plan]] = await database.rows(`EXPLAIN (FORMAT json) ${sql}`);
  const names = Array.from(String(plan).matchAll(/"name": "([^"]*)"/g), ([, name]) => name.trim());
  return names.every((name) => ORDERLY.test(name));
}
