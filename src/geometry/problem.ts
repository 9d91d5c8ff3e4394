import type { Tensor } from '@tensorflow/tfjs';
import type { PointMetric } from '../../kernels/costs.js';
import type { Geometry, Side } from './geometry.js';

/** Numbers in the host's memory. */
export interface HostArray {
  readonly values: Float64Array;
  readonly shape: readonly number[];
}

/** B problems: sizes, and whether the caller gave a batch at all. */
export interface Sizes {
  readonly batches: number;
  readonly batched: boolean;
  readonly n: number;
  readonly m: number;
}

/** Costs by where they are: in the host's memory, or tensors, each with or without a batch in front. */
export type Source =
  | { readonly kind: 'matrix'; readonly cost: HostArray | Tensor }
  | {
      readonly kind: 'points';
      readonly x: HostArray | Tensor;
      readonly y: HostArray | Tensor;
      readonly metric: PointMetric;
    };

/** Checked costs, and the weights of both sides, `[B, n]` and `[B, m]`. */
export interface Problem {
  readonly source: Source;
  readonly sizes: Sizes;
  readonly weights: Readonly<Record<Side, Float64Array>>;
}

/** Where problems are solved: one after another in the host's memory, all together on a device. */
export interface Geometries {
  /** One for each problem, or one for all. What they own is freed by their `dispose`. */
  readonly geometries: readonly Geometry[];
  /** The backend that computes, for the report. */
  readonly backend: string;
  /** Frees what only solving needs, such as threads. */
  release(): void;
}

/** What a batch element has of an array of `length` numbers each, or all of it where it has no batch. */
export function ofBatch(array: HostArray | Tensor, batch: number, length: number): Float64Array {
  const { values, shape } = array as HostArray;
  return shape.length === 3 ? values.subarray(batch * length, (batch + 1) * length) : values;
}

/** Row-major values of a batch, each element of which has the same ones. */
export function repeat(values: Float64Array, times: number): Float64Array {
  const all = new Float64Array(values.length * times);
  for (let s = 0; s < times; s++) all.set(values, s * values.length);
  return all;
}
