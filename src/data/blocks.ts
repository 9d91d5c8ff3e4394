import { InputError } from '../base/errors.js';
import type { Batch, Source } from './source.js';

/** What to do about rows with a missing value (NaN): refuse the data, or leave those rows out and count them. */
export type MissingPolicy = 'error' | 'drop';

/** Consecutive rows that are whole and finite. */
export interface CleanBlock {
  readonly rows: number;
  /** Row-major `[rows, d]`, the data's units. */
  readonly values: Float64Array;
  /** `[rows]`, none negative; all 1 where the source has none. */
  readonly weights: Float64Array;
}

export interface CleanOptions {
  readonly missing: MissingPolicy;
  /** Rows per block; all but the last have as many, whatever the source's batches. */
  readonly blockRows: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the index of each row left out. */
  readonly onDropped?: (row: number) => void;
}

/**
 * The gate through which rows enter: checks every value, applies the policy for missing ones and cuts the stream into
 * equal blocks. Throws `InputError` ('value' or 'shape') that names row and column. A block is valid until the next.
 */
export async function* cleanBlocks(source: Source, options: CleanOptions): AsyncGenerator<CleanBlock> {
  const d = source.columns.length;
  if (d === 0) throw noData(source, 'no columns');
  const values = new Float64Array(options.blockRows * d);
  const weights = new Float64Array(options.blockRows);
  let filled = 0;
  let first = 0;
  for await (const batch of source.batches(options.signal)) {
    options.signal?.throwIfAborted();
    for (let row = 0; row < batch.rows; row++) {
      if (!isWhole(source, batch, row, first + row)) {
        if (options.missing === 'error') throw missingValue(source, batch, row, first + row);
        options.onDropped?.(first + row);
        continue;
      }
      const from = row * d;
      for (let column = 0; column < d; column++) values[filled * d + column] = batch.values[from + column];
      weights[filled] = batch.weights ? batch.weights[row] : 1;
      if (++filled < options.blockRows) continue;
      yield { rows: filled, values, weights };
      filled = 0;
    }
    first += batch.rows;
  }
  if (first === 0) throw noData(source, 'no rows');
  if (filled > 0) yield { rows: filled, values: values.subarray(0, filled * d), weights: weights.subarray(0, filled) };
}

/** Whether no value of a row is missing; throws where one is infinite or its weight is no weight. */
function isWhole(source: Source, batch: Batch, row: number, index: number): boolean {
  const d = source.columns.length;
  let whole = true;
  for (let column = 0; column < d; column++) {
    const value = batch.values[row * d + column];
    if (Number.isFinite(value)) continue;
    if (!Number.isNaN(value)) throw infiniteValue(source, index, source.columns[column], value);
    whole = false;
  }
  const weight = batch.weights ? batch.weights[row] : 1;
  if (weight < 0 || weight === Infinity) {
    throw new InputError('value', {
      where: source.name,
      expected: 'sample weights that are finite and not negative',
      got: `${weight} in row ${index}`,
      remedy: 'give rows that should not count the weight 0',
    });
  }
  return whole && !Number.isNaN(weight);
}

function missingValue(source: Source, batch: Batch, row: number, index: number): InputError {
  const d = source.columns.length;
  const column = source.columns.find((_, at) => Number.isNaN(batch.values[row * d + at]));
  return new InputError('value', {
    where: source.name,
    expected: 'a number in every cell',
    got: `a missing value (NaN or null) in row ${index}, column ${column ?? 'of the sample weight'}`,
    remedy: "fill it in, or leave such rows out with missing: 'drop' (--missing drop)",
  });
}

function infiniteValue(source: Source, row: number, column: string, value: number): InputError {
  return new InputError('value', {
    where: source.name,
    expected: 'finite numbers',
    got: `${value} in row ${row}, column ${column}`,
    remedy: 'remove the row or replace the value',
  });
}

function noData(source: Source, got: string): InputError {
  return new InputError('shape', {
    where: source.name,
    expected: 'at least one row with at least one column',
    got,
    remedy: 'give a source that has data',
  });
}
