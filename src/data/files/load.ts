import type * as DuckDB from '@duckdb/node-api';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type * as Arrow from 'apache-arrow';
import type { DataType, Vector } from 'apache-arrow';
import { openArrow, recordBatches, scalar, vectorAt } from './arrow.js';
import { type Database, identifier } from './duckdb.js';
import { openNpy } from './npy.js';

/** Rows that a chunk of DuckDB's holds. */
const CHUNK = 2048;

/** Some rows on their way into DuckDB. */
interface Cells {
  readonly rows: number;
  readonly columns: readonly ((row: number) => DuckDBValue)[];
}

interface Contents {
  readonly columns: readonly { readonly name: string; readonly type: DuckDBType }[];
  readonly cells: () => AsyncIterable<Cells>;
}

/**
 * Copies Arrow or npy files into a table of DuckDB's that has their path or glob for a name, so that a query
 * finds it: `FROM 'x.arrow'` looks for a table of that name first.
 */
export async function loadFiles(
  database: Database,
  name: string,
  paths: readonly string[],
  format: 'arrow' | 'npy',
): Promise<void> {
  await database.connected(async (connection, duckdb) => {
    for (const [index, path] of paths.entries()) {
      const { columns, cells } = format === 'npy' ? await npyContents(duckdb, path) : await arrowContents(duckdb, path);
      const types = columns.map((column) => column.type);
      if (index === 0) {
        const fields = columns.map((column) => `${identifier(column.name)} ${String(column.type)}`);
        await connection.run(`CREATE TABLE ${identifier(name)} (${fields.join(', ')})`);
      }
      const appender = await connection.createAppender(name);
      for await (const { rows, columns: values } of cells()) {
        for (let from = 0; from < rows; from += CHUNK) {
          const chunk = duckdb.DuckDBDataChunk.create(types, Math.min(CHUNK, rows - from));
          const length = chunk.rowCount;
          chunk.setColumns(values.map((value) => Array.from({ length }, (_, row) => value(from + row))));
          appender.appendDataChunk(chunk);
        }
      }
      appender.closeSync();
    }
  });
}

async function npyContents(duckdb: typeof DuckDB, path: string): Promise<Contents> {
  const table = await openNpy(path);
  return {
    columns: table.columns.map(({ name }) => ({ name, type: duckdb.DOUBLE })),
    async *cells() {
      for await (const block of table.blocks(table.columns.map((_, index) => index))) {
        yield { rows: block[0].length, columns: block.map((values) => (row: number) => values[row]) };
      }
    },
  };
}

/** Integers, floats, booleans, times and text keep their kind; decimals become DOUBLE, all else text. */
async function arrowContents(duckdb: typeof DuckDB, path: string): Promise<Contents> {
  const arrow = await import('apache-arrow');
  const { fields } = await openArrow(path);
  const columns = fields.map(({ name, type }) => ({ name, ...converter(duckdb, arrow, type) }));
  return {
    columns,
    async *cells() {
      for await (const batch of recordBatches(path)) {
        yield {
          rows: batch.numRows,
          columns: columns.map(({ convert }, index) => {
            const vector: Vector = vectorAt(batch, index);
            return (row: number) => {
              const value: unknown = vector.get(row);
              return value === null ? null : convert(value);
            };
          }),
        };
      }
    },
  };
}

interface Converter {
  readonly type: DuckDBType;
  readonly convert: (value: unknown) => DuckDBValue;
}

/** The DuckDB type for an Arrow type, and its values as apache-arrow gives them (times in milliseconds) in it. */
function converter(duckdb: typeof DuckDB, arrow: typeof Arrow, type: DataType): Converter {
  const { DataType: is } = arrow;
  if (is.isDictionary(type)) return converter(duckdb, arrow, type.dictionary as DataType);
  if (is.isBool(type)) return { type: duckdb.BOOLEAN, convert: (value) => value === true };
  if (is.isInt(type)) {
    const wide = type.bitWidth === 64 && !type.isSigned;
    return { type: wide ? duckdb.UBIGINT : duckdb.BIGINT, convert: (value) => BigInt(value as number | bigint) };
  }
  if (is.isFloat(type) || is.isDecimal(type)) return { type: duckdb.DOUBLE, convert: scalar(arrow, type) };
  if (is.isTimestamp(type)) {
    const micros = (value: unknown) => BigInt(Math.round(Number(value) * 1000));
    return { type: duckdb.TIMESTAMP, convert: (value) => new duckdb.DuckDBTimestampValue(micros(value)) };
  }
  if (is.isDate(type)) {
    const days = (value: unknown) => Math.floor(Number(value) / 86_400_000);
    return { type: duckdb.DATE, convert: (value) => new duckdb.DuckDBDateValue(days(value)) };
  }
  return { type: duckdb.VARCHAR, convert: String };
}
