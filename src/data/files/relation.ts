import { listed } from '../../base/errors.js';
import { distinctNames } from '../names.js';
import type { Database } from './duckdb.js';
import { asDouble, identifier } from './expressions.js';
import { refusing } from './refusal.js';
import type { Column, Table } from './table.js';
import { unitedColumns } from './unite.js';

/** A file, or several of one kind, as a query reads them. */
export interface Relation {
  readonly table: Pick<Table, 'name' | 'columns' | 'rows' | 'notes' | 'checkNumbers'>;
  /** What to read in a clause FROM; its columns are called as `field` says, else by name. */
  readonly scan: string;
}

/** Integers that BIGINT holds. */
const INTEGER = /^(U?(TINYINT|SMALLINT|INTEGER)|BIGINT)$/;

/**
 * Lets a query read several files as one table that is called `name`: a view that unites columns by name. A column
 * that can't be had of all files is an error when a query asks for it, and only then. What the view is told in notes
 * is returned.
 */
export async function publish(
  database: Database,
  name: string,
  relations: readonly Relation[],
): Promise<readonly string[]> {
  const filled = relations.filter(({ table }) => table.rows !== 0);
  const used = filled.length > 0 ? filled : relations.slice(0, 1);
  const tables = used.map(({ table }) => table);
  const { columns, places } = await unitedColumns(tables);
  const { names, notes } = distinctNames(
    columns.map((column) => column.name),
    true,
  );
  const targets = columns.map((column, at) => sqlColumn(column, tables, places[at]));
  const selects = used.map(({ table, scan }, index) => {
    const values = targets.map(({ column, type }, at) => {
      const own = table.columns[places[at][index]] as Column | undefined;
      const isAbsent = own?.isVoid === true && column.kind !== 'numeric';
      const value = !own || column.trouble ? refusal(name, column, targets) : isAbsent ? 'NULL' : converted(own, type);
      return `${value} AS ${identifier(names[at])}`;
    });
    return `SELECT ${values.join(', ')} FROM ${scan}`;
  });
  await database.rows(`CREATE VIEW ${identifier(name)} AS ${selects.join(' UNION ALL ')}`);
  return [...new Set([...tables.flatMap((table) => table.notes ?? []), ...notes.map((note) => `${name}: ${note}`)])];
}

interface Target {
  readonly column: Column;
  /** The type that all files' values get; undefined where they have one type anyway. */
  readonly type?: 'BIGINT' | 'DOUBLE';
}

/** A united column, and the type its values take in SQL. DuckDB's own joining would round decimals, and make text. */
function sqlColumn(column: Column, tables: readonly Relation['table'][], places: readonly number[]): Target {
  if (column.trouble) return { column };
  const parts = places.map((place, index) => ({ table: tables[index], column: tables[index].columns[place] }));
  const telling = parts.filter((part) => column.kind === 'numeric' || !part.column.isVoid);
  const types = telling.map((part) => part.column.type);
  const odd = types.findIndex((type) => type !== types[0]);
  if (odd < 0) return { column };
  if (column.kind === 'numeric')
    return { column, type: types.every((type) => INTEGER.test(type)) ? 'BIGINT' : 'DOUBLE' };
  const got = [0, odd].map((at) => `${types[at]} in ${telling[at].table.name}`).join(', ');
  return { column: { ...column, kind: 'other', trouble: { got } } };
}

function converted(column: Column, type: Target['type']): string {
  if (type === 'DOUBLE') return asDouble(column);
  const value = identifier(column.field ?? column.name);
  return type === undefined ? value : `CAST(${value} AS ${type})`;
}

/** An expression that has DuckDB fail with what is wrong with a column. */
function refusal(where: string, { name, trouble }: Column, targets: readonly Target[]): string {
  const sound = targets.filter(({ column }) => !column.trouble).map(({ column }) => column.name);
  const remedies = [trouble?.remedy, sound.length > 0 ? `select others: ${listed(sound, 50)}` : undefined];
  return refusing({
    where,
    expected: 'columns that can be read from every file',
    got: `${name} (${trouble?.got ?? 'absent'})`,
    remedy: remedies.filter((remedy) => remedy !== undefined).join(', or ') || 'match files of one kind',
  });
}
