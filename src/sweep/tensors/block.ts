import * as tf from '@tensorflow/tfjs';
import { total } from '../../base/numbers.js';

/** No float32 sum runs over more rows than this. */
export const GROUP_ROWS = 1024;

/**
 * Rows per block, a power of two times GROUP_ROWS. On cpu and wasm one group at a time, or few where rows are short
 * and calls would cost more than arithmetic; elsewhere large blocks, since every one ends with a read.
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
  readonly x: tf.Tensor2D;
  /** `[groups · s]`. */
  readonly weights: tf.Tensor1D;
  /** The same on the host, `[rows]`. */
  readonly hostWeights: Float32Array;
  /** Their sum. */
  readonly weight: number;
}

/** Uploads rows `[rows, d]` to the active backend; they live until disposed, whatever scope is open. */
export function tensorBlock(start: number, values: Float32Array, weights: Float32Array): TensorBlock {
  const rows = weights.length;
  const d = values.length / rows;
  const groups = Math.ceil(rows / GROUP_ROWS);
  const padded = groups * Math.ceil(rows / groups);
  const fill = (source: Float32Array, length: number): Float32Array => {
    if (source.length === length) return source;
    const filled = new Float32Array(length);
    filled.set(source);
    return filled;
  };
  return {
    start,
    rows,
    groups,
    x: tf.keep(tf.tensor2d(fill(values, padded * d), [padded, d])),
    weights: tf.keep(tf.tensor1d(fill(weights, padded))),
    hostWeights: weights,
    weight: total(weights),
  };
}

/** Reads small outputs to the host and disposes them. */
export async function readAll(outputs: tf.Tensor[]): Promise<tf.TypedArray[]> {
  try {
    return await Promise.all(outputs.map((output) => output.data()));
  } finally {
    tf.dispose(outputs);
  }
}
