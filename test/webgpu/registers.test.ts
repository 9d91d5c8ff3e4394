import { expect, test } from 'vitest';
import type { Gpu } from '../../kernels/webgpu/device.js';
import { columnsHeld, mostSide } from '../../kernels/webgpu/registers.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';
import { onGpu } from '../devices.js';
import { sweepOn } from './sweep-on.js';

/** The device at hand, whose kernels are made as for one of Intel's. */
async function asOfIntel() {
  const { gpu, backend } = await onGpu();
  const adapter = 'intel gen-12hp, arc';
  return webgpuDevice({ name: backend, gpu: Object.create(gpu, { adapter: { value: adapter } }) as Gpu });
}

test('Intel’s lanes hold less than those of others', () => {
  expect([columnsHeld('intel xe'), mostSide('intel xe')]).toEqual([8, 1]);
  expect([columnsHeld('nvidia ampere, intelligent'), mostSide('nvidia ampere')]).toEqual([16, 2]);
});

test.each([9, 16])('rows of %i columns that are read again for every block give the same bits', async (d) => {
  const here = await onGpu();
  expect(await sweepOn(await asOfIntel(), 300, d, 3)).toEqual(await sweepOn(here.device, 300, d, 3));
});

test('a coupling of many components is the same but for rounding where squares of sums are small', async () => {
  const here = await onGpu();
  const size = [300, 3, 40] as const;
  const [few, usual] = [await sweepOn(await asOfIntel(), ...size), await sweepOn(here.device, ...size)];
  expect(few.mass).toEqual(usual.mass);
  const largest = Math.max(...usual.coupling!);
  const off = few.coupling!.map((sum, at) => Math.abs(sum - usual.coupling![at]));
  expect(largest).toBeGreaterThan(0.1);
  expect(Math.max(...off)).toBeLessThan(1e-6 * largest);
});
