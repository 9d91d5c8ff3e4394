import { stat } from 'node:fs/promises';
import { Database, literal, pathList } from './duckdb.js';
import { identifier } from './expressions.js';
import type { Relation } from './relation.js';
import { asking, scanned, type Scan } from './scan.js';
import type { AnyTable, Column } from './table.js';

/** Bytes that fewer records fit in than those types are found from. */
const SMALL = 60_000;

/**
 * JSON files, a table each: an array of objects, or one object after another; an absent key and null are missing. The
 * keys of all records are columns. Types are found from the first 20,480 records, those of later keys from all. Columns
 * that hold numbers are read as float64 throughout. A later value that is no number is an error that names its record.
 */
export async function openJson(paths: readonly string[]): Promise<AnyTable[]> {
  const database = await Database.open();
  const tables: AnyTable[] = [];
  for (const path of paths) tables.push(jsonTable(database, path, await inspect(database, path)));
  return tables;
}

/**
 * JSON files as a query reads them: as {@link openJson} does. DuckDB's own reading would round 2.5 to 3 in a column
 * whose sample holds integers only.
 */
export async function jsonRelations(database: Database, paths: readonly string[]): Promise<Relation[]> {
  const relations: Relation[] = [];
  for (const path of paths) {
    const inspected = await inspect(database, path);
    const isNumber = ({ kind, type }: Column) => kind === 'numeric' && type !== 'BOOLEAN';
    const columns = inspected.columns.map((column) => (isNumber(column) ? { ...column, type: 'DOUBLE' } : column));
    relations.push({ table: { ...jsonTable(database, path, inspected), columns }, scan: typedScan(path, columns) });
  }
  return relations;
}

interface Inspected {
  readonly columns: readonly Column[];
  readonly empty: boolean;
}

function jsonTable(database: Database, path: string, { columns, empty }: Inspected): AnyTable {
  const reading = { name: path, kind: 'file' } as const;
  const from: Scan['from'] = (chosen, coders) =>
    typedScan(
      path,
      chosen.map((column, at) => ({
        ...column,
        type: coders?.[at] ? 'VARCHAR' : column.type === 'BOOLEAN' ? 'BOOLEAN' : 'DOUBLE',
      })),
    );
  return {
    ...scanned({ database, reading, columns, ...(empty && { rows: 0 }), from }),
    async checkNumbers(index) {
      const column = columns[index];
      const sql = `SELECT count(${identifier(column.field ?? column.name)}) FROM ${from([column])}`;
      await asking({ ...reading, column: column.name }, () => database.rows(sql));
    },
  };
}

/** Finds the columns, and whether there are rows. */
async function inspect(database: Database, path: string): Promise<Inspected> {
  const options = `${pathList([path])}, hive_partitioning = false`;
  const { size } = await stat(path);
  return asking({ name: path, kind: 'file' }, async () => {
    const sampled = await database.columns(`read_json(${options})`);
    const whole = size < SMALL ? sampled : await database.columns(`read_json(${options}, sample_size = -1)`);
    const types = new Map(sampled.map((column) => [column.name, column]));
    const found = whole.map((column) => {
      const early = types.get(column.name);
      return early?.kind === 'numeric' ? early : column;
    });
    const empty = (await database.rows(`SELECT 1 FROM read_json(${options}) LIMIT 1`)).length === 0;
    const isText = ({ type }: Column) => type === 'VARCHAR' || type === 'JSON';
    const columns = found.map((column): Column => (isText(column) ? { ...column, kind: 'text' } : column));
    return { columns: await byKeys(database, path, columns), empty };
  });
}

/** DuckDB has no two columns whose names differ in case alone, and calls the later one X_1: here it keeps its key. */
async function byKeys(database: Database, path: string, columns: readonly Column[]): Promise<readonly Column[]> {
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  const base = (name: string): string => name.replace(/_\d+$/, '');
  if (!columns.some(({ name }) => base(name) !== name && names.has(base(name).toLowerCase()))) return columns;
  const found = await database.rows(
    `SELECT DISTINCT unnest(json_keys(json)) FROM read_json_objects(${pathList([path])})`,
  );
  const keys = new Set(found.map(([key]) => String(key)));
  return columns.map((column) =>
    keys.has(column.name) ? column : { ...column, name: base(column.name), field: column.name },
  );
}

/** The FROM clause that reads columns as their types say. */
function typedScan(path: string, columns: readonly Column[]): string {
  const list = pathList([path]);
  if (columns.every(({ field }) => field === undefined)) {
    const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`);
    return `read_json(${list}, hive_partitioning = false, columns = {${types.join(', ')}})`;
  }
  const values = columns.map(({ name, field = name, type }) => {
    const key = literal(`$."${name.replaceAll('"', '\\"')}"`);
    const value = /[([]/.test(type) ? `json -> ${key}` : `json ->> ${key}`;
    return `CAST(${value} AS ${type}) AS ${identifier(field)}`;
  });
  return `(SELECT ${values.join(', ')} FROM read_json_objects(${list}))`;
}
