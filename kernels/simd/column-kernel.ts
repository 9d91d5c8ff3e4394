import { ColumnKernel } from './columns.js';
import { simdModule, simdSupport } from './module.js';

let kernel: Promise<ColumnKernel | undefined> | undefined;

/** The kernel for columns, made once; undefined where the engine has no SIMD. */
export function columnKernel(): Promise<ColumnKernel | undefined> {
  kernel ??= make();
  return kernel;
}

async function make(): Promise<ColumnKernel | undefined> {
  const build = simdSupport();
  return build && new ColumnKernel(await simdModule(build));
}
