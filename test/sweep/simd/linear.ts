/** Rows and models with a linear term, and what float64 makes of them. */
import { simdModule, type SimdBuild } from '../../../kernels/simd/module.js';
import type { CovarianceForm } from '../../../kernels/form.js';
import { isMatrix } from '../../../kernels/form.js';
import { columnNames } from '../../../src/data/arrays.js';
import { ExactShard } from '../../../src/sweep/exact/shard.js';
import { linearWidth, type LinearShape, type PackedModel, type PlanModel } from '../../../src/sweep/model.js';
import { encodedBlock } from '../../../src/sweep/simd/rows.js';
import { SimdShard } from '../../../src/sweep/simd/shard.js';
import { taskForce } from '../../../src/threads/pool.js';
import { mulberry32, normal } from '../../oracle/index.js';

export interface LinearCase extends LinearShape {
  readonly n: number;
  readonly k: number;
  readonly quadratic?: { readonly form: CovarianceForm; readonly d: number } | undefined;
  /** How far components are apart, in logits. */
  readonly apart?: number;
}

/** Columns of a row. */
export function columnsOf({ quadratic, dense, levels }: LinearCase): number {
  return (quadratic?.d ?? 0) + dense + levels.length;
}

/** Rows as both shards hold them: normal numbers, counts of some, levels of which every seventh is none. */
export function rowsOf(one: LinearCase): { readonly values: Float64Array; readonly weights: Float64Array } {
  const { n, quadratic, dense, levels } = one;
  const random = mulberry32(n + 7 * dense + 3);
  const values = Float64Array.from(
    Array.from({ length: n }).flatMap((_, i) => [
      ...Array.from({ length: quadratic?.d ?? 0 }, () => Math.fround(normal(random))),
      ...Array.from({ length: dense }, (_, j) =>
        j % 3 === 1 ? Math.floor(4 * random()) : Math.fround(normal(random)),
      ),
      ...levels.map((count) => (i % 7 === 3 ? -1 : Math.floor(count * random()))),
    ]),
  );
  return { values, weights: Float64Array.from({ length: n }, (_, i) => (i % 5 === 4 ? 0 : 1 + (i % 3))) };
}

/** A model of such rows; `seed`: one of several. */
export function modelOf(one: LinearCase, epsilon: number, seed = 1): PlanModel {
  const { k, quadratic, dense, levels, apart = 1.5 } = one;
  const random = mulberry32(31 * seed + k);
  const width = linearWidth(one);
  const size = apart / Math.sqrt(dense + levels.length);
  const components: PackedModel = {
    k,
    logNormalizers: Float64Array.from({ length: k }, () => normal(random)),
    quadratic: quadratic ? [{ ...quadratic, ...gaussians(quadratic, k, random) }] : [],
    linear: { dense, levels, natural: Float32Array.from({ length: k * width }, () => size * normal(random)) },
  };
  const weights = Float64Array.from({ length: k }, (_, c) => (1 + (c % 3)) / k);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const potential = Float64Array.from({ length: k }, (_, c) => 0.2 * (c % 4));
  return { components, weights: weights.map((weight) => weight / total), potential, epsilon };
}

/** Means near 0 and factors near 1/√d, so that several components have a share of each row. */
function gaussians(
  { form, d }: { readonly form: CovarianceForm; readonly d: number },
  k: number,
  random: () => number,
): { readonly means: Float32Array; readonly whitening: Float32Array } {
  const means = Float32Array.from({ length: k * d }, () => 0.5 * normal(random));
  const size = isMatrix(form) ? d * d : form === 'diag' ? d : 1;
  const whitening = Float32Array.from({ length: (form === 'tied' ? 1 : k) * size }, (_, at) => {
    const [i, j] = [Math.floor((at % size) / d), at % d];
    if (!isMatrix(form) || i === j) return (1 + random()) / Math.sqrt(d);
    return i < j ? (0.3 * normal(random)) / d : 0;
  });
  return { means, whitening };
}

/** The same model in float64. */
export function exactly({ components, ...rest }: PlanModel): PlanModel<Float64Array> {
  const { quadratic, linear, ...shape } = components;
  return {
    ...rest,
    components: {
      ...shape,
      quadratic: quadratic.map(({ means, whitening, ...term }) => ({
        ...term,
        means: Float64Array.from(means),
        whitening: Float64Array.from(whitening),
      })),
      linear: linear && { ...linear, natural: Float64Array.from(linear.natural) },
    },
  };
}

/** The rows of a case where float64 sweeps them. */
export function exactShard(one: LinearCase): ExactShard {
  return new ExactShard(columnsOf(one), [{ start: 0, ...rowsOf(one) }]);
}

/** The same where the kernel does, in blocks of so many rows; the other threads start at once. */
export async function simdShard(
  one: LinearCase,
  threads = 1,
  build: SimdBuild = 'relaxed',
  block = Math.max(1024, one.n),
): Promise<SimdShard> {
  const d = columnsOf(one);
  const { values, weights } = rowsOf(one);
  const encoding = {
    ...{ names: columnNames(d), weightUnit: 1 },
    ...{ shift: new Float64Array(d), scale: new Float64Array(d).fill(1) },
  };
  const blocks = Array.from({ length: Math.ceil(one.n / block) }, (_, index) => {
    const start = index * block;
    const rows = Math.min(block, one.n - start);
    const columns = Array.from({ length: d }, (_, j) => ({ values, start: start * d + j, stride: d }));
    return encodedBlock(start, { rows, columns, weights: weights.subarray(start, start + rows) }, encoding);
  });
  return new SimdShard(d, blocks, taskForce(threads, await simdModule(build), 0));
}
