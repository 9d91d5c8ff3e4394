import { listed } from '../base/errors.js';
import type { SweptNumber } from '../families/row-coding.js';
import { powerOfTwo, type Scaling } from '../families/scaling.js';
import { withCommonPart } from '../sweep/common-part.js';
import { patternBytesOfRow } from '../sweep/patterns/builder.js';
import type { Shard } from '../sweep/shard.js';
import { bytesOfRow } from '../sweep/spilled/limit.js';
import { codedBlocks, type CodedBlock } from './coded.js';
import { misjudged, outlierNotes, scalingOf, variancesOf } from './coordinates.js';
import { ExactRows, type RowsExactly } from './exactly.js';
import { encodeOf, gateRows, sweptOf, type LoadOptions } from './load-options.js';
import { misweighed, readRows, unitOf, type Reading, type RowsFound } from './reading.js';
import type { Source } from './source.js';
import type { ColumnStatistics } from './statistics.js';
import { readThere } from './there.js';

export { toSource, type DataInput } from './input.js';
export { type LoadOptions } from './load-options.js';

/** Data on a backend, in scaled coordinates. */
export interface Dataset {
  readonly shard: Shard;
  /** How its coordinates follow from the data's. */
  readonly scaling: Scaling;
  readonly columns: readonly string[];
  /** What the numbers that are swept are called, `[D]`: a number of one column by its name. */
  readonly swept: readonly string[];
  /** How many rows were left out for missing values. */
  readonly dropped: number;
  /** Variances of the numbers swept `[D]`, squared units of the data, whatever the order of rows; scale² where the scaling was given. */
  readonly variances: Float64Array;
  /** Columns that hold one and the same value in every row; none where the scaling was given. */
  readonly constant: readonly string[];
  /** Σ of the sample weights in the user's units; n where there are none. */
  readonly totalWeight: number;
  /** Its rows again, as they are in the source; `onDropped` is called with the index there of each row left out. */
  readonly blocks: (onDropped?: (row: number) => void) => AsyncIterable<CodedBlock>;
  /** The same rows in float64, for what float32 can't tell. */
  readonly exact: RowsExactly;
  /** Whether the rows lie in a file. */
  readonly spilled: boolean;
  /** Bytes that they take, wherever they lie. */
  readonly bytes: number;
  /** How many rows they amount to: the same, but that the heaviest counts as a row where none weighs 1, as shares do not. */
  readonly effectiveRows: number;
  /** One answer about rows of each place that holds some, in the order of rows; left out where they are held here. */
  readonly ask?: (op: string, about: object) => Promise<readonly unknown[]>;
  /** What the user should know of how it was read, a sentence each. */
  readonly notes: readonly string[];
  /** Frees it: the shard, and the rows in float64. */
  dispose(): void;
}

/**
 * Reads a source into float32 rows on a device. Shift and scale are taken off in float64 before the conversion. The
 * first block gives a guess of them; where all rows show that it is wrong, the source is read once more, which is noted.
 * A tensor that lies on the device already is not read at all.
 */
export async function loadDataset(source: Source, options: LoadOptions): Promise<Dataset> {
  const there = await readThere(source, { ...options, encode: encodeOf(options) });
  if (there) return datasetOf(source, options, there, there.shard, []);
  const first = await readRows(source, options, options);
  if (options.weightUnit !== undefined) return finish(source, options, first, []);
  const { statistics, encoding } = first;
  const wrong = statistics ? misjudged(encoding, statistics, encodeOf(options)) : [];
  const swept = sweptOf(source, options);
  const unlike = [
    ...new Set(wrong.map((at) => nameOf(swept[at], source))),
    ...(misweighed(first) ? ['their weights'] : []),
  ];
  if (unlike.length === 0) return finish(source, options, first, []);
  first.discard();
  const scaling = options.scaling ?? (statistics && scalingOf(statistics, encodeOf(options)));
  const again = await readRows(source, options, { scaling, weightUnit: unitOf(first) });
  return finish(source, options, again, [
    `the data were read twice: their first rows are unlike the others in ${listed(unlike)}`,
  ]);
}

/** What to call a number that is swept: by its column, if it is of one. */
function nameOf({ name, column }: SweptNumber, { columns }: Source): string {
  return column === undefined ? name : columns[column];
}

async function finish(
  source: Source,
  options: LoadOptions,
  reading: Reading,
  notes: readonly string[],
): Promise<Dataset> {
  const { builder, facts } = reading;
  try {
    const known = await facts?.facts();
    const held = await builder.finish();
    return datasetOf(source, options, reading, known ? withCommonPart(held, known) : held, notes);
  } catch (error) {
    reading.discard();
    throw error;
  }
}

/** Whether all numbers of a column are constant in the rows that have it; not known without statistics. */
function isConstant(column: number, swept: readonly SweptNumber[], statistics: ColumnStatistics | undefined): boolean {
  const numbers = Array.from(swept.keys()).filter((at) => swept[at].column === column);
  const presence = numbers.find((at) => swept[at].presence);
  return numbers.every((at) => at === presence || statistics?.isConstant(at, presence));
}

/** A dataset of rows that a shard has. */
export function datasetOf(
  source: Source,
  options: Pick<LoadOptions, 'missing' | 'gaps' | 'coding' | 'commonScale' | 'scaling' | 'device' | 'spill'>,
  { encoding, dropped, totalWeight, heaviest, statistics, spilled, notes: coded }: RowsFound,
  shard: Shard,
  notes: readonly string[],
): Dataset {
  const { missing, coding, commonScale = false } = options;
  const swept = sweptOf(source, options);
  const constant = source.columns.filter((_, column) => isConstant(column, swept, statistics));
  const outliers = statistics && !coding ? outlierNotes(source, statistics) : [];
  const variances = statistics ? variancesOf(statistics, commonScale) : encoding.scale.map((scale) => scale ** 2);
  const scaling = options.scaling ?? { shift: encoding.shift, scale: encoding.scale };
  const blocks: Dataset['blocks'] = (onDropped) =>
    codedBlocks(source, { missing, coding, blockRows: gateRows(swept.length), ...(onDropped && { onDropped }) });
  const { n, d } = shard;
  const bytes = n * (options.gaps ? patternBytesOfRow(d) : bytesOfRow(d)) + (shard.besides ?? 0);
  const weightUnit = powerOfTwo(totalWeight / n);
  const exact = new ExactRows({ blocks, scaling, n, d, weightUnit }, options.device.float64Rows, {
    rows: n,
    ...{ folder: options.spill?.folder, direct: options.spill?.direct },
    memory: spilled() ? 0 : (options.spill?.memory ?? Infinity) - bytes,
  });
  return {
    ...{ shard, scaling, blocks, exact },
    ...{ columns: source.columns, swept: swept.map((one) => nameOf(one, source)) },
    ...{ dropped, variances, constant, totalWeight },
    spilled: spilled(),
    bytes,
    effectiveRows: totalWeight / Math.min(1, heaviest),
    notes: [...notes, ...coded, ...outliers],
    dispose() {
      shard.dispose();
      exact.dispose();
    },
  };
}
