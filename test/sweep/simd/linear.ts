/** Rows of models with a linear term where the CPU's kernel sweeps them, and where float64 does. */
import { simdModule, type SimdBuild } from '../../../kernels/simd/module.js';
import { ExactShard } from '../../../src/sweep/exact/shard.js';
import { encodedBlock } from '../../../src/sweep/simd/rows.js';
import { MemoryRows } from '../../../src/sweep/simd/memory.js';
import { SimdShard } from '../../../src/sweep/simd/shard.js';
import { taskForce } from '../../../src/threads/pool.js';
import { columnsOf, rowsOf } from '../../kernels/linear-problem.js';
import type { LinearCase } from '../../kernels/parity-cases.js';

/** Weights of rows, of which some are 0. */
const weightsOf = ({ n }: LinearCase): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => (i % 5 === 4 ? 0 : 1 + (i % 3)));

export function exactShard(one: LinearCase): ExactShard {
  return new ExactShard(columnsOf(one), [{ start: 0, values: rowsOf(one), weights: weightsOf(one) }]);
}

/** In blocks of so many rows; threads other than the caller's start at once. */
export async function simdShard(
  one: LinearCase,
  threads = 1,
  build: SimdBuild = 'relaxed',
  block = Math.max(1024, one.n),
): Promise<SimdShard> {
  const d = columnsOf(one);
  const [values, weights] = [rowsOf(one), weightsOf(one)];
  const unchanged = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1), weightUnit: 1 };
  const blocks = Array.from({ length: Math.ceil(one.n / block) }, (_, index) => {
    const start = index * block;
    const rows = Math.min(block, one.n - start);
    const columns = Array.from({ length: d }, (_, j) => ({ values, start: start * d + j, stride: d }));
    const part = { rows, columns, weights: weights.subarray(start, start + rows) };
    return encodedBlock(start, part, unchanged);
  });
  return new SimdShard(d, new MemoryRows(d, blocks), taskForce(threads, await simdModule(build), 0));
}
