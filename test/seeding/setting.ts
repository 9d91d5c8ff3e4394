import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { BackendName } from '../../src/backend/backends.js';
import { resolveBackend } from '../../src/backend/resolve.js';
import { loadDataset, toSource } from '../../src/data/dataset.js';
import { seededRandom } from '../../src/base/random.js';
import type { SeedingProblem } from '../../src/seeding/seeding.js';
import { sum } from '../oracle/index.js';

export interface Rows {
  readonly x: readonly (readonly number[])[];
  readonly weights?: readonly number[];
  readonly backend?: BackendName;
}

/** A way to make the problem of finding k centres among the rows, in their own units unless variances are given. */
export type ProblemOf = (k: number, seed?: number, variances?: Float64Array) => SeedingProblem;

/** Loads rows as they are, neither centred nor scaled; holds the work to its tensors. */
export async function withRows<T>(
  { x, weights, backend = 'cpu' }: Rows,
  use: (problemOf: ProblemOf) => Promise<T>,
): Promise<T> {
  const device = await resolveBackend(backend);
  const d = x[0].length;
  const scaling = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1) };
  const { shard } = await loadDataset(toSource(x, weights), { device, missing: 'error', scaling });
  const tensors = tf.memory().numTensors;
  try {
    const result = await use((k, seed = 0, variances = new Float64Array(d).fill(1)) => ({
      shard,
      k,
      columns: d,
      scaling,
      variances,
      random: seededRandom(seed),
    }));
    expect(tf.memory().numTensors, 'tensors left behind').toBe(tensors);
    return result;
  } finally {
    shard.dispose();
  }
}

/** Centres `[k, d]` as rows. */
export const rowsOf = (centres: Float64Array, d: number): number[][] =>
  Array.from({ length: centres.length / d }, (_, k) => Array.from(centres.subarray(k * d, (k + 1) * d)));

/** The nearest centre of a row, the first of equals. */
export function nearest(
  row: readonly number[],
  centres: readonly (readonly number[])[],
): { k: number; distance: number } {
  const distances = centres.map((centre) => sum(row.map((value, j) => (value - centre[j]) ** 2)));
  const distance = Math.min(...distances);
  return { k: distances.indexOf(distance), distance };
}

/** Numbers as float32 holds them. */
export const rounded = (x: readonly (readonly number[])[]): number[][] => x.map((row) => row.map(Math.fround));
