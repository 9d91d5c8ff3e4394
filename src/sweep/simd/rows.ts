import { GROUP_ROWS, tileRows } from '../../../kernels/simd/layout.js';
import type { ColumnKernel } from '../../../kernels/simd/columns.js';
import { sharedFloats } from '../../threads/shared.js';
import type { RowBlock } from '../../../kernels/simd/tasks.js';
import { encodeTiles, encodeWeights, type Columns, type Encoding } from '../encode.js';

/** Encodes rows into tiles that all threads see. */
export function rowBlock(start: number, block: Columns, encoding: Encoding, kernel?: ColumnKernel): RowBlock {
  const { rows } = block;
  const d = block.columns.length;
  const b = tileRows(d);
  const filled = Math.ceil(rows / b) * b;
  const x = sharedFloats(filled * d);
  const v = sharedFloats(filled);
  encodeTiles(block, encoding, { from: 0, to: rows, b }, x, kernel);
  encodeWeights(block, encoding, { from: 0, to: rows }, v);
  return { start, rows, x, v };
}

/** Sums of the weights of each group of rows, in float64 and in the groups' order. */
export function groupWeights(blocks: readonly RowBlock[]): Float64Array {
  const sums: number[] = [];
  for (const { v } of blocks) {
    for (let from = 0; from < v.length; from += GROUP_ROWS) {
      let sum = 0;
      for (let i = from; i < Math.min(from + GROUP_ROWS, v.length); i++) sum += v[i];
      sums.push(sum);
    }
  }
  return Float64Array.from(sums);
}

/** The block of a row, and the row's number in it. */
export function locate(blocks: readonly RowBlock[], row: number): { readonly block: number; readonly at: number } {
  const block = blocks.findIndex(({ start, rows }) => row >= start && row < start + rows);
  if (block < 0) throw new RangeError(`there is no row ${row}`);
  return { block, at: row - blocks[block].start };
}
