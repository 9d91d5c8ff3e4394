import { yieldToEvents } from '../base/event-loop.js';
import type { Range } from '../families/noise.js';
import type { Levels } from '../families/family.js';
import { cleanBlocks, type MissingPolicy } from './blocks.js';
import type { Source } from './source.js';

/** Rows that are looked at together. */
const ROWS = 65_536;

export interface RangesOptions {
  readonly missing: MissingPolicy;
  /** Of columns of levels what these are, `[d]`: their range is that of their indices. */
  readonly levels?: readonly (Levels | undefined)[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The least and the largest value of each column, `[d]`: ∞ and −∞ of a column without a value. */
export interface Bounds {
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/**
 * The least and the largest value of each column, `[d]`, by one read of the rows that are kept and weigh something. A column
 * without a value has the range from 0 to 0.
 */
export async function rangesOf(source: Source, options: RangesOptions): Promise<Range[]> {
  return rangesOfBounds(await boundsOf(source, options), options.levels);
}

/** The same as bounds, which those of other rows can be added to. */
export async function boundsOf(source: Source, { missing, signal }: Omit<RangesOptions, 'levels'>): Promise<Bounds> {
  const least = new Float64Array(source.columns.length).fill(Infinity);
  const most = new Float64Array(source.columns.length).fill(-Infinity);
  for await (const { rows, columns, weights } of cleanBlocks(source, { missing, signal, blockRows: ROWS })) {
    for (const [j, { values, start, stride }] of columns.entries()) {
      for (let row = 0, at = start; row < rows; row++, at += stride) {
        const value = values[at];
        if (weights?.[row] === 0) continue;
        if (value < least[j]) least[j] = value; // NaN is not
        if (value > most[j]) most[j] = value;
      }
    }
    await yieldToEvents(signal);
  }
  return { least, most };
}

/** Ranges of columns by their bounds. */
export function rangesOfBounds({ least, most }: Bounds, levels: RangesOptions['levels']): Range[] {
  return Array.from(least, (low, j): Range => {
    const own = levels?.[j];
    if (own) return [0, own.length - 1];
    return low === Infinity ? [0, 0] : [low, most[j]];
  });
}
