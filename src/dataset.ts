import * as tf from '@tensorflow/tfjs';
import { onBackend } from '../kernels/engine.js';
import { nestedArraySource, matrixSource, withWeights } from './data/arrays.js';
import { cleanBlocks, type CleanBlock, type MissingPolicy } from './data/blocks.js';
import { powerOfTwo, scalingOf, type Scaling } from './scaling.js';
import { isSource, type Matrix, type Source } from './data/source.js';
import { tensorSource } from './data/tensor.js';
import { InputError } from './errors.js';
import type { Shard } from './sweep/shard.js';
import { blockRowsFor, tensorBlock, total, type TensorBlock } from './sweep/tensor-block.js';
import { TensorShard } from './sweep/tensor-shard.js';

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
  readonly backend: string;
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
    if (data.rank === 2) return tensorSource(data as tf.Tensor2D);
  } else if (Array.isArray(data)) {
    if (data.every((row: unknown) => typeof row === 'object' && row !== null && 'length' in row)) {
      return nestedArraySource(data as readonly ArrayLike<number>[]);
    }
  } else if (isSource(data)) return data;
  else if (typeof data === 'object' && data !== null && 'data' in data && 'shape' in data)
    return matrixSource(data as Matrix);
  throw new InputError('shape', {
    where: 'data',
    expected: 'number[][], { data: Float32Array | Float64Array, shape: [n, d] }, a tf.Tensor2D or a source',
    got: describe(data),
    remedy: 'give rows and columns; for one column, rows of one value each',
  });
}

function describe(data: unknown): string {
  if (data instanceof tf.Tensor) return `a tensor of shape [${(data as tf.Tensor).shape.join(', ')}]`;
  if (Array.isArray(data)) return `an array of ${typeof data.find((row) => typeof row !== 'object')}s`;
  return data === null ? 'null' : typeof data;
}

/**
 * Reads a source once into float32 blocks on a backend. Shift and scale are taken off in float64 before the
 * conversion; they come from the first block, whose size does not depend on the source's batches.
 */
export async function loadDataset(source: Source, options: LoadOptions): Promise<Dataset> {
  const d = source.columns.length;
  const blocks: TensorBlock[] = [];
  const dropped: number[] = [];
  let scaling = options.scaling;
  let unit = NaN;
  let rows = 0;
  let first: Float64Array | undefined;
  const varies = new Uint8Array(d);
  let totalWeight = 0;
  const { missing, signal, backend } = options;
  const onDropped = (row: number): void => void dropped.push(row);
  try {
    for await (const block of cleanBlocks(source, { missing, signal, onDropped, blockRows: gateRows(d) })) {
      scaling ??= scalingOf(block.values, d, options.commonScale ?? false);
      if (Number.isNaN(unit)) unit = powerOfTwo(total(block.weights) / block.rows);
      totalWeight += total(block.weights);
      first ??= block.values.slice(0, d);
      markVarying(block.values, first, varies);
      blocks.push(...onBackend(backend, () => upload(block, rows, scaling as Scaling, unit)));
      rows += block.rows;
      options.onRows?.(rows);
    }
    if (!scaling || totalWeight === 0) throw nothingLeft(source, dropped.length);
  } catch (error) {
    for (const { x, weights } of blocks) tf.dispose([x, weights]);
    throw error;
  }
  const shard = new TensorShard(backend, d, blocks);
  const constant = source.columns.filter((_, column) => !varies[column]);
  return { shard, scaling, columns: source.columns, dropped, constant, totalWeight };
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

/** Scales the rows of a block in float64, rounds them to float32 and uploads them in blocks that suit the active backend. */
function upload(block: CleanBlock, start: number, { shift, scale }: Scaling, unit: number): TensorBlock[] {
  const d = shift.length;
  const step = blockRowsFor(tf.getBackend(), d);
  const uploaded: TensorBlock[] = [];
  for (let from = 0; from < block.rows; from += step) {
    const rows = Math.min(step, block.rows - from);
    const values = new Float32Array(rows * d);
    for (let row = 0, at = 0; row < rows; row++) {
      for (let j = 0; j < d; j++, at++) values[at] = (block.values[from * d + at] - shift[j]) / scale[j];
    }
    const weights = Float32Array.from(block.weights.subarray(from, from + rows), (weight) => weight / unit);
    uploaded.push(tensorBlock(start + from, values, weights));
  }
  return uploaded;
}

function nothingLeft(source: Source, dropped: number): InputError {
  return new InputError('shape', {
    where: source.name,
    expected: 'at least one row of positive weight',
    got: dropped > 0 ? `none after leaving out ${dropped} with missing values` : 'weights that are all 0',
    remedy: 'fill missing values in, or choose columns and weights that have numbers',
  });
}
