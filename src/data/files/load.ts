import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type * as DuckDB from '@duckdb/node-api';
import { vectorAt } from '../arrow.js';
import { openArrow, recordBatches } from './arrow.js';
import { type Database, identifier } from './duckdb.js';
import { openNpy } from './npy.js';
import type { Relation } from './relation.js';
import { sqlValues } from './sql-values.js';
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
    const appender = await connection.createAppender(name);
    let loaded = 0;
    for await (const { rows, columns: values } of cells()) {
      for (let from = 0; from < rows; from += CHUNK) {
        const chunk = duckdb.DuckDBDataChunk.create(types, Math.min(CHUNK, rows - from));
        const length = chunk.rowCount;
        chunk.setColumns(values.map((value) => Array.from({ length }, (_, row) => value(from + row))));
        appender.appendDataChunk(chunk);
      }
      loaded += rows;
    }
    appender.closeSync();
    return { table: { ...table, columns, rows: loaded }, scan: identifier(name) };
  });
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
