import * as tf from '@tensorflow/tfjs';
import type { Place } from './backend.js';
import { breathe } from './breathe.js';
import { nestedArraySource, matrixSource, withWeights } from './data/arrays.js';
import { cleanBlocks, type MissingPolicy } from './data/blocks.js';
import { powerOfTwo, scalingOf, type Scaling } from './scaling.js';
import { isSource, type Matrix, type Source } from './data/source.js';
import { tensorSource } from './data/tensor.js';
import { InputError } from './errors.js';
import type { Shard } from './sweep/shard.js';
import { shardBuilder } from './sweep/builder.js';
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
  /** Columns that hold one and the same value in every row. */
  readonly constant: readonly string[];
  /** Σ of the sample weights in the user's units; n where there are none. */
  readonly totalWeight: number;
}

export interface LoadOptions {
  readonly place: Place;
  readonly missing: MissingPolicy;
  readonly sampleWeights?: ArrayLike<number> | undefined;
  /** One scale for all columns. Ignored where `scaling` is given. */
  readonly commonScale?: boolean;
  /** Coordinates to use; without it they come from the first block. */
  readonly scaling?: Scaling;
  readonly signal?: AbortSignal | undefined;
  readonly onRows?: (rows: number) => void;
}

/** Makes a source of whatever users have; throws `InputError('shape')` for what is no data. */
export function toSource(data: DataInput, sampleWeights?: ArrayLike<number>): Source {
  const source = unweighted(data);
  return sampleWeights ? withWeights(source, sampleWeights) : source;
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

function isMatrix(data: unknown): data is Matrix {
  const { data: values, shape } = (data ?? {}) as Partial<Matrix>;
  return ArrayBuffer.isView(values) && Array.isArray(shape);
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
 * Reads a source once into float32 rows in their place. Shift and scale are taken off in float64 before the conversion;
 * they come from the first block, whose size does not depend on the source's batches.
 */
export async function loadDataset(source: Source, options: LoadOptions): Promise<Dataset> {
  const d = source.columns.length;
  const { missing, signal, place } = options;
  const builder = shardBuilder(place, d);
  const dropped: number[] = [];
  const onDropped = (row: number): void => void dropped.push(row);
  const varies = new Uint8Array(d);
  let { scaling } = options;
  let first: Float64Array | undefined;
  let unit = NaN;
  let rows = 0;
  let totalWeight = 0;
  try {
    for await (const block of cleanBlocks(source, { missing, signal, onDropped, blockRows: gateRows(d) })) {
      scaling ??= scalingOf(block.values, d, options.commonScale ?? false, block.weights);
      first ??= block.values.slice(0, d);
      if (Number.isNaN(unit)) unit = powerOfTwo(total(block.weights) / block.rows);
      totalWeight += total(block.weights);
      markVarying(block.values, first, varies);
      await builder.add(
        scaled(block.values, scaling, options.scaling ? FARTHEST : Infinity),
        new Float32Array(block.weights.map((weight) => weight / unit)),
      );
      rows += block.rows;
      options.onRows?.(rows);
      await breathe(signal); // rows in memory come without a wait
    }
    if (!scaling || totalWeight === 0) throw nothingLeft(source, dropped.length);
    const shard = await builder.finish();
    const constant = source.columns.filter((_, column) => !varies[column]);
    return { shard, scaling, columns: source.columns, dropped, constant, totalWeight };
  } catch (error) {
    builder.discard();
    throw error;
  }
}

/** Marks the columns in which a row `[d]` of the block differs from the first row. */
function markVarying(values: Float64Array, first: Float64Array, varies: Uint8Array): void {
  const d = first.length;
  for (let at = 0, column = 0; at < values.length; at++, column = column + 1 === d ? 0 : column + 1) {
    if (values[at] !== first[column]) varies[column] = 1;
  }
}

/** Rows that pass the gate at once: enough for a fair first guess of mean and scale, in at most 32 MiB. */
function gateRows(d: number): number {
  return Math.max(1024, Math.min(65_536, 2 ** Math.floor(Math.log2(2 ** 22 / d))));
}

/**
 * How far out a row may be that a given mixture looks at, in scaled units: beyond, float32 would overflow where the
 * mixture says "none of mine" all the same.
 */
const FARTHEST = 1e12;

/** Rows `[rows, d]` in scaled coordinates, none farther out than `limit`: computed in float64, rounded to float32. */
function scaled(values: Float64Array, { shift, scale }: Scaling, limit: number): Float32Array {
  const d = shift.length;
  const result = new Float32Array(values.length);
  for (let at = 0; at < values.length;) {
    for (let j = 0; j < d; j++, at++) {
      result[at] = Math.max(-limit, Math.min(limit, (values[at] - shift[j]) / scale[j]));
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
