/** What waits for what: the device has the next work before the host reads what came of the last. */
import { expect, test } from 'vitest';
import { trafficOf, type Traffic } from '../../bench/gpu/traffic.js';
import { openGpu } from '../../kernels/webgpu/device.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';
import type { Shard } from '../../src/sweep/shard.js';
import { onGpu } from '../devices.js';
import { expectSameAlone, requestsOf, withShard } from '../sweep/joint.js';
import { atOneSpeed } from './submissions.js';

const handovers = (device: GPUDevice, work: () => Promise<unknown>): Promise<Traffic> =>
  atOneSpeed(device, () => trafficOf(device, work));

test('sweeps of one kind that are made at once leave the device idle once, and are those made alone', async () => {
  const { device, gpu } = await onGpu();
  await withShard(device, { n: 2000, d: 2 }, async (shard) => {
    const all = requestsOf('full', 30, 2);
    const same = all.filter(({ model, coupling }) => model.epsilon > 0 && !coupling);
    expect(same).toHaveLength(4);
    await expectSameAlone(shard, [...same, all[1]]); // of two kinds, one after the other
    await shard.sweep(same); // makes what they need
    const { submissions, waits, stalls } = await handovers(gpu.device, () => shard.sweep(same));
    expect([submissions, waits]).toEqual([4, 4]);
    expect(stalls).toBeLessThan(4); // the first is never waited for by itself; a fast device may have done the others
    expect(await handovers(gpu.device, () => shard.sweep(same.slice(1, 2)))).toMatchObject({ waits: 1, stalls: 1 });
  });
});

test('rows are computed while those before are read; who stops reading early leaves nothing under way', async () => {
  const gpu = await openGpu({ limits: { maxStorageBufferBindingSize: 2 ** 18 } }); // outputs of 1024 rows at once
  try {
    await withShard(webgpuDevice({ name: 'webgpu', gpu }), { n: 3500, d: 2 }, async (shard) => {
      const [{ model }] = requestsOf('full', 30, 2);
      const outputs = (): Promise<number[]> => densitiesOf(shard.rows(model));
      const once = await outputs();
      expect(once).toHaveLength(3500);
      const { submissions, waits, stalls } = await handovers(gpu.device, outputs);
      expect([submissions, waits]).toEqual([4, 4]);
      expect(stalls).toBeLessThan(4);
      for await (const { start } of shard.rows(model)) {
        expect(start).toBe(0);
        break;
      }
      expect(await outputs()).toEqual(once);
    });
  } finally {
    gpu.release();
  }
});

async function densitiesOf(blocks: ReturnType<Shard['rows']>): Promise<number[]> {
  const found: number[] = [];
  for await (const { logDensity } of blocks) found.push(...logDensity);
  return found;
}
