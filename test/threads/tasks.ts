import { EVERYTHING, type SimdModel } from '../../kernels/simd/model.js';
import { sumsLayout } from '../../kernels/simd/layout.js';
import { simdModule } from '../../kernels/simd/module.js';
import type { RowSet } from '../../kernels/simd/rows.js';
import type { SweepsTask } from '../../kernels/simd/tasks.js';
import { columnNames } from '../../src/data/arrays.js';
import { encodedBlock } from '../../src/sweep/simd/rows.js';
import { taskForce, type TaskForce } from '../../src/threads/pool.js';
import { sharedDoubles, sharedIntegers } from '../../src/threads/shared.js';
import { columnsOf } from '../loaded.js';

const d = 4;

/** So many threads, of which others than the own one start with the first task. */
export async function forceOf(threads: number): Promise<TaskForce> {
  return taskForce(threads, await simdModule('simd'), 0);
}

/** So many equal rows of ones. */
export function rowsOf(rows: number): RowSet {
  const shift = new Float64Array(d);
  const encoding = { names: columnNames(d), shift, scale: new Float64Array(d).fill(1), weightUnit: 1 };
  const block = encodedBlock(0, columnsOf(new Float64Array(rows * d).fill(1), d), encoding);
  return { d, blocks: [block] };
}

/** A sweep over rows in 64 parts, with k equal components: the more, the longer. */
export function sweepTask(on: RowSet, k: number): SweepsTask {
  const model: SimdModel = {
    form: 'diag',
    k,
    d,
    means: new Float32Array(k * d),
    whitening: new Float32Array(k * d).fill(1),
    offsets: new Float32Array(k),
    rate: 0.5,
    centre: 0,
    hard: false,
    coupling: false,
    least: EVERYTHING,
  };
  const parts = 64;
  const results = sharedDoubles(parts * sumsLayout({ form: 'diag', k, d, coupling: false }).count);
  return { kind: 'sweeps', on, sweeps: [{ kind: 'sweep', model, parts, results }], control: sharedIntegers(2) };
}

/** How many parts of a sweep were computed: each has rows, and so a mass. */
export function partsDone({ sweeps: [{ parts, results }] }: SweepsTask): number {
  const count = results.length / parts;
  return Array.from({ length: parts }, (_, part) => results[part * count + 1]).filter((mass) => mass > 0).length;
}
