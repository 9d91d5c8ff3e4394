import { sep } from 'node:path';
import { distinctNames } from '../names.js';
import type { Column, Table } from './table.js';

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

/**
 * A table with a further column for each `key=value` folder of its path, as Hive, Spark and pyarrow lay data out.
 * Such a column is used only where it is named. A column of the file's own with that name comes first.
 */
export function withPartitions(table: Table, path: string): Table {
  const own = new Set(table.columns.map((column) => column.name.toLowerCase()));
  const added = partitionsOf(path).filter(([key]) => !own.has(key.toLowerCase()));
  if (added.length === 0) return table;
  const { names } = distinctNames(added.map(([key]) => key));
  const values = added.map(([, value]) => numberIn(value));
  const counted = table.columns.findIndex((column) => column.kind === 'numeric');
  const isNumber = (index: number): boolean => counted >= 0 && values[index] !== undefined;
  const columns = names.map((name, index): Column => ({
    name,
    type: isNumber(index) ? 'DOUBLE' : 'VARCHAR',
    kind: isNumber(index) ? 'numeric' : 'other',
    aside: 'from the names of folders',
  }));
  const first = table.columns.length;
  return {
    ...table,
    columns: [...table.columns, ...columns],
    async *blocks(chosen, signal) {
      const inFile = chosen.filter((index) => index < first);
      // Without a column of the file's own, the length of a block would not be known.
      for await (const block of table.blocks(inFile.length > 0 ? inFile : [counted], signal)) {
        const rows = block[0].length;
        let next = 0;
        yield chosen.map((index) =>
          index < first ? block[next++] : new Float64Array(rows).fill(values[index - first] ?? NaN),
        );
      }
    },
  };
}

/** What a folder's value is as a number, NaN where it is missing; undefined where it is text. */
function numberIn(value: string): number | undefined {
  if (value === ABSENT) return NaN;
  const number = Number(value);
  return value.trim() === '' || Number.isNaN(number) ? undefined : number;
}
