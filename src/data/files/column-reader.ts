import type { DuckDBDataChunk } from '@duckdb/node-api';
import type * as Bindings from '@duckdb/node-bindings';
import type { Floats } from '../../sweep/model.js';
import type { Coder } from '../levels.js';
import { asDouble, asText, identifier } from './expressions.js';
import type { Column } from './table.js';
import { TextVectors } from './text-vectors.js';

/** How a column comes of DuckDB. */
interface ColumnReader {
  /** What to select for it. */
  readonly sql: string;
  /** Its numbers in the rows of a chunk. */
  readonly read: (chunk: DuckDBDataChunk, rows: number) => Floats;
}

/** Reads the column that is selected at an index: numbers with NaN for NULL, or what a coder makes of texts. */
export function columnReader(
  bindings: typeof Bindings,
  { column, index, coder }: { readonly column: Column; readonly index: number; readonly coder: Coder | undefined },
): ColumnReader {
  if (coder) {
    const texts = new TextVectors(coder);
    return { sql: asText(column), read: (chunk, rows) => texts.coded(chunk.getColumnVector(index), rows) };
  }
  const isSingle = column.type === 'FLOAT';
  const Numbers = isSingle ? Float32Array : Float64Array;
  return {
    sql: isSingle ? identifier(column.field ?? column.name) : asDouble(column),
    read({ chunk }, rows) {
      const vector = bindings.data_chunk_get_vector(chunk, index);
      const bytes = bindings.vector_get_data(vector, rows * Numbers.BYTES_PER_ELEMENT) as Uint8Array<ArrayBuffer>;
      const values = new Numbers(bytes.buffer, bytes.byteOffset, rows);
      // What the bindings' types leave out: null where no row lacks a value.
      const validity = bindings.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null;
      return validity ? withoutNulls(values, validity) : values;
    },
  };
}

/** A copy with NaN for each NULL, where anything may stand. `validity` has a bit for each row, 0 of a NULL. */
function withoutNulls(values: Floats, validity: Uint8Array): Floats {
  const own = values.slice();
  for (let row = 0; row < own.length; row++) if (((validity[row >> 3] >> (row & 7)) & 1) === 0) own[row] = NaN;
  return own;
}
