import type { ColumnKernel } from '../../../kernels/simd/columns.js';
import { filledUp, GROUP_ROWS, tileRows } from '../../../kernels/simd/layout.js';
import { mayBeListed, type Lists } from '../../../kernels/simd/nonzeros.js';
import { sharedBytes } from '../../threads/shared.js';
import { encodeTiles, type Columns, type Encoding } from '../encode.js';

/** Up to this share of numbers other than 0, rows are listed: lists then take less than half of what tiles take. */
const MOST = 0.3;

/** Rows as lists that all threads see; undefined where the first group's numbers show that tiles are better. */
export function listsOf(block: Columns, encoding: Encoding, kernel: ColumnKernel): Lists | undefined {
  const { rows } = block;
  const d = block.columns.length;
  if (!mayBeListed(d)) return undefined;
  const b = tileRows(d);
  const tiles = new Float32Array(GROUP_ROWS * d);
  const parts: Lists[] = [];
  for (let from = 0; from < rows; from += GROUP_ROWS) {
    const to = Math.min(from + GROUP_ROWS, rows);
    encodeTiles(block, encoding, { from, to, b }, tiles, kernel);
    const { values, columns, starts } = kernel.list(tiles.subarray(0, filledUp(to - from, d) * d), d);
    if (from === 0 && values.length > MOST * to * d) return undefined;
    parts.push({ values: values.slice(), columns: columns.slice(), starts: starts.slice() });
  }
  return joined(parts, filledUp(rows, d));
}

function joined(parts: readonly Lists[], rows: number): Lists {
  const count = parts.reduce((sum, { values }) => sum + values.length, 0);
  const values = new Float32Array(sharedBytes(count * 4));
  const columns = new Uint16Array(sharedBytes(count * 2));
  const starts = new Uint32Array(sharedBytes((rows + 1) * 4));
  let [at, row] = [0, 0];
  for (const part of parts) {
    values.set(part.values, at);
    columns.set(part.columns, at);
    for (const start of part.starts) starts[row++] = at + start;
    row--; // where the next part's first row begins
    at += part.values.length;
  }
  return { values, columns, starts };
}

/** Writes a listed row of d columns from a place on. */
export function copyListed(
  { values, columns, starts }: Lists,
  row: number,
  d: number,
  into: Float64Array,
  place: number,
): void {
  for (let j = 0; j < d; j++) into[place + j] = 0;
  const end = starts[row + 1];
  for (let at = starts[row]; at < end; at++) {
    const value = values[at];
    if (value !== 0) into[place + columns[at]] = value;
  }
}
