/** What a sweep leaves on the device when something it needs can't be made. */
import { expect, test, vi } from 'vitest';
import { openGpu, type Gpu } from '../../kernels/webgpu/device.js';
import type { GpuSweepOptions } from '../../kernels/webgpu/options.js';
import type * as Tune from '../../kernels/webgpu/tune.js';
import { cases } from '../cases.js';
import { load, modelOf } from './sweep-on.js';
import { watch } from './watched.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';

// Every candidate is made, every time: the real one remembers the winner.
vi.mock('../../kernels/webgpu/tune.js', () => ({
  async fastest(...[, , candidates]: Parameters<typeof Tune.fastest>) {
    for (const make of candidates) (await make()).dispose();
    return 0;
  },
}));

/** Sweeps rows of d columns with k components; resolves to whether that went well. */
async function sweep(gpu: Gpu, d: number, k: number, options: GpuSweepOptions, before: () => void): Promise<boolean> {
  const { shard } = await load(webgpuDevice({ name: 'webgpu', gpu }, options), 1100, d);
  before();
  try {
    await shard.sweep([{ model: modelOf(k, d), coupling: true }]);
    return true;
  } catch {
    return false;
  } finally {
    shard.dispose();
  }
}

/** Refuses the first request, then the second, and so on until there are no more; returns how many there were. */
async function requests(attempt: (nth: number) => Promise<boolean>): Promise<number> {
  let nth = 1;
  while (!(await attempt(nth))) nth++;
  return nth - 1;
}

const sweeps: readonly [name: string, d: number, k: number, options: GpuSweepOptions, least: number][] = [
  ['of few sums', 2, 2, {}, 6],
  ['that is tuned', 9, 12, { tuneFrom: 0 }, 15],
  ['of rows that come from the host, tuned', 9, 12, { tuneFrom: 0, residentBytes: 0 }, 19],
];
test.each(cases(sweeps, ([, , , { tuneFrom, residentBytes }]) => [tuneFrom === 0, residentBytes === 0]))(
  'no buffer, whichever one is refused: a sweep %s',
  async (_, d, k, options, least) => {
    const gpu = await openGpu();
    const watched = watch(gpu.device);
    const count = await requests(async (nth) => {
      const done = await sweep(gpu, d, k, options, () => watched.refuse('buffers', nth));
      expect(watched.alive(), `without buffer ${nth}`).toBe(0);
      return done;
    });
    expect(count).toBeGreaterThanOrEqual(least);
    gpu.release();
  },
);

test('no buffer, whichever pipeline is refused; and the next sweep has it', async () => {
  const d = 5; // two tiles of three columns
  const count = await requests(async (nth) => {
    const gpu = await openGpu(); // a device remembers what it has compiled
    const watched = watch(gpu.device);
    const done = await sweep(gpu, d, 3, {}, () => watched.refuse('pipelines', nth));
    expect(watched.alive(), `without pipeline ${nth}`).toBe(0);
    expect(await sweep(gpu, d, 3, {}, () => undefined), `after pipeline ${nth}`).toBe(true);
    gpu.release();
    return done;
  });
  expect(count).toBe(6); // of tiles on the diagonal and of those below it, each a program
});
