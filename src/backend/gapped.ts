import { simdSupport } from '../../kernels/simd/module.js';
import { patternShardBuilder } from '../sweep/patterns/builder.js';
import { holdThreads } from '../threads/common.js';
import { threadsFor } from '../threads/pool.js';
import type { Device } from './backend.js';

/** A place for rows that may lack values, for devices that have none: the CPU's memory, and its threads. */
export function gappedOnCpu(threads?: number): Pick<Device, 'gappedRows'> {
  const build = simdSupport();
  if (!build) return {};
  return { gappedRows: (d) => patternShardBuilder(d, () => holdThreads(threadsFor(threads).count, build)) };
}
