/** What the suites on transport share: problems from a seed, places to solve them, and a watch on tensors. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Device } from '../../src/backend/backend.js';
import { cpuDevice } from '../../src/backend/cpu.js';
import { seededRandom } from '../../src/base/random.js';

export const range = (length: number): number[] => Array.from({ length }, (_, at) => at);
export const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
export const turned = (matrix: readonly (readonly number[])[]): number[][] =>
  matrix[0].map((_, j) => matrix.map((row) => row[j]));

/** Points in groups, as float32 can hold them. */
export function cloud(n: number, d: number, seed: number, shift = 0): number[][] {
  const random = seededRandom(seed);
  return range(n).map((i) => range(d).map(() => Math.fround(random.normal() + shift + 2 * (i % 3))));
}

/** Weights that sum to 1, every fifth of them 0 if asked for. */
export function weights(n: number, seed: number, zeros = false): number[] {
  const random = seededRandom(seed);
  const raw = range(n).map((i) => (zeros && i % 5 === 1 ? 0 : 0.2 + random.uniform()));
  return raw.map((value) => value / add(raw));
}

/** Somewhere to solve problems, and what to expect of it. */
export interface Where {
  readonly device: () => Device;
  /** Relative error of one softmin: 1e-15 or 1e-7. */
  readonly precision: number;
}

export const host: Where = { device: () => cpuDevice(), precision: 1e-15 };

/** Holds the work to leave no tensors behind, and the caller's backend active. */
export async function watched(use: () => Promise<void>): Promise<void> {
  await tf.ready();
  const active = tf.getBackend();
  const before = tf.memory().numTensors;
  await use();
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  expect(tf.getBackend()).toBe(active);
}

/** Rows of a row-major matrix. */
export function rowsOf({ data, shape }: { data: Float64Array; shape: readonly number[] }): number[][] {
  const [n, m] = shape.slice(-2);
  return range(data.length / m / n)
    .flatMap((s) => range(n).map((i) => (s * n + i) * m))
    .map((from) => Array.from(data.subarray(from, from + m)));
}
