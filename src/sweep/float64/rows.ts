import { tileRows64, type TileBlock } from '../../../kernels/simd/tiles64/model.js';
import { sharedDoubles } from '../../threads/shared.js';
import type { Columns, Encoding } from '../encode.js';
import type { ExactBlock } from '../exact/shard.js';

/** A block of rows as tiles that all threads see, and what is known of its rows besides. */
export interface Float64Block extends TileBlock {
  /** Index of the first row. */
  readonly start: number;
  /** log h(x), `[rows]`, nats; left out where it is 0. */
  readonly base?: Float64Array | undefined;
}

/** Encodes rows into tiles, in float64 and not rounded to float32. */
export function encodedTiles(
  start: number,
  block: Columns & { readonly base?: Float64Array | undefined },
  { shift, scale, weightUnit }: Encoding,
): Float64Block {
  const { rows, columns, weights, base } = block;
  const d = columns.length;
  const b = tileRows64(d);
  const filled = Math.ceil(rows / b) * b;
  const [x, v] = [sharedDoubles(filled * d), sharedDoubles(filled)];
  for (let from = 0; from < rows; from += b) {
    const end = Math.min(rows, from + b);
    for (const [j, { values, start: first, stride }] of columns.entries()) {
      const [own, unit] = [shift[j], scale[j]];
      for (let row = from, at = from * d + j * b; row < end; row++, at++) {
        x[at] = (values[first + row * stride] - own) / unit;
      }
    }
  }
  for (let row = 0; row < rows; row++) v[row] = (weights?.[row] ?? 1) / weightUnit;
  return { start, rows, x, v, base };
}

/** Row `at` of a block of d columns, written from a place on. */
export function copyTileRow({ x }: TileBlock, at: number, d: number, into: Float64Array, place: number): void {
  const b = tileRows64(d);
  const from = Math.floor(at / b) * b * d + (at % b);
  for (let j = 0; j < d; j++) into[place + j] = x[from + j * b];
}

/** The same rows one after the other. */
export function asExactBlock(block: Float64Block, d: number): ExactBlock {
  const { start, rows, v, base } = block;
  const values = new Float64Array(rows * d);
  for (let row = 0; row < rows; row++) copyTileRow(block, row, d, values, row * d);
  return { start, values, weights: v.slice(0, rows), base };
}
