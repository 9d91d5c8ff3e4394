import { expect, test, vi } from 'vitest';
import { momentCuts } from '../../kernels/webgpu/moments-geometry.js';
import type * as Tune from '../../kernels/webgpu/tune.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';
import { onGpu } from '../devices.js';
import { sweepOn } from './sweep-on.js';

/** Which way wins, instead of the fastest. */
const winner = vi.hoisted(() => ({ index: 0, asked: 0 }));
vi.mock('../../kernels/webgpu/tune.js', () => ({
  fastest() {
    winner.asked++;
    return Promise.resolve(winner.index);
  },
}));

test('the sums of a sweep are the same bit for bit in every way to cut them', async () => {
  const here = await onGpu();
  const [n, d, k] = [1500, 9, 3];
  const ways = momentCuts.length; // tiles of 9 columns, and of 5
  const once = await sweepOn(here.device, n, d, k);
  expect(winner.asked).toBe(0);
  const tuned = webgpuDevice({ name: here.backend, gpu: here.gpu }, { tuneFrom: 0 });
  for (winner.index = 0; winner.index < ways; winner.index++) {
    expect(await sweepOn(tuned, n, d, k)).toEqual(once);
  }
  expect(winner.asked).toBe(ways);
});

test('the fastest is found once per problem, unless that failed', async () => {
  const { fastest } = await vi.importActual<typeof Tune>('../../kernels/webgpu/tune.js');
  const { gpu } = await onGpu();
  const made: string[] = [];
  // By a clock that goes on with what is recorded, and not with what else the machine does.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  const candidate = (name: string, milliseconds: number) => () => {
    made.push(name);
    const record = (): void => void (now += milliseconds);
    return Promise.resolve({ record, dispose: () => void made.push(`${name} gone`) });
  };
  const two = [candidate('slow', 2), candidate('fast', 1)];
  expect(await fastest(gpu, 'one', [two[0]])).toBe(0);
  expect(made).toEqual([]);
  expect(await fastest(gpu, 'two', two)).toBe(1);
  expect(await fastest(gpu, 'two', two)).toBe(1);
  expect(made).toEqual(['slow', 'slow gone', 'fast', 'fast gone']);
  const broken = (): Promise<never> => Promise.reject(new Error('no luck'));
  await expect(fastest(gpu, 'three', [broken, broken])).rejects.toThrow('no luck');
  expect(await fastest(gpu, 'three', two)).toBe(1);
  clock.mockRestore();
});
