import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type * as DuckDB from '@duckdb/node-api';
import { vectorAt } from '../arrow.js';
import type { Dialect } from '../text/dialect.js';
import { blocks, type TextInput } from '../text/open.js';
import type { Records } from '../text/records.js';
import { RowReader } from '../text/rows.js';
import { openArrow, recordBatches } from './arrow.js';
import type { Database } from './duckdb.js';
import { identifier } from './expressions.js';
import { openNpy } from './npy.js';
import type { Relation } from './relation.js';
import { sqlValues } from './sql-values.js';
import { numericColumns } from './survey.js';
import type { Table } from './table.js';

/** Rows that a chunk of DuckDB's holds. */
const CHUNK = 2048;

/** Some rows on their way into DuckDB. */
interface Cells {
  readonly rows: number;
  readonly columns: readonly ((row: number) => DuckDBValue)[];
}

interface Contents {
  readonly table: Table;
  readonly types: readonly DuckDBType[];
  readonly cells: () => AsyncIterable<Cells>;
}

/** Copies an Arrow or npy file into a table of DuckDB's that is called `name`. */
export async function loadFile(
  database: Database,
  name: string,
  path: string,
  format: 'arrow' | 'npy',
): Promise<Relation> {
  return database.connected(async (connection, duckdb) => {
    const { table, types, cells } = await (format === 'npy' ? npyContents(duckdb, path) : arrowContents(duckdb, path));
    const columns = table.columns.map((column, at) => ({ ...column, type: String(types[at]), field: `c${at}` }));
    const fields = columns.map((column) => `${column.field} ${column.type}`);
    await connection.run(`CREATE TABLE ${identifier(name)} (${fields.join(', ')})`);
    const loaded = await fill(connection, duckdb, name, types, cells());
    return { table: { ...table, columns, rows: loaded }, scan: identifier(name) };
  });
}

/** Copies the cells of a text into a table of DuckDB's that is called `name`: numbers as such, all else as text. */
export async function loadText(database: Database, name: string, input: TextInput, dialect: Dialect): Promise<void> {
  const numeric = numericColumns(dialect);
  await database.connected(async (connection, duckdb) => {
    const types = dialect.columns.map((_, index) => (numeric.includes(index) ? duckdb.DOUBLE : duckdb.VARCHAR));
    const fields = types.map((type, index) => `c${index} ${String(type)}`);
    await connection.run(`CREATE TABLE ${identifier(name)} (${fields.join(', ')})`);
    await fill(connection, duckdb, name, types, textCells(input, dialect, numeric));
  });
}

async function* textCells(input: TextInput, dialect: Dialect, numeric: readonly number[]): AsyncGenerator<Cells> {
  const texts = dialect.columns.map((): (string | null)[] => []);
  const onRow = (records: Records, bytes: Uint8Array): void => {
    for (const [index, cells] of texts.entries()) {
      if (!numeric.includes(index)) cells.push(records.text(bytes, index) || null);
    }
  };
  const reader = new RowReader(input.name, dialect, numeric, { onRow, onFault: () => undefined });
  for await (const block of blocks(input, reader)) {
    const columns = texts.map((cells, index) => {
      const values = numeric.includes(index) ? block[numeric.indexOf(index)] : undefined;
      if (!values) return (row: number) => cells[row];
      return (row: number) => (Number.isNaN(values[row]) ? null : values[row]);
    });
    yield { rows: reader.rows, columns };
    for (const cells of texts) cells.length = 0;
  }
}

/** Appends cells to a table and returns how many rows they were. */
async function fill(
  connection: DuckDBConnection,
  duckdb: typeof DuckDB,
  name: string,
  types: readonly DuckDBType[],
  blocksOfCells: AsyncIterable<Cells>,
): Promise<number> {
  const appender = await connection.createAppender(name);
  let loaded = 0;
  for await (const { rows, columns } of blocksOfCells) {
    for (let from = 0; from < rows; from += CHUNK) {
      const chunk = duckdb.DuckDBDataChunk.create(types, Math.min(CHUNK, rows - from));
      const length = chunk.rowCount;
      chunk.setColumns(columns.map((value) => Array.from({ length }, (_, row) => value(from + row))));
      appender.appendDataChunk(chunk);
    }
    loaded += rows;
  }
  appender.closeSync();
  return loaded;
}

async function npyContents(duckdb: typeof DuckDB, path: string): Promise<Contents> {
  const table = await openNpy(path);
  return {
    table,
    types: table.columns.map(() => duckdb.DOUBLE),
    async *cells() {
      for await (const block of table.blocks([...table.columns.keys()])) {
        yield { rows: block[0].length, columns: block.map((values) => (row: number) => values[row]) };
      }
    },
  };
}

async function arrowContents(duckdb: typeof DuckDB, path: string): Promise<Contents> {
  const table = await openArrow(path);
  const values = table.types.map((type) => sqlValues(duckdb, type));
  return {
    table,
    types: values.map(({ type }) => type),
    async *cells() {
      for await (const batch of recordBatches(path)) {
        const columns = values.map(({ valueAt }, index) => {
          const vector = vectorAt(batch, index);
          return (row: number) => valueAt(vector, row);
        });
        yield { rows: batch.numRows, columns };
      }
    },
  };
}
