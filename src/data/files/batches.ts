import { columnBatch } from '../columns.js';
import { Levels, recode } from '../levels.js';
import type { Batch, Batching } from '../source.js';
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

/** Which rows to read, and how. */
interface Reading extends Batching {
  /** Rows 0, m, 2m, …; default all. */
  readonly every?: number;
  /** Rows per batch at the most; default `rowsPerBatch(d)`, which no batch exceeds. */
  readonly most?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Rows of the chosen columns in batches. */
export async function* batches(
  table: Table,
  choice: Choice,
  { every = 1, most = Infinity, passing = false, signal }: Reading = {},
): AsyncGenerator<Batch> {
  const { features, weight } = choice;
  const d = features.length;
  const capacity = Math.min(most, rowsPerBatch(d));
  const chosen = weight === undefined ? features : [...features, weight];
  // Of one array: many would each be known to the collector of garbage.
  const empty = (): Float64Array[] => {
    const all = new Float64Array(capacity * chosen.length);
    return chosen.map((_, j) => all.subarray(j * capacity, (j + 1) * capacity));
  };
  const coders = levelsOf(choice);
  const levels = every === 1 ? coders : levelsOf(choice); // those of the rows taken
  const texts = levels?.map((of) => of?.texts);
  const batch = (rows: number, columns: Float64Array[]): Batch =>
    columnBatch(rows, columns.slice(0, d), weight === undefined ? undefined : columns[d].subarray(0, rows), texts);
  let columns = empty();
  let filled = 0;
  let next = 0; // the next row to take, counted from the start of the block
  for await (const block of table.blocks(chosen, signal, coders)) {
    const rows = block[0].length;
    while (next < rows) {
      const taken = Math.min(capacity - filled, Math.ceil((rows - next) / every));
      for (const [j, values] of block.entries()) {
        take(values, next, every, taken, columns[j], filled);
        const [from, to] = [coders?.[j], levels?.[j]];
        if (from && to && from !== to) recode(columns[j].subarray(filled, filled + taken), from, to);
      }
      filled += taken;
      next += taken * every;
      if (filled < capacity) continue;
      yield batch(filled, columns);
      if (!passing) columns = empty();
      filled = 0;
    }
    next -= rows;
  }
  if (filled > 0) yield batch(filled, columns);
}

/** New levels of those features that are text; undefined where none is. */
function levelsOf({ features, levels }: Choice): readonly (Levels | undefined)[] | undefined {
  if (levels.size === 0) return undefined;
  return features.map((index) => {
    const column = levels.get(index);
    return column && new Levels(column);
  });
}

/** `into[at + i] = values[first + i * every]` for i < count. */
function take(values: Float64Array, first: number, every: number, count: number, into: Float64Array, at: number): void {
  if (every === 1) into.set(values.subarray(first, first + count), at);
  else for (let i = 0; i < count; i++) into[at + i] = values[first + i * every];
}
