import { isTensor } from '../../kernels/engine.js';
import type { Tensor2D } from '@tensorflow/tfjs';
import { isList } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { matrixSource, nestedArraySource, withWeights } from './arrays.js';
import { arrowSource, isArrow, type ArrowTable } from './arrow-table.js';
import { isRecord, recordSource } from './records.js';
import type { Wanted } from './named.js';
import { isSource, type Matrix, type Source } from './source.js';
import { tensorSource } from './tensor.js';

/** Records or an Arrow table, and the columns to use of them, in this order. */
export interface ChosenColumns {
  readonly data: readonly object[] | ArrowTable;
  readonly columns: readonly string[];
}

/**
 * Rows `[n][d]`, a matrix with its shape, a tensor `[n, d]`, a source, records `[{ x: 1, y: 2 }, …]`, a table of
 * apache-arrow's, or some columns of these two: `{ data, columns: ['x', 'y'] }`.
 */
export type DataInput =
  readonly ArrayLike<number>[] | readonly object[] | Matrix | Tensor2D | Source | ArrowTable | ChosenColumns;

/**
 * Makes a source of whatever users have; throws `InputError('shape')` for what is no data. Of data with names, the
 * columns of a mixture are taken where there are such. `text` has their texts read as levels, which are else refused.
 */
export function toSource(
  data: DataInput,
  sampleWeights?: ArrayLike<number>,
  mixture?: readonly string[],
  { text }: Pick<Wanted, 'text'> = {},
): Source {
  const source = unweighted(data, { mixture, text });
  return (sampleWeights ?? undefined) === undefined ? source : withWeights(source, sampleWeights as ArrayLike<number>);
}

/** Takes `unknown`: callers in JavaScript have no types to stop them. */
function unweighted(data: unknown, wanted: Wanted): Source {
  if (isTensor(data)) {
    if (data.rank === 2 && !data.isDisposed) return tensorSource(data as Tensor2D);
  } else if (Array.isArray(data)) {
    if (data.length > 0 && data.every(isRecord)) return recordSource(data, wanted);
    if (data.every(isRow)) return nestedArraySource(data);
  } else if (isSource(data)) return data;
  else if (isArrow(data)) return arrowSource(data, wanted);
  else if (isMatrix(data)) return matrixSource(data);
  else if (isChosen(data)) return unweighted(data.data, { columns: data.columns, text: wanted.text });
  throw new InputError('shape', {
    where: 'data',
    expected:
      'number[][], { data: Float32Array | Float64Array, shape: [n, d] }, records, an Arrow table, a tf.Tensor2D or a source',
    got: describe(data),
    remedy: 'give rows and columns; for one column, rows of one value each',
  });
}

function isRow(row: unknown): row is ArrayLike<number> {
  return typeof row === 'object' && row !== null && 'length' in row && !isRecord(row);
}

/** Whether there is a typed array of numbers, with a shape that is right or not. */
function isMatrix(data: unknown): data is Matrix {
  if (typeof data !== 'object' || data === null || !('data' in data && 'shape' in data)) return false;
  if (data.shape === undefined) return false;
  return isList(data.data) && !Array.isArray(data.data) && typeof (data.data[0] ?? 0) === 'number';
}

/** Throws unless names were chosen, and of data that have names. */
function isChosen(data: unknown): data is ChosenColumns {
  if (typeof data !== 'object' || data === null || !('data' in data && 'columns' in data)) return false;
  const { data: named, columns } = data;
  if (!isArrow(named) && !(Array.isArray(named) && named.length > 0 && named.every(isRecord))) return false;
  if (Array.isArray(columns) && columns.length > 0 && columns.every((name) => typeof name === 'string')) return true;
  throw new InputError('option', {
    where: 'columns',
    expected: 'an array of at least one name',
    got: Array.isArray(columns) && columns.length === 0 ? 'none' : typeof columns,
    remedy: "name columns of the data, as in { data, columns: ['x', 'y'] }",
  });
}

function describe(data: unknown): string {
  if (isTensor(data) && data.isDisposed) return 'a tensor that was disposed';
  if (isTensor(data)) return `a tensor of shape [${data.shape.join(', ')}]`;
  if (!Array.isArray(data)) return kindOf(data);
  const odd = data.findIndex((row) => isRecord(row) !== isRecord(data[0]) || !(isRecord(row) || isRow(row)));
  const mixed = odd > 0 && (isRecord(data[odd]) || isRow(data[odd]));
  return mixed ? `rows of two kinds: row ${odd} is unlike row 0` : `an array of ${kindOf(data[Math.max(odd, 0)])}s`;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
