import { sep } from 'node:path';
import type { Floats } from '../../sweep/model.js';
import { distinctNames } from '../names.js';
import { literal } from './duckdb.js';
import { identifier } from './expressions.js';
import type { Relation } from './relation.js';
import { piecesOf, type AnyTable, type Column, type ReadablePiece, type Table } from './table.js';

/** As those of `Table.blocks`. */
type Coders = Parameters<Table['blocks']>[2];

/** What Hive calls the folder of rows whose value is missing. */
const ABSENT = '__HIVE_DEFAULT_PARTITION__';

/** The `key=value` folders of a path. */
export function partitionsOf(path: string): readonly (readonly [key: string, value: string])[] {
  return path
    .split(sep === '\\' ? /[/\\]/ : '/')
    .slice(0, -1)
    .flatMap((folder) => {
      const [, key, value] = /^([^=]+)=(.*)$/.exec(folder) ?? [];
      return key === undefined ? [] : [[decoded(key), decoded(value)] as const];
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A column that the names of folders say, and its value in all rows of a file. */
interface Partition {
  readonly column: Column;
  readonly value: number | string;
}

/** The columns that a path adds to a file's own; a column of the file's own with that name comes first. */
function partitions({ columns }: Pick<Table, 'columns'>, path: string): readonly Partition[] {
  const own = new Set(columns.map((column) => column.name.toLowerCase()));
  const added = partitionsOf(path).filter(([key]) => !own.has(key.toLowerCase()));
  const { names } = distinctNames(added.map(([key]) => key));
  return added.map(([, text], index) => {
    const isVoid = text === ABSENT;
    const number = isVoid ? NaN : text.trim() === '' ? undefined : Number(text);
    const isNumber = isVoid || (number !== undefined && !Number.isNaN(number));
    const type = isNumber
      ? ({ type: 'DOUBLE', kind: 'numeric', isVoid } as const)
      : ({ type: 'VARCHAR', kind: 'other', isText: true } as const);
    const column = { name: names[index], ...type, field: `folder ${index}`, aside: 'from the names of folders' };
    return { column, value: isNumber ? Number(number) : text };
  });
}

/**
 * A table with a further column for each `key=value` folder of its path, as Hive, Spark and pyarrow lay data out.
 * Such a column is used only where it is named.
 */
export function withPartitions(table: AnyTable, path: string): AnyTable {
  const added = partitions(table, path);
  // Without a column of the file's own, the length of a block would not be known.
  const numeric = table.columns.findIndex((column) => column.kind === 'numeric');
  const counted = numeric < 0 ? table.columns.findIndex((column) => column.isText) : numeric;
  const counting = numeric < 0 ? [{ code: () => 0 }] : undefined;
  if (added.length === 0 || counted < 0) return table;
  const first = table.columns.length;
  return {
    ...table,
    columns: [...table.columns, ...added.map(({ column }) => column)],
    blocks: (chosen, signal, coders) =>
      joined(chosen, coders, (own, ownCoders) => table.blocks(own, signal, ownCoders)),
    async pieces() {
      const pieces = await piecesOf(table);
      return pieces.map((piece): ReadablePiece => ({
        ...piece,
        blocks: (chosen, range, signal, coders) =>
          joined(chosen, coders, (own, ownCoders) => piece.blocks(own, range, signal, ownCoders)),
      }));
    },
  };

  /** Blocks of the file's own columns with those of folders among them. */
  async function* joined(
    chosen: readonly number[],
    coders: Coders,
    read: (own: readonly number[], coders: Coders) => AsyncIterable<readonly Floats[]>,
  ): AsyncGenerator<readonly Floats[]> {
    const inFile = chosen.filter((index) => index < first);
    const own = coders?.filter((_, j) => chosen[j] < first);
    const values = added.map(({ value }, at) => {
      const coder = coders?.[chosen.indexOf(first + at)];
      return coder && typeof value === 'string' ? coder.code(value) : Number(value);
    });
    for await (const block of inFile.length > 0 ? read(inFile, own) : read([counted], counting)) {
      const rows = block[0].length;
      let next = 0;
      yield chosen.map((index) => (index < first ? block[next++] : new Float64Array(rows).fill(values[index - first])));
    }
  }
}

/** The same for a query. */
export function relationWithPartitions({ table, scan }: Relation): Relation {
  const added = partitions(table, table.name);
  if (added.length === 0) return { table, scan };
  const values = added.map(({ column, value }) => {
    const constant = Number.isNaN(value) ? 'NULL' : literal(String(value));
    return `CAST(${constant} AS ${column.type}) AS ${identifier(column.field ?? column.name)}`;
  });
  return {
    table: { ...table, columns: [...table.columns, ...added.map(({ column }) => column)] },
    scan: `(SELECT *, ${values.join(', ')} FROM ${scan})`,
  };
}
