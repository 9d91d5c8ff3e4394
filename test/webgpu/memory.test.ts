/** A device whose memory ends after a chunk of rows. */
import { expect, test, vi } from 'vitest';
import type * as Buffers from '../../kernels/webgpu/buffers.js';
import { openGpu } from '../../kernels/webgpu/device.js';
import { GpuError } from '../../kernels/webgpu/error.js';
import { load, modelOf, sweepOn } from './sweep-on.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';

/** Chunks of rows that there is still memory for. */
const room = vi.hoisted(() => ({ chunks: Infinity }));
vi.mock('../../kernels/webgpu/buffers.js', async (original) => {
  const real = await original<typeof Buffers>();
  return {
    ...real,
    makeBuffers(...[gpu, sizes]: Parameters<typeof real.makeBuffers>) {
      if ('x' in sizes && room.chunks-- <= 0) return Promise.reject(new GpuError('memory', 'no memory for x, v'));
      return real.makeBuffers(gpu, sizes);
    },
  };
});

const gpu = await openGpu({ limits: { maxStorageBufferBindingSize: 2 ** 18 } });
const device = webgpuDevice({ name: 'webgpu', gpu });
const [n, d, k] = [3500, 40, 3]; // four chunks

test('rows beyond it stay on the host and are uploaded sweep by sweep, with the same result to the bit', async () => {
  room.chunks = Infinity;
  const once = await sweepOn(device, n, d, k);
  room.chunks = 1;
  const { shard } = await load(device, n, d);
  room.chunks = 2; // the two buffers that rows pass through
  expect(await shard.sweep([{ model: modelOf(k, d), coupling: true }])).toEqual([once]);
  expect(await shard.sweep([{ model: modelOf(k, d), coupling: true }])).toEqual([once]);
  shard.dispose();
});

test('with none at all, or none for the rows to pass through, it is an error that says what to do', async () => {
  room.chunks = 0;
  await expect(load(device, n, d)).rejects.toThrow(/^webgpu: no memory for x, v; free the GPU for it, fit fewer rows/);
  room.chunks = 1;
  const { shard } = await load(device, n, d);
  room.chunks = 0;
  await expect(shard.sweep([{ model: modelOf(k, d) }])).rejects.toMatchObject({ name: 'GpuError', code: 'memory' });
  shard.dispose();
});
