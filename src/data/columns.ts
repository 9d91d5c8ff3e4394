import { rowMajor, type Column } from '../sweep/encode.js';
import type { Floats } from '../sweep/model.js';
import type { LevelsOfColumns } from './levels.js';
import type { Batch } from './source.js';

/** What a batch has beside its values. */
interface Beside {
  readonly weights?: Float64Array | undefined;
  readonly levels?: LevelsOfColumns | undefined;
}

/** Rows that came column by column; `values` are put together when somebody asks for them. */
class ColumnBatch implements Batch {
  readonly rows: number;
  declare readonly values: Float64Array;
  declare readonly weights?: Float64Array;
  declare readonly levels?: LevelsOfColumns;
  /** Private, so that a copy of the batch with other values has no columns. */
  readonly #columns: readonly Column[];

  constructor(rows: number, columns: readonly Floats[], { weights, levels }: Beside) {
    this.rows = rows;
    if (weights) this.weights = weights;
    if (levels) this.levels = levels;
    this.#columns = columns.map((values) => ({ values, start: 0, stride: 1 }));
    let values: Float64Array | undefined;
    const get = (): Float64Array => (values ??= rowMajor({ columns: this.#columns }, 0, rows));
    Object.defineProperty(this, 'values', { get, enumerable: true });
  }

  static columnsOf(batch: Batch): readonly Column[] | undefined {
    return #columns in batch ? batch.#columns : undefined;
  }
}

/** Consecutive rows given column by column, `[d][rows]`, NaN where a value is missing; with weights `[rows]` and levels. */
export function columnBatch(
  rows: number,
  columns: readonly Floats[],
  weights?: Float64Array,
  levels?: LevelsOfColumns,
): Batch {
  return new ColumnBatch(rows, columns, { weights, levels });
}

/** The d columns of a batch, views of its numbers. */
export function columnsOf(batch: Batch, d: number): readonly Column[] {
  return ColumnBatch.columnsOf(batch) ?? rowColumns(batch.values, d);
}

/** The same rows with other weights. */
export function reweighted(batch: Batch, weights: Float64Array): Batch {
  const columns = ColumnBatch.columnsOf(batch);
  const { rows, levels } = batch;
  if (!columns) return { rows, values: batch.values, weights, ...(levels && { levels }) };
  const own = columns.map(({ values }) => values);
  return new ColumnBatch(rows, own, { weights, levels });
}

/** The columns of row-major numbers. */
function rowColumns(values: Batch['values'], d: number): readonly Column[] {
  return Array.from({ length: d }, (_, start) => ({ values, start, stride: d }));
}
