import { simdSupport } from '../../kernels/simd/module.js';
import { float64Builder } from '../sweep/float64/builder.js';
import { patternShardBuilder } from '../sweep/patterns/builder.js';
import { holdThreads } from '../threads/common.js';
import { spillingFloat64Builder } from '../sweep/spilled/float64.js';
import { threadsFor, type TaskForce } from '../threads/pool.js';
import type { Device } from './backend.js';

/** A place for rows that may lack values, or are wanted in float64, for devices that have none: the CPU's memory, and its threads. */
export function gappedOnCpu(threads?: number): Pick<Device, 'gappedRows' | 'float64Rows'> {
  const build = simdSupport();
  if (!build) return {};
  const hold = (): Promise<TaskForce> => holdThreads(threadsFor(threads).count, build);
  return {
    gappedRows: (d, limit) => patternShardBuilder(d, hold, { limit }),
    float64Rows: (d, limit) => (limit ? spillingFloat64Builder(d, hold, limit) : float64Builder(d, hold)),
  };
}
