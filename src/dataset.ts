import * as tf from '@tensorflow/tfjs';
import type { Place } from './backend.js';
import { breathe } from './breathe.js';
import { nestedArraySource, matrixSource, withWeights } from './data/arrays.js';
import { cleanBlocks, type CleanBlock, type MissingPolicy } from './data/blocks.js';
import { ColumnStatistics } from './data/statistics.js';
import { misjudged, outlierNotes, requireSquares, scalingOf } from './coordinates.js';
import { FARTHEST, powerOfTwo, type Scaling } from './scaling.js';
import { isSource, type Matrix, type Source } from './data/source.js';
import { tensorSource } from './data/tensor.js';
import { isList } from './check.js';
import { InputError, listed } from './errors.js';
import type { Shard } from './sweep/shard.js';
import { shardBuilder, type ShardBuilder } from './sweep/builder.js';
import { total } from './sweep/tensor-block.js';

/** Rows `[n][d]`, a matrix with its shape, a tensor `[n, d]`, or a source. */
export type DataInput = readonly ArrayLike<number>[] | Matrix | tf.Tensor2D | Source;

/** Data on a backend, in scaled coordinates. Disposing `shard` frees it. */
export interface Dataset {
  readonly shard: Shard;
  readonly scaling: Scaling;
  readonly columns: readonly string[];
  /** Indices in the source of the rows left out for missing values, ascending. */
  readonly dropped: readonly number[];
  /** Columns that hold one and the same value in every row; none where the scaling was given. */
  readonly constant: readonly string[];
  /** Σ of the sample weights in the user's units; n where there are none. */
  readonly totalWeight: number;
  /** Its rows again, as they are in the source. */
  readonly blocks: () => AsyncIterable<CleanBlock>;
  /** What the user should know of how it was read, a sentence each. */
  readonly notes: readonly string[];
}

export interface LoadOptions {
  readonly place: Place;
  readonly missing: MissingPolicy;
  readonly sampleWeights?: ArrayLike<number> | undefined;
  /** One scale for all columns. Ignored where `scaling` is given. */
  readonly commonScale?: boolean;
  /** Coordinates to use; without it they come from the rows. */
  readonly scaling?: Scaling;
  readonly signal?: AbortSignal | undefined;
  readonly onRows?: (rows: number) => void;
}

/** Makes a source of whatever users have; throws `InputError('shape')` for what is no data. */
export function toSource(data: DataInput, sampleWeights?: ArrayLike<number>): Source {
  const source = unweighted(data);
  return (sampleWeights ?? undefined) === undefined ? source : withWeights(source, sampleWeights as ArrayLike<number>);
}

/** Takes `unknown`: callers in JavaScript have no types to stop them. */
function unweighted(data: unknown): Source {
  if (data instanceof tf.Tensor) {
    if (data.rank === 2 && !data.isDisposed) return tensorSource(data as tf.Tensor2D);
  } else if (Array.isArray(data)) {
    if (data.every(isRow)) return nestedArraySource(data);
  } else if (isSource(data)) return data;
  else if (isMatrix(data)) return matrixSource(data);
  throw new InputError('shape', {
    where: 'data',
    expected: 'number[][], { data: Float32Array | Float64Array, shape: [n, d] }, a tf.Tensor2D or a source',
    got: describe(data),
    remedy: 'give rows and columns; for one column, rows of one value each',
  });
}

function isRow(row: unknown): row is ArrayLike<number> {
  return typeof row === 'object' && row !== null && 'length' in row;
}

/** Whether there is a typed array of numbers, with a shape that is right or not. */
function isMatrix(data: unknown): data is Matrix {
  if (typeof data !== 'object' || data === null || !('data' in data && 'shape' in data)) return false;
  if (data.shape === undefined) return false;
  return isList(data.data) && !Array.isArray(data.data) && typeof (data.data[0] ?? 0) === 'number';
}

function describe(data: unknown): string {
  if (data instanceof tf.Tensor && data.isDisposed) return 'a tensor that was disposed';
  if (data instanceof tf.Tensor) return `a tensor of shape [${(data as tf.Tensor).shape.join(', ')}]`;
  return Array.isArray(data) ? `an array of ${kindOf(data.find((row) => !isRow(row)))}s` : kindOf(data);
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

/**
 * Reads a source into float32 rows in their place. Shift and scale are taken off in float64 before the conversion. The
 * first block gives a guess of them; where all rows show that it is wrong, the source is read once more, which is noted.
 */
export async function loadDataset(source: Source, options: LoadOptions): Promise<Dataset> {
  const first = await read(source, options, options);
  const { statistics, coordinates } = first;
  const wrong = statistics ? misjudged(coordinates.scaling, statistics, options.commonScale ?? false) : [];
  const unlike = [...wrong.map((column) => source.columns[column]), ...(misweighed(first) ? ['their weights'] : [])];
  if (unlike.length === 0) return finish(source, options, first, []);
  first.builder.discard();
  const scaling = options.scaling ?? (statistics && scalingOf(statistics, options.commonScale ?? false));
  const again = await read(source, options, { scaling, unit: unitOf(first) });
  return finish(source, options, again, [
    `the data were read twice: their first rows are unlike the others in ${listed(unlike)}`,
  ]);
}

/** Where rows and their weights are held: as (x − shift) / scale and weight / unit, in float32. */
interface Coordinates {
  readonly scaling: Scaling;
  /** A power of two near the mean weight. */
  readonly unit: number;
}

/** What one read of a source found. */
interface Reading {
  readonly builder: ShardBuilder;
  readonly coordinates: Coordinates;
  readonly dropped: readonly number[];
  readonly rows: number;
  readonly totalWeight: number;
  readonly heaviest: number;
  /** Left out where the scaling was given. */
  readonly statistics: ColumnStatistics | undefined;
}

/** Reads all rows into a builder, in these coordinates or those that the first block suggests. */
async function read(
  source: Source,
  options: LoadOptions,
  given: { readonly [name in keyof Coordinates]?: Coordinates[name] | undefined },
): Promise<Reading> {
  const d = source.columns.length;
  const { missing, signal, place, commonScale = false } = options;
  const statistics = options.scaling ? undefined : new ColumnStatistics(d);
  const builder = shardBuilder(place, d);
  const sums = { rows: 0, totalWeight: 0, heaviest: 0 };
  const dropped: number[] = [];
  const onDropped = (row: number): void => void dropped.push(row);
  let coordinates: Coordinates | undefined;
  try {
    for await (const { rows, values, weights } of cleanBlocks(source, {
      ...{ missing, signal, onDropped, blockRows: gateRows(d) },
    })) {
      statistics?.add(values, weights);
      sums.rows += rows;
      sums.totalWeight += total(weights);
      sums.heaviest = weights.reduce((a, b) => Math.max(a, b), sums.heaviest);
      coordinates ??= {
        scaling: given.scaling ?? scalingOf(statistics ?? new ColumnStatistics(d), commonScale),
        unit: given.unit ?? unitOf(sums),
      };
      const { scaling, unit } = coordinates;
      await builder.add(scaled(values, scaling), new Float32Array(weights.map((weight) => weight / unit)));
      options.onRows?.(sums.rows);
      await breathe(signal); // rows in memory come without a wait
    }
    if (!coordinates || sums.totalWeight === 0) throw nothingLeft(source, dropped.length);
    if (statistics) requireSquares(source, statistics, (row) => numberInSource(row, dropped));
    return { builder, coordinates, dropped, statistics, ...sums };
  } catch (error) {
    builder.discard();
    throw error;
  }
}

async function finish(
  source: Source,
  { missing }: LoadOptions,
  reading: Reading,
  notes: readonly string[],
): Promise<Dataset> {
  const { builder, coordinates, dropped, totalWeight, statistics } = reading;
  try {
    const shard = await builder.finish();
    const constant = source.columns.filter((_, column) => statistics?.isConstant(column));
    const outliers = statistics ? outlierNotes(source, statistics, (row) => numberInSource(row, dropped)) : [];
    const { scaling } = coordinates;
    return {
      ...{ shard, scaling, columns: source.columns, dropped, constant, totalWeight },
      blocks: () => cleanBlocks(source, { missing, blockRows: gateRows(source.columns.length) }),
      notes: [...notes, ...outliers],
    };
  } catch (error) {
    builder.discard();
    throw error;
  }
}

/** The power of two nearest to the mean weight. */
function unitOf({ totalWeight, rows }: Pick<Reading, 'totalWeight' | 'rows'>): number {
  return powerOfTwo(totalWeight / rows);
}

/** Whether the unit of weights is so far off that sums of them could leave the range of float32. */
function misweighed({ coordinates: { unit }, totalWeight, rows, heaviest }: Reading): boolean {
  const mean = totalWeight / rows / unit;
  return mean < 2 ** -30 || mean > 2 ** 30 || heaviest / unit > 2 ** 60;
}

/** From a row's number among those kept to its number in the source; `dropped` rises. */
function numberInSource(kept: number, dropped: readonly number[]): number {
  let row = kept;
  for (const out of dropped) {
    if (out > row) break;
    row++;
  }
  return row;
}

/** Rows that pass the gate at once: enough for a fair first guess of mean and scale, in at most 32 MiB. */
function gateRows(d: number): number {
  return Math.max(1024, Math.min(65_536, 2 ** Math.floor(Math.log2(2 ** 22 / d))));
}

/**
 * Rows `[rows, d]` in scaled coordinates: computed in float64, rounded to float32. Beyond `FARTHEST`, where no row lies
 * whose weight counts in the fit that they are loaded for, float32 would overflow.
 */
function scaled(values: Float64Array, { shift, scale }: Scaling): Float32Array {
  const d = shift.length;
  const result = new Float32Array(values.length);
  for (let at = 0; at < values.length;) {
    for (let j = 0; j < d; j++, at++) {
      result[at] = Math.max(-FARTHEST, Math.min(FARTHEST, (values[at] - shift[j]) / scale[j]));
    }
  }
  return result;
}

function nothingLeft(source: Source, dropped: number): InputError {
  return new InputError('shape', {
    where: source.name,
    expected: 'at least one row of positive weight',
    got: dropped > 0 ? `none after leaving out ${dropped} with missing values` : 'weights that are all 0',
    remedy: 'fill missing values in, or choose columns and weights that have numbers',
  });
}
