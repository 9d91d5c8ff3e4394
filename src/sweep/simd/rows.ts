import { total } from '../../base/numbers.js';
import { filledUp, GROUP_ROWS, tileRows } from '../../../kernels/simd/layout.js';
import type { ColumnKernel } from '../../../kernels/simd/columns.js';
import { sharedFloats } from '../../threads/shared.js';
import type { EncodedBlock, ListedBlock, RawBlock, RowBlock } from '../../../kernels/simd/rows.js';
import { copyListed, listsOf } from './listed.js';
import { codingOf, encoded, encodeTiles, encodeWeights, type Columns, type Encoding } from '../encode.js';

export type HeldBlock = EncodedBlock | ListedBlock;

/** Encodes rows into tiles that all threads see. */
export function encodedBlock(start: number, block: Columns, encoding: Encoding, kernel?: ColumnKernel): EncodedBlock {
  const { rows } = block;
  const d = block.columns.length;
  const b = tileRows(d);
  const x = sharedFloats(filledUp(rows, d) * d);
  encodeTiles(block, encoding, { from: 0, to: rows, b }, x, kernel);
  return { start, rows, x, v: weightsOf(block, encoding) };
}

/** Lists of rows that all threads see; undefined where tiles are better. */
export function listedBlock(
  start: number,
  block: Columns,
  encoding: Encoding,
  kernel?: ColumnKernel,
): ListedBlock | undefined {
  const lists = kernel && listsOf(block, encoding, kernel);
  return lists && { start, rows: block.rows, lists, v: weightsOf(block, encoding) };
}

/** Bytes that rows take as lists. */
export function bytesOf({ lists: { values, columns, starts }, v }: ListedBlock): number {
  return [values, columns, starts, v].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Rows where they are, which all threads see and encode as they read them. */
export function rawBlock(start: number, block: Columns, encoding: Encoding): RawBlock {
  const { rows, columns, weights } = block;
  const v = weights ? weightsOf(block, encoding) : Math.fround(1 / encoding.weightUnit);
  return { start, rows, columns, coding: codingOf(encoding), v };
}

function weightsOf(block: Columns, encoding: Encoding): Float32Array {
  const v = sharedFloats(filledUp(block.rows, block.columns.length));
  encodeWeights(block, encoding, { from: 0, to: block.rows }, v);
  return v;
}

/** Sums of the weights of each group of rows, in float64 and in the groups' order. */
export function groupWeights(blocks: readonly RowBlock[]): Float64Array {
  const sums: number[] = [];
  for (const { v, rows } of blocks) {
    for (let from = 0; from < rows; from += GROUP_ROWS) {
      const count = Math.min(GROUP_ROWS, rows - from);
      sums.push(typeof v === 'number' ? v * count : total(v, from, count)); // exact in any order: v has 24 bits
    }
  }
  return Float64Array.from(sums);
}

/** Writes row `at` of a block of d columns, encoded, from a place on. */
export function copyRow(block: RowBlock, at: number, d: number, into: Float64Array, place: number): void {
  if ('x' in block) {
    const tile = tileRows(d);
    const from = Math.floor(at / tile) * tile * d + (at % tile);
    for (let j = 0; j < d; j++) into[place + j] = block.x[from + j * tile];
    return;
  }
  if ('lists' in block) {
    copyListed(block.lists, at, d, into, place);
    return;
  }
  const { columns, coding } = block;
  for (let j = 0; j < d; j++) {
    const { values, start, stride } = columns[j];
    const own = encoded(values[start + at * stride], coding.numbers[2 * j], coding.numbers[2 * j + 1]);
    into[place + j] = Math.fround(own);
  }
}

/** The block of a row, and the row's number in it. */
export function locate(blocks: readonly RowBlock[], row: number): { readonly block: number; readonly at: number } {
  const block = blocks.findIndex(({ start, rows }) => row >= start && row < start + rows);
  if (block < 0) throw new RangeError(`there is no row ${row}`);
  return { block, at: row - blocks[block].start };
}
