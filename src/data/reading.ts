import { columnKernel } from '../../kernels/simd/column-kernel.js';
import { InputError } from '../base/errors.js';
import { yieldToEvents } from '../base/event-loop.js';
import { total } from '../base/numbers.js';
import { powerOfTwo, type Scaling } from '../families/scaling.js';
import type { ShardBuilder } from '../sweep/builder.js';
import type { Encoding } from '../sweep/encode.js';
import { patternBytesOfRow } from '../sweep/patterns/builder.js';
import { bytesOfRow, spillNote, type SpillSize } from '../sweep/spilled/limit.js';
import { codedBlocks, type CodedBlock } from './coded.js';
import { requireSquares, scalingOf } from './coordinates.js';
import { encodeOf, gappedRows, gateRows, sweptOf, type LoadOptions } from './load-options.js';
import { FactSums } from './row-facts.js';
import type { Source } from './source.js';
import { ColumnStatistics } from './statistics.js';

/** What is known of the rows of a source once they have been read. */
export interface RowsFound {
  readonly encoding: Encoding;
  /** Rows that were kept, and how many were left out for missing values. */
  readonly rows: number;
  readonly dropped: number;
  readonly totalWeight: number;
  readonly heaviest: number;
  /** Left out where the scaling was given. */
  readonly statistics: ColumnStatistics | undefined;
  /** What coding did to rows, and where they lie. */
  readonly notes: ReadonlySet<string>;
  /** Whether they lie in a file, known once the builder has finished. */
  readonly spilled: () => boolean;
}

/** What one read of a source found, and what it made. */
export interface Reading extends RowsFound {
  readonly builder: ShardBuilder;
  /** Of coded rows. */
  readonly facts: FactSums | undefined;
  /** Frees what it made. */
  readonly discard: () => void;
}

/** Reads all rows into a builder, encoded as is given or as the first block suggests. */
export async function readRows(
  source: Source,
  options: LoadOptions,
  given: { readonly scaling?: Scaling | undefined; readonly weightUnit?: number | undefined },
): Promise<Reading> {
  const swept = sweptOf(source, options);
  const d = swept.length;
  const { missing, signal, device, coding, trials = true, format, linear = false } = options;
  const statistics = options.scaling ? undefined : new ColumnStatistics(d, await columnKernel());
  const sums = { rows: 0, totalWeight: 0, heaviest: 0 };
  let dropped = 0;
  const notes = new Set<string>();
  let spilled = false;
  const spill = options.spill && {
    ...{ ...options.spill, rows: source.rows },
    onSpilled: (size: SpillSize) => {
      spilled = true;
      notes.add(spillNote(size));
    },
  };
  const facts = coding && new FactSums(d, (options.gaps ? patternBytesOfRow : bytesOfRow)(d), spill);
  const builder = options.gaps ? gappedRows(device, d, spill) : device.rows(d, { trials, format, linear, spill });
  const discard = (): void => {
    builder.discard();
    facts?.discard();
  };
  const onDropped = (): number => dropped++;
  let encoding: Encoding | undefined;
  try {
    for await (const block of codedBlocks(source, { missing, signal, onDropped, coding, blockRows: gateRows(d) })) {
      const { rows, weights } = block;
      statistics?.add(options.gaps ? withoutGaps(block) : block);
      sums.rows += rows;
      sums.totalWeight += weights ? total(weights) : rows;
      sums.heaviest = weights ? weights.reduce((a, b) => Math.max(a, b), sums.heaviest) : Math.max(1, sums.heaviest);
      encoding ??= {
        ...(given.scaling ?? scalingOf(statistics ?? new ColumnStatistics(d), encodeOf(options))),
        weightUnit: given.weightUnit ?? unitOf(sums),
      };
      await facts?.add(block, encoding);
      if (block.note !== undefined) notes.add(block.note);
      await builder.add(block, encoding);
      options.onRows?.(sums.rows);
      await yieldToEvents(signal); // rows in memory come without a wait
    }
    if (!encoding || (sums.totalWeight === 0 && given.weightUnit === undefined)) throw nothingLeft(source, dropped);
    const named = { name: source.name, columns: swept.map(({ name }) => name) };
    if (statistics) requireSquares(named, statistics);
    return { builder, encoding, dropped, statistics, facts, notes, spilled: () => spilled, discard, ...sums };
  } catch (error) {
    discard();
    throw error;
  }
}

/** The same rows with the mean of a column's others where it is missing, for guesses of where it lies. */
export function withoutGaps<Block extends CodedBlock>(block: Block): Block {
  const columns = block.columns.map(({ values, start, stride }) => {
    const own = new Float64Array(block.rows);
    let [sum, count] = [0, 0];
    for (let row = 0; row < block.rows; row++) {
      own[row] = values[start + row * stride];
      if (!Number.isNaN(own[row])) [sum, count] = [sum + own[row], count + 1];
    }
    const mean = count > 0 ? sum / count : 0;
    return { values: own.map((value) => (Number.isNaN(value) ? mean : value)), start: 0, stride: 1 };
  });
  return { ...block, columns };
}

/** The power of two nearest to the mean weight. */
export function unitOf({ totalWeight, rows }: Pick<Reading, 'totalWeight' | 'rows'>): number {
  return powerOfTwo(totalWeight / rows);
}

/** Whether the unit of weights is so far off that sums of them could leave the range of float32. */
export function misweighed({ encoding: { weightUnit: unit }, totalWeight, rows, heaviest }: Reading): boolean {
  const mean = totalWeight / rows / unit;
  return mean < 2 ** -30 || mean > 2 ** 30 || heaviest / unit > 2 ** 60;
}

/** Data of which no row is left, or none that weighs anything. */
export class NothingLeft extends InputError {}

export function nothingLeft(source: Source, dropped: number): InputError {
  return new NothingLeft('shape', {
    where: source.name,
    expected: 'at least one row of positive weight',
    got: dropped > 0 ? `none after leaving out ${dropped} with missing values` : 'weights that are all 0',
    remedy: 'fill missing values in, or choose columns and weights that have numbers',
  });
}
