import { rowMajor, type Column } from '../sweep/encode.js';
import type { Batch } from './source.js';

/** Rows that came column by column; `values` are put together when somebody asks for them. */
class ColumnBatch implements Batch {
  readonly rows: number;
  declare readonly values: Float64Array;
  declare readonly weights?: Float64Array;
  /** Private, so that a copy of the batch with other values has no columns. */
  readonly #columns: readonly Column[];

  constructor(rows: number, columns: readonly Float64Array[], weights?: Float64Array) {
    this.rows = rows;
    if (weights) this.weights = weights;
    this.#columns = columns.map((values) => ({ values, start: 0, stride: 1 }));
    let values: Float64Array | undefined;
    const get = (): Float64Array => (values ??= rowMajor({ columns: this.#columns }, 0, rows));
    Object.defineProperty(this, 'values', { get, enumerable: true });
  }

  static columnsOf(batch: Batch): readonly Column[] | undefined {
    return #columns in batch ? batch.#columns : undefined;
  }
}

/** Consecutive rows given column by column, `[d][rows]`, NaN where a value is missing; with weights `[rows]`. */
export function columnBatch(rows: number, columns: readonly Float64Array[], weights?: Float64Array): Batch {
  return new ColumnBatch(rows, columns, weights);
}

/** The d columns of a batch, views of its numbers. */
export function columnsOf(batch: Batch, d: number): readonly Column[] {
  return ColumnBatch.columnsOf(batch) ?? rowColumns(batch.values, d);
}

/** The same rows with other weights. */
export function reweighted(batch: Batch, weights: Float64Array): Batch {
  const columns = ColumnBatch.columnsOf(batch);
  if (!columns) return { rows: batch.rows, values: batch.values, weights };
  return new ColumnBatch(
    batch.rows,
    columns.map(({ values }) => values as Float64Array),
    weights,
  );
}

/** The columns of row-major numbers. */
function rowColumns(values: Batch['values'], d: number): readonly Column[] {
  return Array.from({ length: d }, (_, start) => ({ values, start, stride: d }));
}
