import { columnKernel } from '../../kernels/simd/column-kernel.js';
import type { Device, RowsOptions } from '../backend/backend.js';
import { yieldToEvents } from '../base/event-loop.js';
import type { MissingPolicy } from './blocks.js';
import { ExactRows } from './exactly.js';
import { codedBlocks, numberInSource, type CodedBlock } from './coded.js';
import { FactSums } from './row-facts.js';
import { ColumnStatistics } from './statistics.js';
import { misjudged, outlierNotes, requireSquares, scalingOf, variancesOf, type Encode } from './coordinates.js';
import type { RowCoding, SweptNumber } from '../families/row-coding.js';
import { powerOfTwo, scaledBy, type Scaling } from '../families/scaling.js';
import type { Source } from './source.js';
import { InputError, listed } from '../base/errors.js';
import type { Encoding } from '../sweep/encode.js';
import { HostBuilder } from '../sweep/exact/host.js';
import type { Shard } from '../sweep/shard.js';
import type { ShardBuilder } from '../sweep/builder.js';
import { spillNote, type SpillLimit, type SpillSize } from '../sweep/spilled/limit.js';
import { withCommonPart } from '../sweep/common-part.js';
import { total } from '../base/numbers.js';
import { readThere } from './there.js';

export { toSource, type DataInput } from './input.js';

/** Data on a backend, in scaled coordinates. Disposing `shard` frees it. */
export interface Dataset {
  readonly shard: Shard;
  /** How its coordinates follow from the data's. */
  readonly scaling: Scaling;
  readonly columns: readonly string[];
  /** Indices in the source of the rows left out for missing values, ascending. */
  readonly dropped: readonly number[];
  /** Variances of the numbers swept `[D]`, squared units of the data, whatever the order of rows; scale² where the scaling was given. */
  readonly variances: Float64Array;
  /** Columns that hold one and the same value in every row; none where the scaling was given. */
  readonly constant: readonly string[];
  /** Σ of the sample weights in the user's units; n where there are none. */
  readonly totalWeight: number;
  /** Its rows again, as they are in the source. */
  readonly blocks: () => AsyncIterable<CodedBlock>;
  /** The same rows in float64, for what float32 can't tell. */
  readonly exact: ExactRows;
  /** Whether the rows lie in a file. */
  readonly spilled: boolean;
  /** How many rows they amount to: the same, but that the heaviest counts as a row where none weighs 1, as shares do not. */
  readonly effectiveRows: number;
  /** What the user should know of how it was read, a sentence each. */
  readonly notes: readonly string[];
}

export interface LoadOptions extends Pick<RowsOptions, 'trials' | 'format'> {
  /** Where the rows are to be swept. */
  readonly device: Pick<Device, 'rows' | 'tensorRows' | 'gappedRows' | 'float64Rows'>;
  /** What rows may take of memory, and where they go beyond; default no limit. */
  readonly spill?: Pick<SpillLimit, 'memory' | 'folder'> | undefined;
  readonly missing: MissingPolicy;
  readonly sampleWeights?: ArrayLike<number> | undefined;
  /** One scale for all columns. Ignored where `scaling` is given. */
  readonly commonScale?: boolean;
  /** Whether numbers that are swept may be missing: rows are then held in float64 on the CPU. */
  readonly gaps?: boolean | undefined;
  /** How a family codes rows; left out where columns are swept as they are. */
  readonly coding?: RowCoding | undefined;
  /** The coordinates of columns of these means and variances; default scales of their own, or a common one. */
  readonly encode?: Encode | undefined;
  /** Coordinates to use; without it they come from the rows. */
  readonly scaling?: Scaling;
  /** The unit of weights to use with them, of rows that are part of more: they may then all weigh nothing. */
  readonly weightUnit?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onRows?: (rows: number) => void;
}

/**
 * Reads a source into float32 rows on a device. Shift and scale are taken off in float64 before the conversion. The
 * first block gives a guess of them; where all rows show that it is wrong, the source is read once more, which is noted.
 * A tensor that lies on the device already is not read at all.
 */
export async function loadDataset(source: Source, options: LoadOptions): Promise<Dataset> {
  const there = await readThere(source, { ...options, encode: encodeOf(options) });
  if (there) return datasetOf(source, options, there, there.shard, []);
  const first = await read(source, options, options);
  if (options.weightUnit !== undefined) return finish(source, options, first, []);
  const { statistics, encoding } = first;
  const wrong = statistics ? misjudged(encoding, statistics, encodeOf(options)) : [];
  const swept = sweptOf(source, options);
  const unlike = [...new Set(wrong.map((at) => nameOf(swept[at], source))), ...(misweighed(first) ? ['their weights'] : [])]; // prettier-ignore
  if (unlike.length === 0) return finish(source, options, first, []);
  first.builder.discard();
  const scaling = options.scaling ?? (statistics && scalingOf(statistics, encodeOf(options)));
  const again = await read(source, options, { scaling, weightUnit: unitOf(first) });
  return finish(source, options, again, [
    `the data were read twice: their first rows are unlike the others in ${listed(unlike)}`,
  ]);
}

export function encodeOf({ encode, commonScale = false }: Pick<LoadOptions, 'encode' | 'commonScale'>): Encode {
  return encode ?? ((columns) => scaledBy(columns, commonScale));
}

/** What to call a number that is swept: by its column, if it is of one. */
function nameOf({ name, column }: SweptNumber, { columns }: Source): string {
  return column === undefined ? name : columns[column];
}

/** The numbers that rows are swept by. */
export function sweptOf(
  { columns }: Pick<Source, 'columns'>,
  { coding }: Pick<LoadOptions, 'coding'>,
): readonly SweptNumber[] {
  return coding?.swept(columns) ?? columns.map((name, column) => ({ name, column }));
}

/** What is known of the rows of a source once they have been read. */
export interface RowsFound {
  readonly encoding: Encoding;
  readonly dropped: readonly number[];
  readonly rows: number;
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
interface Reading extends RowsFound {
  readonly builder: ShardBuilder;
  /** Of coded rows. */
  readonly facts: FactSums | undefined;
}

/** Reads all rows into a builder, encoded as is given or as the first block suggests. */
async function read(
  source: Source,
  options: LoadOptions,
  given: { readonly scaling?: Scaling | undefined; readonly weightUnit?: number | undefined },
): Promise<Reading> {
  const swept = sweptOf(source, options);
  const d = swept.length;
  const { missing, signal, device, coding, trials = true, format } = options;
  const facts = coding && new FactSums(d);
  const statistics = options.scaling ? undefined : new ColumnStatistics(d, await columnKernel());
  const sums = { rows: 0, totalWeight: 0, heaviest: 0 };
  const dropped: number[] = [];
  const notes = new Set<string>();
  let spilled = false;
  const spill = options.spill && {
    ...{ ...options.spill, rows: source.rows },
    onSpilled: (size: SpillSize) => {
      spilled = true;
      notes.add(spillNote(size));
    },
  };
  const builder = options.gaps ? gappedRows(device, d) : device.rows(d, { trials, format, spill });
  const onDropped = (row: number): void => void dropped.push(row);
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
      facts?.add(block, encoding);
      if (block.note !== undefined) notes.add(block.note);
      await builder.add(block, encoding);
      options.onRows?.(sums.rows);
      await yieldToEvents(signal); // rows in memory come without a wait
    }
    if (!encoding || (sums.totalWeight === 0 && given.weightUnit === undefined))
      throw nothingLeft(source, dropped.length);
    const named = { name: source.name, columns: swept.map(({ name }) => name) };
    if (statistics) requireSquares(named, statistics, (row) => numberInSource(row, dropped));
    return { builder, encoding, dropped, statistics, facts, notes, spilled: () => spilled, ...sums };
  } catch (error) {
    builder.discard();
    throw error;
  }
}

async function finish(
  source: Source,
  options: LoadOptions,
  reading: Reading,
  notes: readonly string[],
): Promise<Dataset> {
  const { builder, facts } = reading;
  try {
    const held = await builder.finish();
    return datasetOf(source, options, reading, facts ? withCommonPart(held, facts.facts()) : held, notes);
  } catch (error) {
    builder.discard();
    throw error;
  }
}

/** A dataset of rows that a shard has. */
export function datasetOf(
  source: Source,
  options: Pick<LoadOptions, 'missing' | 'coding' | 'commonScale' | 'scaling' | 'device'>,
  { encoding, dropped, totalWeight, heaviest, statistics, spilled, notes: coded }: RowsFound,
  shard: Shard,
  notes: readonly string[],
): Dataset {
  const { missing, coding, commonScale = false } = options;
  const swept = sweptOf(source, options);
  const varies = (at: number): boolean => !statistics?.isConstant(at);
  const constant = source.columns.filter((_, column) => !swept.some((one, at) => one.column === column && varies(at)));
  const outliers = statistics && !coding ? outlierNotes(source, statistics, (row) => numberInSource(row, dropped)) : [];
  const variances = statistics ? variancesOf(statistics, commonScale) : encoding.scale.map((scale) => scale ** 2);
  const scaling = options.scaling ?? { shift: encoding.shift, scale: encoding.scale };
  const blocks = (): AsyncIterable<CodedBlock> =>
    codedBlocks(source, { missing, coding, blockRows: gateRows(swept.length) });
  return {
    ...{ shard, scaling, blocks },
    exact: new ExactRows({ blocks, scaling, n: shard.n, d: shard.d, totalWeight }, options.device.float64Rows),
    ...{ columns: source.columns, dropped, variances, constant, totalWeight },
    spilled: spilled(),
    effectiveRows: totalWeight / Math.min(1, heaviest),
    notes: [...notes, ...coded, ...outliers],
  };
}

/** The same rows with the mean of a column's others where it is missing, for guesses of where it lies. */
export function withoutGaps(block: CodedBlock): CodedBlock {
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
function misweighed({ encoding: { weightUnit: unit }, totalWeight, rows, heaviest }: Reading): boolean {
  const mean = totalWeight / rows / unit;
  return mean < 2 ** -30 || mean > 2 ** 30 || heaviest / unit > 2 ** 60;
}

/** Takes rows of d columns that may lack values: where the device has no place for them, on the host. */
export function gappedRows(device: Pick<Device, 'gappedRows'>, d: number): ShardBuilder {
  return device.gappedRows?.(d) ?? new HostBuilder(d);
}

/** Rows that pass the gate at once: enough for a fair first guess of mean and scale, in at most 32 MiB. */
export function gateRows(d: number): number {
  return Math.max(1024, Math.min(65_536, 2 ** Math.floor(Math.log2(2 ** 22 / d))));
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
