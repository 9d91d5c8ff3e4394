import type { NearestArrays, NearestFile } from '../../../kernels/simd/distances.js';
import type { RowSet } from '../../../kernels/simd/rows.js';

/** Rows that a shard of the CPU sweeps, wherever they lie. Owns them. */
export interface HeldRows {
  readonly on: RowSet;
  readonly n: number;
  /** Σ of the weights of each group of rows, in float64 and in the groups' order. */
  readonly groupWeights: Float64Array;
  /** How many sweeps are to be made at once, whatever the time that one takes; left out where that decides. */
  readonly together?: number;
  /** How many groups a thread is to read in a row of rows that are wanted one by one; left out where it is all the same. */
  readonly inRow?: number;
  /** Writes a row, encoded, from a place on. */
  copyRow(row: number, into: Float64Array, place: number): void;
  /** Weights of consecutive rows; rows in memory have them copied to `into`, which has as many places, where it is given. */
  weights(start: number, rows: number, into?: Float32Array): Float32Array;
  /** Distances to the nearest centre, all as far as can be; of a sweep cut into so many parts. */
  distances(parts: number): Promise<HeldDistances>;
  dispose(): void;
}

/** Distances to the nearest centre where the rows lie. */
export interface HeldDistances {
  readonly nearest: NearestArrays | NearestFile;
  /** Those of parts have been written. */
  written(parts: readonly number[]): void;
  /** Of consecutive rows of a part. */
  values(part: number, start: number, rows: number): Float32Array;
  dispose(): void;
}
