import { Arena } from './arena.js';
import type { Exports } from './exports.js';
import { instantiate } from './instance.js';
import { tileRows } from './layout.js';
import { ListPlaces, listsFor, type Lists } from './nonzeros.js';

/** One column of consecutive rows, a view: row i has `values[start + i · stride]`. */
export interface Column {
  readonly values: Float32Array | Float64Array;
  readonly start: number;
  readonly stride: number;
}

/** What becomes of each column: (x − shift) · inverse, no farther than `farthest` from 0. */
export interface Coding {
  /** Shift and inverse of each column, `[d, 2]`. */
  readonly numbers: Float64Array;
  readonly farthest: number;
}

/** Values that are worked on at once: in float64 they fit the second-level cache. */
export const PART_VALUES = 2 ** 15;

/** What some rows say of each column: four numbers a column, `[d, 4]`: mean, variance, least and most. */
export type Description = Float64Array;

/** Rows `from` … `to − 1`, and their weights where these are not all 1. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
  readonly weights?: Float64Array | undefined;
}

/** Works on columns of data in a memory of its own, which nobody else sees: every call is complete in itself. */
export class ColumnKernel {
  private readonly wasm: Exports;
  private readonly arena: Arena;
  private lists: Lists | undefined;

  constructor(module: WebAssembly.Module) {
    this.wasm = instantiate(module) as unknown as Exports;
    this.arena = new Arena(this.wasm.memory);
  }

  /** Describes some rows, whose weights sum to `weight`, means about row `origin` of them; rows of weight 0 don't count. */
  describe(
    columns: readonly Column[],
    { from, to, weights }: RowRange,
    { weight, origin }: { readonly weight: number; readonly origin: number },
  ): Description {
    const [d, rows] = [columns.length, to - from];
    const place = this.begin(d, rows);
    const [weightsAt, results] = [weights ? this.arena.take(2 * rows) : 0, this.arena.take(8 * d)];
    this.arena.reserve();
    this.turn(columns, from, rows, place);
    if (weights) this.arena.doubles(weightsAt, rows).set(weights);
    this.wasm.describe(place.columns, place.step, d, rows, weightsAt, 1 / weight, origin, results);
    return this.arena.doubles(results, 4 * d).slice();
  }

  /** Whether numbers `from` … `to − 1` are finite. */
  allFinite(values: Column['values'], from: number, to: number): boolean {
    const most = 2 * PART_VALUES;
    this.arena.begin();
    const place = this.arena.take(2 * most);
    this.arena.reserve();
    for (let first = from; first < to; first += most) {
      const part = values.subarray(first, Math.min(to, first + most));
      const count = Math.ceil(part.length / 16) * 16;
      const isSingle = part instanceof Float32Array;
      const into = isSingle ? this.arena.floats(place, count) : this.arena.doubles(place, count);
      into.set(part);
      into.fill(0, part.length);
      if (!(isSingle ? this.wasm.finite32(place, count) : this.wasm.finite64(place, count))) return false;
    }
    return true;
  }

  /** Lists what is not 0 of tiles `[tiles, d, b]` of at most 1024 rows: valid until others are listed. */
  list(x: Float32Array, d: number): Lists {
    const b = tileRows(d);
    const rows = x.length / d;
    this.arena.begin();
    const tile = this.arena.take(b * d);
    this.wasm.shape(0, b);
    this.wasm.placeLinear(d, 0, 0, 0, 0, 0, 0);
    const places = new ListPlaces({ wasm: this.wasm, arena: this.arena, tile: b }, d, 0);
    this.arena.reserve();
    const { values, columns, starts } = (this.lists = listsFor(this.lists, rows, d));
    for (let row = 0; row < rows; row += b) {
      this.arena.floats(tile, b * d).set(x.subarray(row * d, (row + b) * d));
      this.wasm.listNonzeros(tile);
      places.take(this.lists, row);
    }
    const end = starts[rows];
    return { values: values.subarray(0, end), columns: columns.subarray(0, end), starts: starts.subarray(0, rows + 1) };
  }

  /** Writes rows `from` … `to − 1` into tiles `[tiles, d, b]` at the beginning of `into`; b is a multiple of 4. */
  encode(
    columns: readonly Column[],
    { from, to, b }: { readonly from: number; readonly to: number; readonly b: number },
    { numbers, farthest }: Coding,
    into: Float32Array,
  ): void {
    const d = columns.length;
    const most = Math.max(1, Math.floor(PART_VALUES / d / b)) * b;
    for (let first = from; first < to; first += most) {
      const rows = Math.min(most, to - first);
      const length = Math.ceil(rows / b) * b * d;
      const place = this.begin(d, rows);
      const [codingAt, tiles] = [this.arena.take(4 * d), this.arena.take(length)];
      this.arena.reserve();
      this.turn(columns, first, rows, place);
      this.arena.doubles(codingAt, 2 * d).set(numbers);
      if (rows % b > 0) this.arena.floats(tiles + (length - b * d) * 4, b * d).fill(0);
      this.wasm.encode(place.columns, place.step, d, rows, b, codingAt, farthest, tiles);
      into.set(this.arena.floats(tiles, length), (first - from) * d);
    }
  }

  /** Places for rows as they come and as columns. */
  private begin(d: number, rows: number): { readonly raw: number; readonly columns: number; readonly step: number } {
    this.arena.begin();
    const step = Math.ceil(rows / 8) * 64;
    return { raw: this.arena.take(2 * rows * d), columns: this.arena.take((step / 4) * d), step };
  }

  /** Copies rows into the kernel's memory, column by column. */
  private turn(
    columns: readonly Column[],
    from: number,
    rows: number,
    place: { readonly raw: number; readonly columns: number; readonly step: number },
  ): void {
    const d = columns.length;
    if (!areMatrix(columns)) {
      for (let j = 0; j < d; j++) this.copy(columns[j], from, rows, place.raw, place.columns + j * place.step);
      return;
    }
    const [{ values, start }] = columns;
    const all = values.subarray(start + from * d, start + (from + rows) * d);
    if (all instanceof Float32Array) {
      this.arena.floats(place.raw, rows * d).set(all);
      this.wasm.turn32(place.raw, rows, d, place.columns, place.step);
    } else {
      this.arena.doubles(place.raw, rows * d).set(all);
      this.wasm.turn64(place.raw, rows, d, place.columns, place.step);
    }
  }

  /** Copies rows of one column; float32 as it is, which the kernel makes float64 of. */
  private copy(column: Column, from: number, rows: number, raw: number, into: number): void {
    const { values, start, stride } = column;
    if (stride !== 1 || !(values instanceof Float32Array)) {
      copyRows(column, from, this.arena.doubles(into, rows));
      return;
    }
    this.arena.floats(raw, rows).set(values.subarray(start + from, start + from + rows));
    this.wasm.widen(raw, rows, into);
  }
}

/** Whether columns are those of one row-major matrix, with nothing between its rows. */
export function areMatrix(columns: readonly Column[]): boolean {
  const [{ values, start, stride }] = columns;
  return stride === columns.length && columns.every((one, j) => one.values === values && one.start === start + j);
}

/** Copies rows `from` … of a column, as many as there is room for. */
export function copyRows({ values, start, stride }: Column, from: number, into: Float64Array): void {
  const first = start + from * stride;
  if (stride === 1) into.set(values.subarray(first, first + into.length));
  else for (let row = 0, at = first; row < into.length; row++, at += stride) into[row] = values[at];
}
