import { InputError } from '../errors.js';
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
    // null, which JSON has for a missing value, would else become 0.
    for (let at = 0; at < values.length; at++) values[at] = rows[from + Math.floor(at / d)][at % d] ?? NaN;
    return values;
  });
}

/** A source of a row-major matrix; throws `InputError('shape')` where data and shape disagree. */
export function matrixSource({ data, shape }: Matrix): Source {
  const [n, d] = shape;
  if (
    (shape.length as number) !== 2 ||
    !Number.isInteger(n) ||
    !Number.isInteger(d) ||
    n < 0 ||
    d < 0 ||
    n * d !== data.length
  ) {
    throw new InputError('shape', {
      where: 'data',
      expected: 'shape [rows, columns] with rows · columns values',
      got: `shape [${shape.join(', ')}] and ${data.length} values`,
      remedy: 'give the shape that the values have',
    });
  }
  return arraySource(n, d, (from, to) => data.subarray(from * d, to * d));
}

function arraySource(n: number, d: number, slice: (from: number, to: number) => Batch['values']): Source {
  return {
    name: 'data',
    columns: columnNames(d),
    rows: n,

    async *batches() {
      for (let from = 0; from < n; from += BATCH_ROWS) {
        const to = Math.min(from + BATCH_ROWS, n);
        yield { rows: to - from, values: slice(from, to) };
      }
    },
  };
}

/** What columns are called that have no names: x0, x1, … */
export function columnNames(d: number): string[] {
  return Array.from({ length: d }, (_, column) => `x${column}`);
}

/** The same rows with these weights; throws `InputError('shape')` where there are not as many weights as rows. */
export function withWeights(source: Source, weights: ArrayLike<number>): Source {
  if (source.rows !== undefined && source.rows !== weights.length) throw weightCount(source.rows, weights.length);
  return {
    name: source.name,
    columns: source.columns,
    ...(source.rows === undefined ? {} : { rows: source.rows }),
    ...(source.notes === undefined ? {} : { notes: source.notes }),

    async *batches(signal) {
      let first = 0;
      for await (const batch of source.batches(signal)) {
        const from = first;
        yield { ...batch, weights: Float64Array.from({ length: batch.rows }, (_, i) => weights[from + i] ?? 0) };
        first += batch.rows;
      }
      if (first !== weights.length) throw weightCount(first, weights.length);
    },
  };
}

function weightCount(rows: number, count: number): InputError {
  return new InputError('shape', {
    where: 'sampleWeights',
    expected: `${rows} weights, one per row`,
    got: String(count),
    remedy: 'give every row its weight',
  });
}
