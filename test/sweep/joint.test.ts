/** Sweeps made at once on the threads of the CPU. */
import { describe, expect, test } from 'vitest';
import { sumsLayout } from '../../kernels/simd/layout.js';
import type { Device } from '../../src/backend/backend.js';
import { sweepsInMemory } from '../../src/sweep/simd/sweep.js';
import { cpuDevice } from '../../src/backend/cpu.js';
import { simd } from '../devices.js';
import { componentsOf, expectSameAlone, requestsOf, withShard } from './joint.js';

const forms = ['full', 'tied', 'diag', 'spherical'] as const;

describe.each([2, 3])('on %d threads sweeps made at once are the same bit for bit as alone', (threads) => {
  test.each(forms)('%s', (form) =>
    withShard(simd(threads), { n: 3500, d: 3 }, (shard) => expectSameAlone(shard, requestsOf(form, 4, 3))),
  );

  test('models of different sizes', () =>
    withShard(simd(threads), { n: 70_000, d: 5 }, (shard) =>
      expectSameAlone(shard, [...requestsOf('full', 9, 5), ...requestsOf('diag', 2, 5)]),
    ));
});

test('an abort ends all of them', () =>
  withShard(simd(2), { n: 3000, d: 2 }, async (shard) => {
    const reason = new Error('never mind');
    const sweeps = shard.sweep(requestsOf('full', 2, 2), { signal: AbortSignal.abort(reason) });
    await expect(sweeps).rejects.toBe(reason);
  }));

test('composites and a single thread make none at once', async () => {
  const atOnce = (device: Device, n: number): Promise<number> =>
    withShard(device, { n, d: 2 }, (shard) => Promise.resolve(shard.atOnce(componentsOf('full', 2, 2))));
  expect(await atOnce(cpuDevice(), 3000)).toBe(1);
  expect(await atOnce(simd(1), 3000)).toBe(1);
  // Nor do many threads, where there is work for one.
  expect(await atOnce(simd(4), 1000)).toBe(1);
  expect(await atOnce(simd(4), 1025)).toBe(8);
});

test('several sweeps are made at once while they are short, the longer for more threads', async () => {
  const most = (threads: number, k: number): Promise<number> =>
    withShard(simd(threads), { n: 50_000, d: 8 }, (shard) => Promise.resolve(shard.atOnce(componentsOf('full', k, 8))));
  // 50,000 rows, 180 operations per component: 2e7 per thread are 2.2 components.
  expect([await most(2, 3), await most(2, 4), await most(2, 5)]).toEqual([8, 8, 1]);
  expect([await most(4, 5), await most(4, 8), await most(4, 9)]).toEqual([8, 8, 1]);
});

test.each(forms)('sums of all parts of sweeps made at once take at most 64 MiB, %s', (form) => {
  for (const [k, d, groups] of [
    [3, 2, 5],
    [200, 8, 64],
    [30, 60, 2],
    [256, 40, 900],
    [2000, 100, 64],
  ] as const) {
    const { count } = sumsLayout({ form, k, d, coupling: true });
    const sweeps = sweepsInMemory({ k, quadratic: [{ form, d }] }, groups);
    // 256 rows per component, or 16 parts, where components are matrices of many columns.
    const most = form === 'full' && d >= 32 ? Math.max(16, Math.min(64, Math.floor((4 * groups) / k))) : 64;
    const whole = 8 * count * Math.min(most, groups);
    expect(sweeps).toBe(Math.max(1, Math.floor(2 ** 26 / whole)));
  }
});
