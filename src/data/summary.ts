/** What is to be known of rows before they are held anywhere, of parts of a source that are read apart. */
import { columnKernel } from '../../kernels/simd/column-kernel.js';
import { yieldToEvents } from '../base/event-loop.js';
import { total } from '../base/numbers.js';
import type { Encoding } from '../sweep/encode.js';
import { codedBlocks } from './coded.js';
import { DataWatch, type DataDigest } from './digests.js';
import { requireSquares, scalingOf } from './coordinates.js';
import { encodeOf, gateRows, sweptOf, type LoadOptions } from './load-options.js';
import { nothingLeft, unitOf, withoutGaps, type RowsFound } from './reading.js';
import type { Source } from './source.js';
import { ColumnStatistics, type StatisticsParts } from './statistics.js';

/** What is known of the rows of a part, as plain values. */
export interface Summary {
  /** Rows that were kept, and how many were not. */
  readonly rows: number;
  readonly dropped: number;
  /** Σ of the sample weights, and the largest, in the user's units. */
  readonly totalWeight: number;
  readonly heaviest: number;
  readonly statistics: StatisticsParts;
  /** What coding did to rows. */
  readonly notes: readonly string[];
  /** Of the rows as the source has them, where that is asked for. */
  readonly digest?: DataDigest;
}

interface Gate extends Pick<LoadOptions, 'missing' | 'coding' | 'gaps' | 'signal'> {
  readonly digested?: boolean | undefined;
}

/** Reads rows and keeps none. Throws as `loadDataset` does for rows that can't be fitted, but not where there are none. */
export async function summarized(
  source: Source,
  { missing, coding, gaps, signal, digested = false }: Gate,
): Promise<Summary> {
  const digests = new DataWatch();
  const read = digested ? digests.watch(source) : source;
  const d = sweptOf(source, { coding }).length;
  const statistics = new ColumnStatistics(d, await columnKernel());
  let dropped = 0;
  const notes = new Set<string>();
  const sums = { rows: 0, totalWeight: 0, heaviest: 0 };
  const onDropped = (): number => dropped++;
  for await (const block of codedBlocks(read, { missing, coding, signal, onDropped, blockRows: gateRows(d) })) {
    const { rows, weights, note } = block;
    statistics.add(gaps ? withoutGaps(block) : block);
    sums.rows += rows;
    sums.totalWeight += weights ? total(weights) : rows;
    sums.heaviest = weights ? weights.reduce((a, b) => Math.max(a, b), sums.heaviest) : Math.max(1, sums.heaviest);
    if (note !== undefined) notes.add(note);
    await yieldToEvents(signal);
  }
  const digest = digested && { digest: digests.digest };
  return { ...sums, dropped, statistics: statistics.parts, notes: [...notes], ...digest };
}

/** A part's summary, and how many rows of the source lie before the part. */
export interface PlacedSummary {
  readonly summary: Summary;
  readonly before: number;
}

/**
 * What is known of all rows, of parts in their order: depends on nothing but the parts. Throws `InputError` where no row is
 * left, and for columns whose squares float64 can't hold.
 */
export function mergedSummaries(
  source: Source,
  parts: readonly PlacedSummary[],
  options: Pick<LoadOptions, 'coding' | 'encode' | 'commonScale'>,
): RowsFound {
  const swept = sweptOf(source, options);
  const statistics = new ColumnStatistics(swept.length);
  const notes = new Set<string>();
  let [rows, dropped, totalWeight, heaviest] = [0, 0, 0, 0];
  for (const { summary, before } of parts) {
    statistics.merge(summary.statistics, before);
    for (const note of summary.notes) notes.add(note);
    rows += summary.rows;
    dropped += summary.dropped;
    totalWeight += summary.totalWeight;
    heaviest = Math.max(heaviest, summary.heaviest);
  }
  if (rows === 0 || totalWeight === 0) throw nothingLeft(source, dropped);
  const named = { name: source.name, columns: swept.map(({ name }) => name) };
  requireSquares(named, statistics);
  const weightUnit = unitOf({ rows, totalWeight });
  const encoding: Encoding = { ...scalingOf(statistics, encodeOf(options)), weightUnit };
  return { encoding, dropped, rows, totalWeight, heaviest, statistics, notes, spilled: () => false };
}
