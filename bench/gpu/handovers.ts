/** What passes between host and device in the parts of a fit: `traffic.ts` counted, of rows that lie on the device. */
import type { Gpu } from '../../kernels/webgpu/device.js';
import { remember } from '../../kernels/webgpu/speed.js';
import { seededRandom } from '../../src/base/random.js';
import type { Dataset } from '../../src/data/dataset.js';
import { gaussian } from '../../src/families/gaussian.js';
import { kMeansParallel } from '../../src/seeding/k-means-parallel.js';
import { kMeansPlusPlus } from '../../src/seeding/k-means-plus-plus.js';
import type { Size } from '../problem.js';
import { table } from '../table.js';
import { balls } from './check.js';
import type { Start } from './cloud.js';
import { modelAt } from './model.js';
import { trafficOf, type Traffic } from './traffic.js';

/** A part of a fit, and what it hands over. */
export interface Handover extends Traffic {
  readonly part: string;
}

/** Sweeps of restarts that meet. */
const RESTARTS = 4;

/** Operations a second that the device is taken to make, whatever it is: how work is cut depends on them. */
const SPEED = 1e12;

/** Counted once all programs are there. */
export async function handoversOf(
  gpu: Gpu,
  { shard, scaling, columns }: Dataset,
  { covariance, d, k }: Omit<Size, 'n'>,
  { means, variance, weights }: Start,
): Promise<Handover[]> {
  const family = gaussian({ covariance });
  const dense = family.fromParameters({ means, covariances: balls(k, d, variance) }, 'start');
  const model = modelAt(family, family.toShard(dense, scaling), weights);
  const seeding = () => ({
    shard,
    k,
    columns: columns.length,
    scaling,
    variances: scaling.scale.map(() => 1),
    random: seededRandom(1),
  });
  const parts: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['an iteration', () => shard.sweep([{ model }])],
    [`an iteration of ${RESTARTS} runs`, () => shard.sweep(Array.from({ length: RESTARTS }, () => ({ model })))],
    ['scores of all rows', () => drained(shard.rows(model))],
    ['k-means++', () => kMeansPlusPlus(seeding())],
    ['k-means||', () => kMeansParallel(seeding())],
  ];
  const found: Handover[] = [];
  for (const [part, work] of parts) {
    remember(gpu.device, SPEED, 1);
    await work(); // compiles
    remember(gpu.device, SPEED, 1);
    found.push({ part, ...(await trafficOf(gpu.device, work)) });
  }
  return found;
}

/** Asks for all blocks, and drops them. */
async function drained(blocks: AsyncIterable<unknown>): Promise<void> {
  const each = blocks[Symbol.asyncIterator]();
  while ((await each.next()).done !== true);
}

export function handoversTable(found: readonly Handover[]): string {
  const heads = ['', 'submissions', 'waits', 'stalls', 'recorded idly', 'kB up', 'kB back'];
  const kB = (bytes: number): string => (bytes / 1000).toFixed(1);
  const rows = found.map(({ part, submissions, waits, stalls, idly, written, read }) => [
    ...[part, ...[submissions, waits, stalls, idly].map(String), kB(written), kB(read)],
  ]);
  return table(heads, rows);
}
