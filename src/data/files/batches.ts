import { columnBatch } from '../columns.js';
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

/** Rows 0, m, 2m, … (m = `every`) of the chosen columns in batches of `rowsPerBatch(d)`. */
export async function* batches(
  table: Table,
  { features, weight }: Choice,
  every: number,
  signal?: AbortSignal,
): AsyncGenerator<Batch> {
  const d = features.length;
  const capacity = rowsPerBatch(d);
  const chosen = weight === undefined ? features : [...features, weight];
  // Of one array: many would each be known to the collector of garbage.
  const empty = (): Float64Array[] => {
    const all = new Float64Array(capacity * chosen.length);
    return chosen.map((_, j) => all.subarray(j * capacity, (j + 1) * capacity));
  };
  const batch = (rows: number, columns: Float64Array[]): Batch =>
    columnBatch(rows, columns.slice(0, d), weight === undefined ? undefined : columns[d].subarray(0, rows));
  let columns = empty();
  let filled = 0;
  let next = 0; // the next row to take, counted from the start of the block
  for await (const block of table.blocks(chosen, signal)) {
    const rows = block[0].length;
    while (next < rows) {
      const taken = Math.min(capacity - filled, Math.ceil((rows - next) / every));
      for (const [j, values] of block.entries()) take(values, next, every, taken, columns[j], filled);
      filled += taken;
      next += taken * every;
      if (filled < capacity) continue;
      yield batch(filled, columns);
      columns = empty();
      filled = 0;
    }
    next -= rows;
  }
  if (filled > 0) yield batch(filled, columns);
}

/** `into[at + i] = values[first + i * every]` for i < count. */
function take(values: Float64Array, first: number, every: number, count: number, into: Float64Array, at: number): void {
  if (every === 1) into.set(values.subarray(first, first + count), at);
  else for (let i = 0; i < count; i++) into[at + i] = values[first + i * every];
}
