import { isList, notNegative, numbersOf, shown, wrongNumber, type Rule } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { reweighted } from './columns.js';
import type { LevelsOfColumns } from './levels.js';
import type { Batch, Matrix, Source } from './source.js';

/** Rows per batch of an array source. */
const BATCH_ROWS = 65_536;

/** A source of rows given as nested arrays `[n][d]`; throws `InputError('shape')` where rows differ in length. */
export function nestedArraySource(rows: readonly ArrayLike<number>[]): Source {
  const d = rows[0]?.length ?? 0;
  const ragged = rows.findIndex((row) => row.length !== d);
  if (ragged >= 0) {
    throw new InputError('shape', {
      where: 'data',
      expected: `rows of equal length (row 0 has ${d} values)`,
      got: `${rows[ragged].length} values in row ${ragged}`,
      remedy: 'make all rows equally long, with NaN for what is missing',
    });
  }
  return arraySource(rows.length, d, (from, to) => {
    const values = new Float64Array((to - from) * d);
    for (let row = from, at = 0; row < to; row++) {
      for (let column = 0; column < d; column++, at++) values[at] = cell(rows[row][column], row, column);
    }
    return values;
  });
}

const cells: Rule = {
  expected: 'numbers, or NaN where they are missing',
  holds: () => true,
  remedy: 'convert it, or read files by openSource of otmix/sources',
};

/** A number, whatever number it is; null and undefined, which JSON and sparse rows have, are missing values. */
function cell(value: unknown, row: number, column: number): number {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined) return NaN;
  throw wrongNumber('data', cells, value, `in row ${row}, column x${column}`);
}

/** A source of a row-major matrix; throws `InputError('shape')` where data and shape disagree. */
export function matrixSource({ data, shape }: Matrix): Source {
  const [n, d] = isList(shape) ? (shape as readonly number[]) : [0, 0];
  const sound = isList(shape) && shape.length === 2 && [n, d].every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!sound || n * d !== data.length) {
    throw new InputError('shape', {
      where: 'data',
      expected: 'shape [rows, columns] with rows · columns values',
      got: `shape ${shown(shape)} and ${data.length} values`,
      remedy: 'give the shape that the values have',
    });
  }
  return arraySource(n, d, (from, to) => data.subarray(from * d, to * d));
}

function arraySource(n: number, d: number, slice: Slice): Source {
  return rowSource(n, columnNames(d), slice);
}

/** Rows from … to − 1, row-major. */
type Slice = (from: number, to: number) => Batch['values'];

/** What a source in memory has beside its rows. */
interface Beside {
  readonly notes?: readonly string[];
  /** Those of all batches. */
  readonly levels?: LevelsOfColumns | undefined;
}

/** A source of n rows in memory. */
export function rowSource(
  n: number,
  columns: readonly string[],
  slice: Slice,
  { notes = [], levels }: Beside = {},
): Source {
  return {
    name: 'data',
    columns,
    rows: n,
    ...(notes.length > 0 && { notes }),

    async *batches() {
      for (let from = 0; from < n; from += BATCH_ROWS) {
        const to = Math.min(from + BATCH_ROWS, n);
        yield { rows: to - from, values: slice(from, to), ...(levels && { levels }) };
      }
    },
  };
}

/** What columns are called that have no names: x0, x1, … */
export function columnNames(d: number): string[] {
  return Array.from({ length: d }, (_, column) => `x${column}`);
}

/** The same rows with these weights; throws `InputError('shape')` where there are not as many weights as rows. */
export function withWeights(source: Source, given: ArrayLike<number>): Source {
  const weights = weightsOf(given);
  if (source.rows !== undefined && source.rows !== weights.length) throw weightCount(source.rows, weights.length);
  return {
    name: source.name,
    columns: source.columns,
    ...(source.rows === undefined ? {} : { rows: source.rows }),
    ...(source.notes === undefined ? {} : { notes: source.notes }),

    async *batches(signal, batching) {
      let first = 0;
      for await (const batch of source.batches(signal, batching)) {
        const from = first;
        yield reweighted(batch, padded(weights.subarray(from, from + batch.rows), batch.rows));
        first += batch.rows;
      }
      if (first !== weights.length) throw weightCount(first, weights.length);
    },
  };
}

/** What sample weights must be, but that a missing one, which leaves its row out, is NaN. */
const weightRule: Rule = { ...notNegative, holds: (value) => notNegative.holds(value) || Number.isNaN(value) };

/** Sample weights as numbers, NaN where missing; throws `InputError` for what are none. */
function weightsOf(given: unknown): Float64Array {
  if (!isList(given)) {
    throw new InputError('shape', {
      where: 'sampleWeights',
      expected: 'an array of numbers, one per row',
      got: shown(given),
      remedy: 'give every row its weight',
    });
  }
  const list = Array.from(given, (weight) => weight ?? NaN);
  return numbersOf(list, 'sampleWeights', weightRule, (row) => `row ${row}`);
}

/** What is beyond the weights given weighs nothing, until all rows are counted. */
function padded(weights: Float64Array, rows: number): Float64Array {
  const whole = new Float64Array(rows);
  whole.set(weights);
  return whole;
}

function weightCount(rows: number, count: number): InputError {
  return new InputError('shape', {
    where: 'sampleWeights',
    expected: `${rows} weights, one per row`,
    got: String(count),
    remedy: 'give every row its weight',
  });
}
