import type { Batch } from '../source.js';
import type { Choice } from './columns.js';
import type { Table } from './table.js';

/** Most rows in a batch. */
const ROWS = 65_536;

/** Most values in a batch (32 MiB of float64): wide tables come in fewer rows. */
const VALUES = 1 << 22;

/** Rows per batch for d columns. */
export function rowsPerBatch(d: number): number {
  return Math.max(1, Math.min(ROWS, Math.floor(VALUES / d)));
}

/** Rows 0, m, 2m, … (m = `every`) of the chosen columns, row-major, in batches of `rowsPerBatch(d)`. */
export async function* batches(
  table: Table,
  { features, weight }: Choice,
  every: number,
  signal?: AbortSignal,
): AsyncGenerator<Batch> {
  const d = features.length;
  const capacity = rowsPerBatch(d);
  const weighted = weight !== undefined;
  let values = new Float64Array(capacity * d);
  let weights = new Float64Array(weighted ? capacity : 0);
  let filled = 0;
  let next = 0; // the next row to take, counted from the start of the block
  for await (const columns of table.blocks(weighted ? [...features, weight] : features, signal)) {
    const rows = columns[0].length;
    while (next < rows) {
      const taken = Math.min(capacity - filled, Math.ceil((rows - next) / every));
      for (let j = 0; j < d; j++) strided(values, filled * d + j, d, columns[j], next, every, taken);
      if (weighted) strided(weights, filled, 1, columns[d], next, every, taken);
      filled += taken;
      next += taken * every;
      if (filled < capacity) continue;
      yield weighted ? { rows: filled, values, weights } : { rows: filled, values };
      values = new Float64Array(capacity * d);
      weights = new Float64Array(weighted ? capacity : 0);
      filled = 0;
    }
    next -= rows;
  }
  if (filled === 0) return;
  const rest = { rows: filled, values: values.slice(0, filled * d) };
  yield weighted ? { ...rest, weights: weights.slice(0, filled) } : rest;
}

/** `to[start + i * step] = from[first + i * every]` for i < count. */
function strided(
  to: Float64Array,
  start: number,
  step: number,
  from: Float64Array,
  first: number,
  every: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) to[start + i * step] = from[first + i * every];
}
