import { tf } from '#tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { backendOf, isTensor, onBackend } from '../../kernels/engine.js';
import { InputError } from '../base/errors.js';
import { other, type Geometry, type Side } from '../geometry/geometry.js';
import type { SinkhornStatus } from './iterate.js';
import { hostArray, type SinkhornNumbers } from './numbers.js';
import type { Sizes } from '../geometry/problem.js';
import type { Marginals } from './updates.js';

/** Float64 values with their shape. */
export interface TransportValues {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** What is known of B solved problems. */
export interface Solved {
  readonly sizes: Sizes;
  readonly epsilon: number;
  readonly marginals: Marginals;
  readonly backend: string;
  /** One for each problem, or one for all. */
  readonly geometries: readonly Geometry[];
  readonly f: Float64Array;
  readonly g: Float64Array;
  /** softmin(g), `[B, n]`, and softmin(f), `[B, m]`. */
  readonly softmins: Readonly<Record<Side, Float64Array>>;
  /** P1 and Pᵀ1. */
  readonly masses: Readonly<Record<Side, Float64Array>>;
  readonly statuses: readonly SinkhornStatus[];
  readonly iterations: readonly number[];
  readonly errors: Readonly<Record<Side, Float64Array>>;
  readonly costs: Float64Array;
  readonly objectives: Float64Array;
}

/**
 * Σ_j q_ij v_j and Σ_j q_ij C_ij, with q_ij the shares of row i's mass that go to column j: `[B, length, p]` and
 * `[B, length]`; of side b the shares of columns.
 */
export async function sharesOf(
  solved: Pick<Solved, 'sizes' | 'epsilon' | 'geometries' | 'f' | 'g' | 'softmins'>,
  side: Side,
  values: Float64Array,
  p: number,
): Promise<{ readonly values: Float64Array; readonly cost: Float64Array }> {
  const { sizes, epsilon, geometries, softmins } = solved;
  const potential = side === 'a' ? solved.g : solved.f;
  const all = { values: new Float64Array(softmins[side].length * p), cost: new Float64Array(softmins[side].length) };
  const length = { a: sizes.n, b: sizes.m };
  let batch = 0;
  for (const geometry of geometries) {
    const from = batch;
    const to = (batch += geometry.batches);
    const part = (whole: Float64Array, size: number): Float64Array => whole.subarray(from * size, to * size);
    const others = length[other(side)];
    const averages = await geometry.averages(
      side,
      part(potential, others),
      part(softmins[side], length[side]),
      epsilon,
      { data: part(values, others * p), p },
    );
    all.values.set(averages.values, from * length[side] * p);
    all.cost.set(averages.cost, from * length[side]);
  }
  return all;
}

/** P v of side a, or Pᵀ u of side b: a tensor, on the backend where that lives, where a tensor is given. */
export async function applied(solved: Solved, side: Side, given: SinkhornNumbers): Promise<Tensor | TransportValues> {
  const { batched, batches, n, m } = solved.sizes;
  const [own, others] = side === 'a' ? [n, m] : [m, n];
  const where = side === 'a' ? 'apply' : 'applyTransposed';
  const shapes = batched ? ['[B, length]', '[B, length, p]'] : ['[length]', '[length, p]'];
  const { values, shape } = await hostArray(given, where, shapes);
  const front = batched ? [batches] : [];
  requireStart(shape, [...front, others], where);
  const p = values.length / (batches * others);
  const { values: averages } = await sharesOf(solved, side, values, p);
  const data = averages.map((value, at) => value * solved.masses[side][Math.floor(at / p)]);
  const result = { data, shape: [...front, own, ...shape.slice(front.length + 1)] };
  if (!isTensor(given)) return result;
  return onBackend(backendOf(given), () => tf.tensor(Float32Array.from(data), result.shape));
}

function requireStart(shape: readonly number[], expected: readonly number[], where: string): void {
  if (expected.every((size, at) => shape[at] === size)) return;
  throw new InputError('shape', {
    where,
    expected: `[${expected.join(', ')}], or that with columns`,
    got: `[${shape.join(', ')}]`,
    remedy: 'give one value, or one row of values, per point',
  });
}

/** P, `[B, n, m]`: rows in proportion to b_j exp((g_j − C_ij)/ε), with the sums that they have. */
export async function planOf({ sizes, epsilon, geometries, g, masses, marginals }: Solved): Promise<Float64Array> {
  const { n, m, batches } = sizes;
  const plan = new Float64Array(batches * n * m);
  const together = geometries.length === 1;
  for (let s = 0; s < batches; s++) {
    const costs = await geometries[together ? 0 : s].costs(together ? s : 0);
    const offsets = Float64Array.from(
      { length: m },
      (_, j) => g[s * m + j] / epsilon + Math.log(marginals.b[s * m + j]),
    );
    for (let i = 0; i < n; i++) {
      const row = plan.subarray((s * n + i) * m, (s * n + i + 1) * m);
      for (let j = 0; j < m; j++) row[j] = offsets[j] - costs[i * m + j] / epsilon;
      scaleTo(row, masses.a[s * n + i]);
    }
  }
  return plan;
}

/** Logarithms to numbers in the same proportions, with this sum. */
function scaleTo(row: Float64Array, sum: number): void {
  const most = row.reduce((a, b) => Math.max(a, b));
  let total = 0;
  for (let j = 0; j < row.length; j++) total += row[j] = Math.exp(row[j] - most);
  for (let j = 0; j < row.length; j++) row[j] *= sum / total;
}
