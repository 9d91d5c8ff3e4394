import { describe, expect, test } from 'vitest';
import { SimdKernel } from '../../kernels/simd/kernel.js';
import { sumsLayout, tileRows, toTiles } from '../../kernels/simd/layout.js';
import { EVERYTHING, type LogitBounds, type SimdModel } from '../../kernels/simd/model.js';
import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import { logitBounds } from '../../src/sweep/bounds.js';
import { seededRandom } from '../../src/base/random.js';
import { expectAllWithin, expectWithin } from '../within.js';

interface Case {
  readonly d: number;
  readonly k: number;
  /** Standard deviation of the components' means. */
  readonly spread: number;
  readonly tiles?: number;
}

interface Setting {
  readonly model: SimdModel;
  readonly bounds: LogitBounds | undefined;
  readonly x: Float32Array;
  readonly v: Float32Array;
}

/** Components with factors of their own, and rows of theirs; some weigh nothing. */
function settingOf({ d, k, spread, tiles = 1024 / tileRows(d) }: Case, changes: Partial<SimdModel> = {}): Setting {
  const random = seededRandom(7);
  const means = Float32Array.from({ length: k * d }, () => spread * random.normal());
  const whitening = Float32Array.from({ length: k * d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d) % d, at % d];
    return i === j ? 0.5 + random.uniform() : i < j ? (0.5 / Math.sqrt(d)) * random.normal() : 0;
  });
  const weights = Float64Array.from({ length: k }, (_, c) => 1 + c).map((w) => (2 * w) / (k * (k + 1)));
  const rows = tiles * tileRows(d);
  const flat = Float32Array.from({ length: rows * d }, (_, at) => {
    const c = Math.floor(at / d) % k;
    return means[c * d + (at % d)] + random.normal();
  });
  const x = new Float32Array(rows * d);
  toTiles(flat, d, tileRows(d), x);
  const v = Float32Array.from({ length: rows }, (_, row) => (row % 7 === 0 ? 0 : 0.5 + random.uniform()));
  const offsets = Float32Array.from(weights, Math.log);
  const sizes = { form: 'full', k, d, means, whitening, offsets } as const;
  const model = { ...sizes, rate: 0.5, centre: 0, hard: false, least: -25, coupling: false, ...changes };
  const bounds = logitBounds(sizes, weights, { n: 1e6, least: model.least, rate: model.rate });
  return { model, bounds, x, v };
}

async function totalsOf(build: SimdBuild, model: SimdModel, { x, v }: Setting): Promise<Float64Array> {
  const kernel = new SimdKernel(await simdModule(build));
  kernel.load(model);
  kernel.clear();
  kernel.sweepGroup(x, v);
  kernel.sweepGroup(x.subarray(0, tileRows(model.d) * model.d), v.subarray(0, tileRows(model.d)));
  return kernel.totals().slice();
}

async function expectSame(build: SimdBuild, setting: Setting): Promise<void> {
  const { model, bounds } = setting;
  expect(bounds).toBeDefined();
  const all = await totalsOf(build, model, setting);
  const chosen = await totalsOf(build, { ...model, bounds }, setting);
  const { mass, first, second, coupling, count } = sumsLayout(model);
  expectWithin(chosen[0], all[0], 1e-6 * Math.abs(all[0]), 'objective');
  const parts = [
    [mass, first],
    [first, second],
    [second, coupling],
    [coupling, count],
  ];
  for (const [from, to] of parts) {
    const largest = all.subarray(from, to).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expectAllWithin(chosen.subarray(from, to), all.subarray(from, to), 3e-6 * largest, `sums from ${from} on`);
  }
}

describe.each<SimdBuild>(['simd', 'relaxed'])('components chosen row by row, %s kernel', (build) => {
  const cases: Case[] = [
    { d: 24, k: 4, spread: 3 },
    { d: 25, k: 7, spread: 2 },
    { d: 33, k: 17, spread: 2, tiles: 3 },
    { d: 64, k: 40, spread: 1.2 },
    { d: 65, k: 5, spread: 10, tiles: 1 },
    { d: 130, k: 9, spread: 1 },
  ];

  test.each(cases)('d = $d, k = $k, $spread apart: sums are those of all components', async (one) => {
    await expectSame(build, settingOf(one));
  });

  test('so they are of hard assignments, of all that float32 holds, at a temperature, and with coupling', async () => {
    const one = { d: 40, k: 12, spread: 3 };
    for (const changes of [{ hard: true }, { least: EVERYTHING }, { rate: 0.25 }, { coupling: true }]) {
      await expectSame(build, settingOf(one, changes));
    }
  });

  test('so they are where whitened rows of all components are too many to be kept', async () => {
    await expectSame(build, settingOf({ d: 32, k: 150, spread: 3 }));
  });

  test('so they are after a sweep that gathered rows to be whitened again', async () => {
    const setting = settingOf({ d: 32, k: 150, spread: 3 });
    const { model, bounds, x, v } = setting;
    const kernel = new SimdKernel(await simdModule(build));
    kernel.load(model);
    kernel.sweepGroup(x, v);
    kernel.load({ ...model, bounds });
    kernel.clear();
    kernel.sweepGroup(x, v);
    kernel.sweepGroup(x.subarray(0, tileRows(32) * 32), v.subarray(0, tileRows(32)));
    expect(kernel.totals()).toEqual(await totalsOf(build, { ...model, bounds }, setting));
  });

  test.each([
    ['the first rows show it', false],
    ['rows after the first show it', true],
  ])('where bounds leave too much over all are summed, the same bit for bit: %s', async (_, later) => {
    const setting = settingOf({ d: 32, k: 8, spread: 3 });
    const { x } = setting;
    const tile = tileRows(32);
    // Logits that are all alike, but for those of the first tile's rows where only later ones are to show it.
    const means = setting.model.means.map((mean, at) => (at < 32 ? 30 * mean : mean));
    if (later) for (let at = 0; at < 32 * tile; at++) x[at] = means[Math.floor(at / tile)];
    const model = { ...setting.model, means, rate: 1e-3 };
    const bounds = logitBounds(model, new Float64Array(8).fill(1 / 8), { n: 1e6, least: -25, rate: 0.5 });
    expect(bounds).toBeDefined();
    expect(await totalsOf(build, { ...model, bounds }, setting)).toEqual(await totalsOf(build, model, setting));
  });

  test('components that bounds rule out are not looked at', async () => {
    const setting = settingOf({ d: 32, k: 8, spread: 3 });
    const { model, bounds, v } = setting;
    if (!bounds) throw new Error('expected bounds, got none');
    const far = bounds.means.map((mean, at) => (at < bounds.columns ? 0 : mean + 1e6));
    const wrong = {
      ...bounds,
      means: far,
      whitening: bounds.whitening.map((w, at) => (at < bounds.columns ** 2 ? 0 : w)),
    };
    const totals = await totalsOf(build, { ...model, bounds: wrong }, setting);
    const weight =
      v.reduce((sum, one) => sum + one, 0) + v.subarray(0, tileRows(32)).reduce((sum, one) => sum + one, 0);
    expectWithin(totals[1], weight, 1e-5 * weight, 'mass of the only one');
    expect(totals[2]).toBe(0);
  });

  test('a row further from everything than float32 can tell keeps its likeliest', async () => {
    const setting = settingOf({ d: 32, k: 8, spread: 3 });
    const x = setting.x.map((value, at) => (at % tileRows(32) === 5 ? value * 1e4 : value));
    await expectSame(build, { ...setting, x });
  });
});
