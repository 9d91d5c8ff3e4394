import { TRUTH } from '../../base/truth.js';
import type { Floats } from '../../sweep/model.js';
import { columnBatch } from '../columns.js';
import { Levels, recode, type LevelsOfColumns } from '../levels.js';
import type { Batch, Batching } from '../source.js';
import type { Choice } from './columns.js';
import type { AnyTable } from './table.js';

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
  table: AnyTable,
  choice: Choice,
  { every = 1, most = Infinity, passing = false, signal }: Reading = {},
): AsyncGenerator<Batch> {
  const { features, weight } = choice;
  const d = features.length;
  const capacity = Math.min(most, rowsPerBatch(d));
  const chosen = weight === undefined ? features : [...features, weight];
  const coders = levelsOf(choice);
  const levels = every === 1 ? coders : levelsOf(choice); // those of the rows taken
  const texts = textsOf(choice, levels);
  const batch = (rows: number, { columns, weights }: Place): Batch =>
    columnBatch(rows, columns.slice(0, d), weights?.subarray(0, rows), texts);
  const mayPass = passing && every === 1 && weight === undefined && !coders; // as a batch, where a block has its rows
  let place: Place | undefined;
  let filled = 0;
  let next = 0; // the next row to take, counted from the start of the block
  for await (const block of table.blocks(chosen, signal, coders)) {
    const rows = block[0].length;
    if (place && !hasRoomFor(block, place)) {
      if (filled > 0) yield batch(filled, place);
      [place, filled] = [undefined, 0];
    }
    if (mayPass && filled === 0 && rows === capacity) {
      yield columnBatch(rows, block, undefined, texts);
      continue;
    }
    while (next < rows) {
      place ??= placeFor(block, capacity, weight === undefined ? undefined : d);
      const { columns } = place;
      const taken = Math.min(capacity - filled, Math.ceil((rows - next) / every));
      for (const [j, values] of block.entries()) {
        take(values, next, every, taken, columns[j], filled);
        const [from, to] = [coders?.[j], levels?.[j]];
        if (from && to && from !== to) recode(columns[j].subarray(filled, filled + taken), from, to);
      }
      filled += taken;
      next += taken * every;
      if (filled < capacity) continue;
      yield batch(filled, place);
      if (!passing) place = undefined;
      filled = 0;
    }
    next -= rows;
  }
  if (place && filled > 0) yield batch(filled, place);
}

/** Where the rows of a batch go, column by column, the weights among them. */
interface Place {
  readonly columns: readonly Floats[];
  readonly weights: Float64Array | undefined;
}

/**
 * A place for so many rows like those of a block: in float32 what comes so, but the weights. Of one array for each type: many
 * would each be known to the collector of garbage.
 */
function placeFor(block: readonly Floats[], rows: number, weight: number | undefined): Place {
  const isSingle = block.map((values, j) => values instanceof Float32Array && j !== weight);
  const singles = new Float32Array(rows * isSingle.filter((single) => single).length);
  const doubles = new Float64Array(rows * block.length - singles.length);
  let [single, double] = [0, 0];
  const columns = isSingle.map((of) =>
    of ? singles.subarray(rows * single, rows * ++single) : doubles.subarray(rows * double, rows * ++double),
  );
  const weights = weight === undefined ? undefined : doubles.subarray(doubles.length - rows);
  return { columns, weights };
}

/** Whether a place can hold the numbers of a block, of a file whose types may be others. */
function hasRoomFor(block: readonly Floats[], { columns }: Place): boolean {
  return columns.every((column, j) => column instanceof Float64Array || block[j] instanceof Float32Array);
}

/** New levels of those features that are text; undefined where none is. */
function levelsOf({ features, levels }: Choice): readonly (Levels | undefined)[] | undefined {
  if (levels.size === 0) return undefined;
  return features.map((index) => {
    const column = levels.get(index);
    return column && new Levels(column);
  });
}

/** The lists of texts of the features, as a batch has them. */
function textsOf({ features, truths }: Choice, levels: ReturnType<typeof levelsOf>): LevelsOfColumns | undefined {
  if (!levels && truths.size === 0) return undefined;
  return features.map((index, j) => (truths.has(index) ? TRUTH : levels?.[j]?.texts));
}

/** `into[at + i] = values[first + i * every]` for i < count. */
function take(values: Floats, first: number, every: number, count: number, into: Floats, at: number): void {
  if (every === 1) into.set(values.subarray(first, first + count), at);
  else for (let i = 0; i < count; i++) into[at + i] = values[first + i * every];
}
