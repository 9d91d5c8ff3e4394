/** How rows in the data's units become a shard's: each column shifted, scaled and rounded once, into the shard's layout. */
import type { Coding, Column, ColumnKernel } from '../../kernels/simd/columns.js';
import type { Floats } from './model.js';

export type { Column };

/** Consecutive rows, column by column, in the data's units. */
export interface Columns {
  readonly rows: number;
  /** `[d]`. */
  readonly columns: readonly Column[];
  /** Sample weights `[rows]`; absent where every row weighs 1. */
  readonly weights?: Float64Array | undefined;
}

/** Where the rows of a data set are held: as (x − shift) / scale and weight / weightUnit. */
export interface Encoding {
  /** `[d]`, in the data's units. */
  readonly shift: Float64Array;
  /** Powers of two, `[d]`, in the data's units. */
  readonly scale: Float64Array;
  /** A power of two near the mean weight. */
  readonly weightUnit: number;
}

/** How many scales from the shift a row may be held: squares of more would come near the end of float32's range. */
export const FARTHEST = 2 ** 41;

/** Rows that are encoded together where they stay row by row: a few columns of them fit the first-level cache. */
const ROWS_AT_ONCE = 256;

/** The same as the kernel takes it. */
export function codingOf({ shift, scale }: Pick<Encoding, 'shift' | 'scale'>): Coding {
  const numbers = new Float64Array(2 * shift.length);
  for (let j = 0; j < shift.length; j++) {
    numbers[2 * j] = shift[j];
    numbers[2 * j + 1] = 1 / scale[j];
  }
  return { numbers, farthest: FARTHEST };
}

/**
 * Encodes rows `from` … `to − 1` into tiles `[tiles, d, b]`, the first row at the beginning of the first tile: computed in
 * float64, rounded to float32. Tiles of one row are a row-major matrix. Beyond `FARTHEST`, where no row lies whose weight
 * counts in the fit that rows are loaded for, float32 would overflow. The kernel, where there is one, does the same faster.
 */
export function encodeTiles(
  { columns }: Columns,
  encoding: Encoding,
  { from, to, b }: { readonly from: number; readonly to: number; readonly b: number },
  into: Float32Array,
  kernel?: ColumnKernel,
): void {
  const d = columns.length;
  if (kernel && b % 4 === 0) {
    kernel.encode(columns, { from, to, b }, codingOf(encoding), into);
    return;
  }
  const { shift, scale } = encoding;
  const step = b === 1 ? d : 1;
  const most = b === 1 ? ROWS_AT_ONCE : b;
  for (let row = from; row < to; row += most) {
    const count = Math.min(most, to - row);
    const tile = (row - from) * d;
    for (let j = 0; j < d; j++) {
      const { values, start, stride } = columns[j];
      const place = { at: tile + j * (b === 1 ? 1 : b), step, count };
      encodeColumn(values, start + row * stride, stride, shift[j], 1 / scale[j], into, place);
    }
  }
}

/** Multiplies by the inverse, which is as exact as dividing: scales are powers of two. */
function encodeColumn(
  values: Floats,
  start: number,
  stride: number,
  shift: number,
  inverse: number,
  into: Float32Array,
  { at, step, count }: { readonly at: number; readonly step: number; readonly count: number },
): void {
  for (let i = 0, from = start, to = at; i < count; i++, from += stride, to += step) {
    into[to] = encoded(values[from], shift, inverse);
  }
}

/** One number, before it is rounded to float32. */
export function encoded(value: number, shift: number, inverse: number): number {
  const coded = (value - shift) * inverse;
  return coded > FARTHEST ? FARTHEST : coded < -FARTHEST ? -FARTHEST : coded;
}

/** Encodes the weights of rows `from` … `to − 1`, rounded to float32. */
export function encodeWeights(
  { weights }: Columns,
  { weightUnit }: Encoding,
  { from, to }: { readonly from: number; readonly to: number },
  into: Float32Array,
): void {
  if (!weights) into.fill(1 / weightUnit, 0, to - from);
  else for (let row = from; row < to; row++) into[row - from] = weights[row] / weightUnit;
}

/** The same rows in float64, row-major `[to − from, d]`, as they are. */
export function encodeExactly(
  { columns }: Columns,
  { shift, scale }: Pick<Encoding, 'shift' | 'scale'>,
  from: number,
  to: number,
): Float64Array {
  const d = columns.length;
  const encoded = new Float64Array((to - from) * d);
  for (let first = from; first < to; first += ROWS_AT_ONCE) {
    const end = Math.min(to, first + ROWS_AT_ONCE);
    for (const [j, { values, start, stride }] of columns.entries()) {
      const [own, unit] = [shift[j], scale[j]];
      for (let row = first, at = (first - from) * d + j; row < end; row++, at += d) {
        encoded[at] = (values[start + row * stride] - own) / unit;
      }
    }
  }
  return encoded;
}

/** Rows `from` … `to − 1` in the data's units, row-major `[to − from, d]`. */
export function rowMajor({ columns }: Pick<Columns, 'columns'>, from: number, to: number): Float64Array {
  const d = columns.length;
  const rows = new Float64Array((to - from) * d);
  for (let first = from; first < to; first += ROWS_AT_ONCE) {
    const end = Math.min(to, first + ROWS_AT_ONCE);
    for (const [j, { values, start, stride }] of columns.entries()) {
      for (let row = first, at = (first - from) * d + j; row < end; row++, at += d) {
        rows[at] = values[start + row * stride];
      }
    }
  }
  return rows;
}

/**
 * What log-densities of rows with gaps lack of the volume of all columns, `[rows]`, nats: Σ log scale of those that are
 * missing. Undefined where nothing is.
 */
export function gapVolumes(
  { columns, rows }: Pick<Columns, 'columns' | 'rows'>,
  { scale }: Pick<Encoding, 'scale'>,
): Float64Array | undefined {
  let volumes: Float64Array | undefined;
  for (const [j, { values, start, stride }] of columns.entries()) {
    for (let row = 0, at = start; row < rows; row++, at += stride) {
      if (Number.isNaN(values[at])) (volumes ??= new Float64Array(rows))[row] += Math.log(scale[j]);
    }
  }
  return volumes;
}

/** The sum of two arrays, either of which may not be there. */
export function addedTo(base: Float64Array | undefined, more: Float64Array | undefined): Float64Array | undefined {
  return base && more ? base.map((value, row) => value + more[row]) : (base ?? more);
}
