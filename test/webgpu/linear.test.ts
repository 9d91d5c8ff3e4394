import { expect, test } from 'vitest';
import { openGpu } from '../../kernels/webgpu/device.js';
import type { Device } from '../../src/backend/backend.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';
import type { Moments } from '../../src/sweep/moments.js';
import { onGpu, otherDivisions, withLimits } from '../devices.js';
import { describeLinear, shapesOf, withRows } from '../kernels/linear-parity.js';
import { modelOf } from '../kernels/linear-problem.js';
import { linearCases, type LinearCase } from '../kernels/parity-cases.js';
import { submissionsOf } from './submissions.js';
import { watch } from './watched.js';

const { device, gpu } = await onGpu();

describeLinear('fused on webgpu', device, linearCases, shapesOf);

/** Sums of every kind: of a quadratic term, dense statistics, few levels and many. All fit the least of the bindings below. */
const everything: LinearCase = { n: 5000, k: 6, quadratic: { form: 'diag', d: 2 }, dense: 9, levels: [3, 70] };

async function momentsOn(where: Device, one = everything): Promise<Moments> {
  const request = { model: modelOf(one), coupling: true };
  let found: Moments[] = [];
  await withRows(where, one, async ({ shard }) => void (found = await shard.sweep([request])));
  return found[0];
}

let here: Promise<Moments> | undefined;
const momentsHere = (): Promise<Moments> => (here ??= momentsOn(device));

test.each(otherDivisions)('sums are the same bit for bit %s', async (_, limits, options) => {
  const there = webgpuDevice({ name: 'webgpu', gpu: withLimits(gpu, limits) }, options);
  expect(await momentsOn(there)).toEqual(await momentsHere());
});

test('without subgroups sums are the same but for the objective’s rounding', async () => {
  const lesser = await openGpu({ features: [] });
  const { objective, ...sums } = await momentsOn(webgpuDevice({ name: 'webgpu', gpu: lesser }));
  const { objective: expected, ...others } = await momentsHere();
  lesser.release();
  expect(sums).toEqual(others);
  expect(Math.abs(objective - expected)).toBeLessThan(1e-6 * Math.abs(expected));
});

test('models are swept at once: small ones by one kernel, others of short sweeps up to four', async () => {
  const small: LinearCase = { n: 400_000, k: 3, dense: 2, levels: [2] };
  await withRows(device, { ...small, n: 2000 }, async ({ shard }) => {
    // 1 + 3 + 3 · 4 sums.
    expect(shard.atOnce(modelOf(small).components)).toBe(16);
    expect(shard.atOnce(modelOf({ ...small, dense: 17 }).components)).toBe(4);
    const requests = [1, 2, 3].map((seed) => ({ model: modelOf(small, 1, seed) }));
    expect(await submissionsOf(gpu.device, () => shard.sweep(requests))).toBe(1);
  });
});

test('sweeps and row outputs leave no buffer behind', async () => {
  const watched = watch(gpu.device);
  try {
    await withRows(device, { ...everything, n: 600 }, async ({ shard }) => {
      const model = modelOf(everything);
      for (const epsilon of [0, 1]) await shard.sweep([{ model: { ...model, epsilon } }]);
      for await (const { rows } of shard.rows(model)) expect(rows).toBe(600);
    });
    expect(watched.alive()).toBe(0);
  } finally {
    watched.restore();
  }
});
