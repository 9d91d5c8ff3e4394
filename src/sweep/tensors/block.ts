import { tf } from '#tfjs';
import type { Tensor, Tensor1D, Tensor2D, TypedArray } from '@tensorflow/tfjs';
import { total } from '../../base/numbers.js';
import { encodeTiles, encodeWeights, type Columns, type Encoding } from '../encode.js';

/** No float32 sum runs over more rows than this. */
export const GROUP_ROWS = 1024;

/**
 * Rows per block, a power of two times GROUP_ROWS. On cpu and wasm one group at a time, or few where rows are short and
 * calls would cost more than arithmetic. Elsewhere blocks are large, since every one ends with a read.
 */
export function blockRowsFor(backend: string, d: number): number {
  const onHost = backend === 'cpu' || backend === 'wasm';
  const values = onHost ? 2 ** 15 : 2 ** 21;
  return GROUP_ROWS * Math.max(1, Math.min(64, 2 ** Math.floor(Math.log2(values / d / GROUP_ROWS))));
}

/** Consecutive rows on a device, in `groups` groups of equal length; rows of weight 0 fill up the last. */
export interface TensorBlock {
  readonly start: number;
  readonly rows: number;
  readonly groups: number;
  /** `[groups · s, d]`. */
  readonly x: Tensor2D;
  /** `[groups · s]`. */
  readonly weights: Tensor1D;
  /** The same on the host, `[rows]`. */
  readonly hostWeights: Float32Array;
  /** Their sum. */
  readonly weight: number;
}

/**
 * Encodes rows `from` … `to − 1` and uploads them to the active backend; they live until disposed, whatever scope is open.
 * `start` is the number of the block's first row.
 */
export function tensorBlock(
  block: Columns,
  encoding: Encoding,
  { start, from, to }: { readonly start: number; readonly from: number; readonly to: number },
): TensorBlock {
  const rows = to - from;
  const d = block.columns.length;
  const groups = Math.ceil(rows / GROUP_ROWS);
  const padded = groups * Math.ceil(rows / groups);
  const x = new Float32Array(padded * d);
  const weights = new Float32Array(padded);
  encodeTiles(block, encoding, { from, to, b: 1 }, x);
  encodeWeights(block, encoding, { from, to }, weights);
  const hostWeights = weights.slice(0, rows);
  return {
    start: start + from,
    rows,
    groups,
    x: tf.keep(tf.tensor2d(x, [padded, d])),
    weights: tf.keep(tf.tensor1d(weights)),
    hostWeights,
    weight: total(hostWeights),
  };
}

/** Reads small outputs to the host and disposes them. */
export async function readAll(outputs: Tensor[]): Promise<TypedArray[]> {
  try {
    return await Promise.all(outputs.map((output) => output.data()));
  } finally {
    tf.dispose(outputs);
  }
}
