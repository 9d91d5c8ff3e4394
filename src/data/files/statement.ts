import { InputError } from '../../base/errors.js';
import { type Database, literal } from './duckdb.js';
import type { Reading } from './explain.js';
import { refuseAddress } from './addresses.js';

/** A query as DuckDB parses it. */
export interface Statement {
  /** The tables that it names, files among them. */
  readonly tables: ReadonlySet<string>;
  /** The paths and globs that it hands to functions which read files. */
  readonly paths: readonly string[];
  /** DuckDB's readers of text that it calls, each once. */
  readonly readers: readonly string[];
  /** Those of `paths` that it hands to DuckDB's reader of Parquet. */
  readonly parquet: readonly string[];
  /** The columns that it names, in lower case. */
  readonly columns: ReadonlySet<string>;
}

/** Table functions that read files, by the paths or globs in their first argument. */
const FILE_READERS = new Set(
  (
    'glob parquet_bloom_probe parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_metadata ' +
    'parquet_scan parquet_schema read_blob read_csv read_csv_auto read_json read_json_auto read_json_objects ' +
    'read_json_objects_auto read_ndjson read_ndjson_auto read_ndjson_objects read_parquet read_text sniff_csv'
  ).split(' '),
);

/** Table functions that make rows of their arguments. */
const ROW_MAKERS = new Set(
  'generate_series histogram histogram_values json_each json_tree range repeat repeat_row unnest'.split(' '),
);

/** Functions that answer otherwise each time, and do nothing else. */
const CHANGING = new Set('error gen_random_uuid random uuid uuidv4 uuidv7'.split(' '));

/** A node of a statement, as `json_serialize_sql` writes it. */
type Node = Readonly<Record<string, unknown>>;

/**
 * Parses a query, and throws `InputError('option')` unless it is one SELECT statement that only reads. Allowed are
 * tables, files, and functions of {@link FILE_READERS} and {@link ROW_MAKERS}. So are functions that by
 * DuckDB's own catalog depend on their arguments alone. Nothing of the query is run or bound for that.
 */
export async function parseStatement(database: Database, sql: string, reading: Reading): Promise<Statement> {
  const nodes = await nodesOf(database, sql, reading);
  const functions = functionsIn(nodes);
  for (const name of functions) await requireReading(database, name, reading);
  const tables = new Set(nodes.flatMap(({ type, table_name: name }) => (type === 'BASE_TABLE' ? [String(name)] : [])));
  const paths = nodes.flatMap(pathsIn);
  for (const path of [...tables, ...paths]) {
    refuseAddress(path);
    if (/\.(duckdb|db|sqlite3?)$/i.test(path)) throw databaseFile(path);
  }
  const readers = Array.from(functions).filter((name) => /^read_(csv|json|ndjson)/.test(name));
  const names = nodes.flatMap(({ column_names: path }) => (Array.isArray(path) ? path.map(String) : []));
  const parquet = nodes.filter(({ function_name: name }) => /^(read_parquet|parquet_scan)$/i.test(String(name)));
  return {
    tables,
    paths,
    readers,
    parquet: parquet.flatMap(pathsIn),
    columns: new Set(names.map((name) => name.toLowerCase())),
  };
}

/** Every node of the only statement in a text. */
async function nodesOf(database: Database, sql: string, reading: Reading): Promise<Node[]> {
  const [[text]] = await database.rows(`SELECT json_serialize_sql(${literal(sql)})`);
  const parsed = JSON.parse(String(text)) as { error_message?: string; statements?: unknown[] };
  if (parsed.statements?.length === 1) return nodesIn(parsed.statements[0]);
  throw new InputError('option', {
    where: reading.name,
    expected: 'one SELECT statement',
    got: parsed.error_message ?? `${parsed.statements?.length ?? 0} statements`,
    remedy: 'correct it: it is read as SQL because it begins with SELECT, FROM or WITH',
  });
}

/** The node and all below it; with a stack of its own, because a query may be nested deeper than calls can be. */
function nodesIn(root: unknown): Node[] {
  const nodes: Node[] = [];
  const waiting = [root];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) nodes.push(next as Node);
    for (const value of Object.values(next)) waiting.push(value);
  }
  return nodes;
}

function functionsIn(nodes: readonly Node[]): Set<string> {
  return new Set(
    nodes.flatMap(({ function_name: name }) => (typeof name === 'string' && name !== '' ? [name.toLowerCase()] : [])),
  );
}

/** Throws unless a function only computes or reads. One that DuckDB does not have is left for DuckDB to say. */
async function requireReading(database: Database, name: string, reading: Reading): Promise<void> {
  if (FILE_READERS.has(name) || ROW_MAKERS.has(name) || CHANGING.has(name)) return;
  const known = await database.rows(
    'SELECT DISTINCT function_type, stability, macro_definition FROM duckdb_functions() ' +
      `WHERE function_name = ${literal(name)}`,
  );
  for (const [type, stability, definition] of known) {
    if (type === 'macro') {
      const parts = functionsIn(await nodesOf(database, `SELECT ${String(definition)}`, reading));
      for (const part of parts) if (part !== name) await requireReading(database, part, reading);
    } else if ((type !== 'scalar' && type !== 'aggregate') || !String(stability).startsWith('CONSISTENT')) {
      throw new InputError('option', {
        where: reading.name,
        expected: 'functions that only compute, or read files and rows',
        got: name,
        remedy: `leave it out; functions that read are ${[...FILE_READERS, ...ROW_MAKERS].sort().join(', ')}`,
      });
    }
  }
}

/** The text constants in the arguments of a function that reads files. */
function pathsIn({ class: kind, function_name: name, children }: Node): string[] {
  if (kind !== 'FUNCTION' || !FILE_READERS.has(String(name).toLowerCase()) || !Array.isArray(children)) return [];
  return nodesIn(children[0]).flatMap(({ class: inner, value }) => {
    const constant = inner === 'CONSTANT' ? (value as Node).value : undefined;
    return typeof constant === 'string' ? [constant] : [];
  });
}

function databaseFile(path: string): InputError {
  return new InputError('unsupported', {
    where: path,
    expected: 'a CSV, TSV, JSON, Parquet, Arrow or npy file in a query',
    got: 'a database file, which DuckDB would open for writing',
    remedy: "write what is needed of it to a Parquet file first, with DuckDB's COPY",
  });
}
