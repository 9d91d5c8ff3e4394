import { columnKernel } from '../../kernels/simd/column-kernel.js';
import { areMatrix, copyRows, type ColumnKernel } from '../../kernels/simd/columns.js';
import { InputError } from '../base/errors.js';
import type { Column, Columns } from '../sweep/encode.js';
import type { Floats } from '../sweep/model.js';
import { columnsOf } from './columns.js';
import type { LevelsOfColumns } from './levels.js';
import type { Source } from './source.js';

/**
 * What to do about rows with a missing value (NaN): refuse the data, leave those rows out and count them, or keep them for
 * a family that models gaps.
 */
export type MissingPolicy = 'error' | 'drop' | 'model';

/** Consecutive rows that have passed the gate: values are finite, or missing where that is allowed, weights finite and not negative. */
export interface CleanBlock extends Columns {
  /** As those of a `Batch`. */
  readonly levels?: LevelsOfColumns | undefined;
}

export interface CleanOptions {
  /** `never`: as `error`, where the caller of the library has no policy to choose. */
  readonly missing: MissingPolicy | 'never';
  /** Rows per block; all but the last have as many, whatever the source's batches. */
  readonly blockRows: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the index of each row left out. */
  readonly onDropped?: (row: number) => void;
}

/**
 * The gate through which rows enter: checks whole columns, applies the policy for missing values and cuts the stream into
 * equal blocks. Throws `InputError` ('value' or 'shape') that names row and column. A block is valid until the next.
 */
export async function* cleanBlocks(source: Source, options: CleanOptions): AsyncGenerator<CleanBlock> {
  const d = source.columns.length;
  if (d === 0) throw noData(source, 'no columns');
  const { blockRows, signal } = options;
  const buffer = new BlockBuffer(d, source.rows ?? Infinity, blockRows);
  const kernel = await columnKernel();
  let first = 0;
  for await (const batch of source.batches(signal, { passing: true })) {
    signal?.throwIfAborted();
    const { rows, weights, levels } = batch;
    const block = { rows, columns: columnsOf(batch, d), weights, levels };
    const kept = isClean(block, kernel) ? undefined : keptRows(source, block, first, options);
    first += rows;
    yield* buffer.cut(kept ? gathered(block, kept) : block);
  }
  if (first === 0) throw noData(source, 'no rows');
  yield* buffer.rest();
}

/** Cuts blocks of equal length: views where a batch has all rows of one, copies of what comes in pieces. */
class BlockBuffer {
  private readonly columns: Float64Array[] = [];
  private weights: Float64Array | undefined;
  /** Those of the rows held last: lists that only grow are also those of rows before. */
  private levels: LevelsOfColumns | undefined;
  private filled = 0;
  /** Rows that there is place for. */
  private capacity = 0;

  constructor(
    private readonly d: number,
    /** Rows that the source says are still to come. */
    private following: number,
    private readonly blockRows: number,
  ) {}

  *cut(block: CleanBlock): Generator<CleanBlock> {
    const { blockRows } = this;
    for (let at = 0; at < block.rows;) {
      const count = Math.min(blockRows - this.filled, block.rows - at);
      const piece = rowsOf(block, at, count);
      at += count;
      this.following -= count;
      if (count === blockRows) yield piece;
      else {
        this.hold(piece);
        if (this.filled === blockRows) yield* this.rest();
      }
    }
  }

  /** What is held, if there is anything. */
  *rest(): Generator<CleanBlock> {
    const { columns, weights, levels, filled: rows } = this;
    this.filled = 0;
    if (rows === 0) return;
    const held = columns.map((values) => ({ values, start: 0, stride: 1 }));
    yield { rows, columns: held, weights: weights?.subarray(0, rows), levels };
    this.weights = undefined;
  }

  private hold({ rows, columns, weights, levels }: CleanBlock): void {
    this.reserve(this.filled + rows);
    this.levels = levels;
    if (weights && !this.weights) this.weights = new Float64Array(this.capacity).fill(1, 0, this.filled);
    for (let j = 0; j < this.d; j++) copyRows(columns[j], 0, this.columns[j].subarray(this.filled, this.filled + rows));
    if (weights) this.weights?.set(weights, this.filled);
    else this.weights?.fill(1, this.filled, this.filled + rows);
    this.filled += rows;
  }

  /** Makes place for so many rows: a block's, or those that are still to come if the source has not more than it says. */
  private reserve(rows: number): void {
    if (rows <= this.capacity) return;
    const { d, following, blockRows, filled } = this;
    this.capacity = following < 0 ? blockRows : Math.min(blockRows, rows + following);
    const grown = (values: Float64Array | undefined): Float64Array => {
      const larger = new Float64Array(this.capacity);
      if (values && filled > 0) larger.set(values.subarray(0, filled));
      return larger;
    };
    for (let j = 0; j < d; j++) this.columns[j] = grown(this.columns[j]);
    this.weights &&= grown(this.weights);
  }
}

/** Rows `at` … of a block, views. */
export function rowsOf({ columns, weights, levels }: CleanBlock, at: number, rows: number): CleanBlock {
  return {
    ...{ rows, levels },
    columns: columns.map(({ values, start, stride }) => ({ values, start: start + at * stride, stride })),
    weights: weights?.subarray(at, at + rows),
  };
}

/** Copies of some rows of a block. */
function gathered({ columns, weights, levels }: CleanBlock, kept: readonly number[]): CleanBlock {
  return {
    ...{ rows: kept.length, levels },
    columns: columns.map((column) => ({ values: gatheredColumn(column, kept), start: 0, stride: 1 })),
    weights: weights && gatheredColumn({ values: weights, start: 0, stride: 1 }, kept),
  };
}

function gatheredColumn({ values, start, stride }: Column, kept: readonly number[]): Float64Array {
  const gathered = new Float64Array(kept.length);
  for (let at = 0; at < kept.length; at++) gathered[at] = values[start + kept[at] * stride];
  return gathered;
}

/** Whether all values are finite and all weights as they must be; `false` too where that needs a closer look. */
function isClean({ rows, columns, weights }: CleanBlock, kernel?: ColumnKernel): boolean {
  if (weights && !weights.every((weight) => weight >= 0 && weight < Infinity)) return false;
  // What callers in JavaScript have may be no such array, nor hold numbers.
  if (!columns.every(({ values }) => values instanceof Float64Array || values instanceof Float32Array)) return false;
  const areFinite = (of: Column, count: number): boolean =>
    kernel?.allFinite(of.values, of.start, of.start + count) ?? allFinite(of.values, of.start, of.start + count);
  if (areMatrix(columns)) return areFinite(columns[0], rows * columns.length);
  return columns.every((column) => column.stride === 1 && areFinite(column, rows));
}

/** Whether numbers are finite: 0 times each is 0, and stays so in sums; four of them, to keep the processor busy. */
function allFinite(values: Floats, from: number, to: number): boolean {
  let [a, b, c, e] = [0, 0, 0, 0];
  const whole = from + ((to - from) & ~3);
  for (let at = from; at < whole; at += 4) {
    a += values[at] * 0;
    b += values[at + 1] * 0;
    c += values[at + 2] * 0;
    e += values[at + 3] * 0;
  }
  for (let at = whole; at < to; at++) a += values[at] * 0;
  return a + b + c + e === 0;
}

/** The rows in which nothing is missing; throws for what is not allowed, in the order of rows. */
function keptRows(
  source: Source,
  block: CleanBlock,
  first: number,
  { missing, onDropped }: Pick<CleanOptions, 'missing' | 'onDropped'>,
): readonly number[] {
  const kept: number[] = [];
  for (let row = 0; row < block.rows; row++) {
    const whole = isWhole(source, block, row, first + row);
    if (whole || (missing === 'model' && !Number.isNaN(block.weights?.[row]))) kept.push(row);
    else if (missing !== 'drop') throw missingValue(source, block, row, first + row, missing);
    else onDropped?.(first + row);
  }
  return kept;
}

const valueAt = ({ values, start, stride }: Column, row: number): number => values[start + row * stride];

/** Whether no value of a row is missing; throws where one is infinite or its weight is no weight. */
function isWhole(source: Source, { columns, weights }: CleanBlock, row: number, index: number): boolean {
  let whole = true;
  for (let j = 0; j < columns.length; j++) {
    const value = valueAt(columns[j], row);
    if (Number.isFinite(value)) continue;
    if (!Number.isNaN(value)) throw infiniteValue(source, index, source.columns[j], value);
    whole = false;
  }
  const weight = weights ? weights[row] : 1;
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

/** A value that is missing where none may be. */
export class MissingValueError extends InputError {}

function missingValue(
  source: Source,
  { columns, levels }: CleanBlock,
  row: number,
  index: number,
  missing: CleanOptions['missing'],
): InputError {
  const at = columns.findIndex((column) => Number.isNaN(valueAt(column, row)));
  const isText = levels?.[at] !== undefined;
  const column = at < 0 ? 'of the sample weight' : source.columns[at];
  return new MissingValueError('value', {
    where: source.name,
    expected: isText ? 'text in every cell' : 'a number in every cell',
    got: `a missing value (${isText ? 'empty' : 'NaN'} or null) in row ${index}, column ${column}`,
    remedy: remedyOf(missing, at < 0),
  });
}

/** What to do about a missing value: no model has a place for a weight that is missing. */
function remedyOf(missing: CleanOptions['missing'], ofWeight: boolean): string {
  if (missing === 'never') return 'fill it in, or leave such rows out';
  const dropped = "leave such rows out with missing: 'drop' (--missing drop)";
  if (ofWeight) return `fill it in, or ${dropped}`;
  return `fill it in, use what such rows have with missing: 'model' (--missing model), or ${dropped}`;
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
