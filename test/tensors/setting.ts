/**
 * What the suites on tensors share: problems as float32 can hold them, their answers in
 * float64, and a watch on tensors.
 */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { onBackend } from '../../kernels/engine.js';
import { isMatrix } from '../../kernels/form.js';
import { cases, type Kinds } from '../cases.js';
import {
  cholesky,
  constrain,
  problem,
  sum,
  type Covariance,
  type OracleMixture,
  type ProblemName,
} from '../oracle/index.js';

export const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];

/** Whether a driver computes in software and compiles every operation: a quick run then tells few cases apart. */
const isSlow = (backend: string): boolean => backend === 'webgl' || backend.startsWith('webgpu');

/** Forms in which this run asks for something on a backend: of matrices and of less in a quick one on a slow backend. */
export const formsOn = (backend: string): readonly Covariance[] =>
  isSlow(backend) ? cases(forms, (form) => [isMatrix(form)]) : forms;

/** Kinds that a quick run tells apart: those of the first, and on WebGL, which has composites alone, of the second. */
export function kindsOn<T>(backend: string, kinds: Kinds<T>, ofComposites: Kinds<T>): Kinds<T> {
  return backend === 'webgl' ? ofComposites : kinds;
}

export interface Case {
  readonly name: ProblemName;
  readonly n: number;
  readonly d: number;
  readonly k: number;
  /** Size of what a whitened coordinate is the sum of, in standard deviations. */
  readonly reach?: number;
}

export const range = (length: number): number[] => Array.from({ length }, (_, at) => at);
export const float32 = (rows: number[][]): number[][] => rows.map((row) => row.map(Math.fround));
export const inside = (i: number, j: number, triangle: 'upper' | 'lower'): boolean =>
  triangle === 'upper' ? i <= j : i >= j;
export const transposed = (matrix: number[][]): number[][] => matrix[0].map((_, j) => matrix.map((row) => row[j]));

/** The rows and the components of a problem as float32 can hold them. */
export function rounded({ name, ...size }: Case, form: Covariance): { x: number[][]; mixture: OracleMixture } {
  const { x, truth } = problem(name, { ...size, seed: 3 });
  const mixture = constrain(truth, form);
  return { x: float32(x), mixture: { ...mixture, means: float32(mixture.means) } };
}

/** Covariances as `logCost` takes them. */
export function covariancesOf({ covariances }: OracleMixture, form: Covariance): number[] | number[][] | number[][][] {
  const diagonals = covariances.map((one) => one.map((row, j) => row[j]));
  switch (form) {
    case 'full':
      return covariances;
    case 'tied':
      return covariances[0];
    case 'diag':
      return diagonals;
    case 'spherical':
      return diagonals.map((diagonal) => diagonal[0]);
    default:
      return form satisfies never;
  }
}

/** W with Σ⁻¹ = W Wᵀ, of the oracle's Cholesky factor L by back substitution: columns of L⁻ᵀ. */
export function factorsOf(mixture: OracleMixture, form: Covariance): number[] | number[][] | number[][][] {
  const inverse = (s: number[][]): number[][] => {
    const l = cholesky(s);
    const m = l.map((_, i) => l.map((__, j) => Number(i === j)));
    for (let i = 0; i < l.length; i++) {
      for (let j = 0; j < l.length; j++) {
        m[i][j] = (m[i][j] - sum(range(i).map((p) => l[i][p] * m[p][j]))) / l[i][i];
      }
    }
    return transposed(m);
  };
  if (form === 'full') return mixture.covariances.map(inverse);
  if (form === 'tied') return inverse(mixture.covariances[0]);
  const roots = mixture.covariances.map((one) => one.map((row, j) => 1 / Math.sqrt(row[j])));
  return form === 'diag' ? roots : roots.map((row) => row[0]);
}

/** The cost of a row by a factor: ½‖(x − μ)W‖² + d/2 log 2π − Σ log |W_jj|. */
export function costBy(row: number[], mean: number[], w: number[][]): number {
  const z = row.map((_, j) => sum(row.map((value, i) => (value - mean[i]) * w[i][j])));
  const logs = sum(w.map((line, j) => Math.log(Math.abs(line[j]))));
  return sum(z.map((value) => value * value)) / 2 + (row.length / 2) * Math.log(2 * Math.PI) - logs;
}

/** Softmin and responsibilities of one row in float64, absent components left out. */
export function rowOf(cost: number[], w: number[], g: number[], epsilon: number): { value: number; r: number[] } {
  const present = range(cost.length).filter((k) => w[k] > 0 && cost[k] < 1e37);
  if (present.length === 0) return { value: Infinity, r: cost.map(() => 1 / cost.length) };
  const gaps = present.map((k) => cost[k] - g[k] - epsilon * Math.log(w[k]));
  const least = Math.min(...gaps);
  const terms = gaps.map((gap) => (epsilon === 0 ? Number(gap === least) : Math.exp((least - gap) / epsilon)));
  if (epsilon === 0) terms.fill(0, terms.indexOf(1) + 1);
  const total = sum(terms);
  const r = cost.map((_, k) => (present.includes(k) ? terms[present.indexOf(k)] / total : 0));
  return { value: least - epsilon * (epsilon === 0 ? 0 : Math.log(total)), r };
}

/** Reads a tensor and disposes it. */
export async function values(tensor: tf.Tensor): Promise<number[]> {
  const read = Array.from(await tensor.data());
  tensor.dispose();
  return read;
}

/**
 * Runs with tensors made on a backend, frees them, and holds the work to leave none behind and no other backend active.
 */
export async function using<T extends Readonly<Record<string, tf.Tensor>>>(
  backend: string,
  make: () => T,
  use: (tensors: T) => Promise<void>,
): Promise<void> {
  const active = tf.getBackend();
  const before = tf.memory().numTensors;
  const tensors = onBackend(backend, make);
  const made = tf.memory().numTensors;
  try {
    await use(tensors);
    expect(tf.memory().numTensors, 'tensors left behind').toBe(made);
    expect(tf.getBackend()).toBe(active);
  } finally {
    tf.dispose(tensors);
  }
  expect(tf.memory().numTensors).toBe(before);
}
