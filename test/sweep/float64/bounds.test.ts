import { describe, expect, test } from 'vitest';
import { simdModule, type SimdBuild } from '../../../kernels/simd/module.js';
import { TileKernel } from '../../../kernels/simd/tiles64/kernel.js';
import { tileRows64, tileSums, type TileModel } from '../../../kernels/simd/tiles64/model.js';
import { seededRandom } from '../../../src/base/random.js';
import { ExactShard } from '../../../src/sweep/exact/shard.js';
import { MemoryFloat64 } from '../../../src/sweep/float64/held.js';
import { sweptModel } from '../../../src/sweep/float64/model.js';
import { asExactBlock, encodedTiles, type Float64Block } from '../../../src/sweep/float64/rows.js';
import { Float64Shard } from '../../../src/sweep/float64/shard.js';
import type { PlanModel } from '../../../src/sweep/model.js';
import type { Moments } from '../../../src/sweep/moments.js';
import type { SweepRequest } from '../../../src/sweep/shard.js';
import { taskForce } from '../../../src/threads/pool.js';
import { expectAllWithin, expectWithin } from '../../within.js';

interface Case {
  readonly d: number;
  readonly k: number;
  /** Standard deviation of the components' means. */
  readonly spread: number;
  /** Whether the last component is noise: as likely everywhere. */
  readonly noise?: boolean;
  readonly epsilon?: number;
  readonly n?: number;
}

interface Setting {
  readonly model: PlanModel<Float64Array>;
  readonly block: Float64Block;
}

/** Components with factors of their own, and rows of theirs, or halfway between two; some weigh nothing. */
function settingOf({ d, k, spread, noise = false, epsilon = 1, n = 500 }: Case): Setting {
  const random = seededRandom(7);
  const means = Float64Array.from({ length: k * d }, () => spread * random.normal());
  const whitening = Float64Array.from({ length: k * d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d) % d, at % d];
    if (noise && at >= (k - 1) * d * d) return 0;
    return i === j ? 0.5 + random.uniform() : i < j ? (0.5 / Math.sqrt(d)) * random.normal() : 0;
  });
  const weights = Float64Array.from({ length: k }, (_, c) => (2 * (1 + c)) / (k * (k + 1)));
  const logNormalizers = new Float64Array(k);
  if (noise) logNormalizers[k - 1] = -3 * d;
  const columns = Array.from({ length: d }, (_, j) => {
    const values = Float64Array.from({ length: n }, (__, row) => {
      const [one, other] = [row % k, (row + 1 + (row % 3)) % k].map((c) => means[c * d + j]);
      return (row % 4 === 0 ? (one + other) / 2 : one) + random.normal();
    });
    return { values, start: 0, stride: 1 };
  });
  const encoding = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1), weightUnit: 1 };
  const rows = Float64Array.from({ length: n }, (_, row) => (row % 7 === 0 ? 0 : 0.5 + random.uniform()));
  const components = { k, logNormalizers, quadratic: [{ form: 'full', d, means, whitening }] } as const;
  const model = { components, weights, potential: new Float64Array(k), epsilon };
  return { model, block: encodedTiles(0, { rows: n, columns, weights: rows }, encoding) };
}

/** The model of a sweep of many rows, by which bounds are worth it. */
function sweptOf(request: SweepRequest<Float64Array>): TileModel {
  return sweptModel(request, { own: 1e6, n: 1e6 }, { weight: 1, base: 0 });
}

async function totalsOf(build: SimdBuild, model: TileModel, { x, v }: Float64Block): Promise<Float64Array> {
  const columns = x.length / v.length;
  const b = tileRows64(columns);
  const tiles = new TileKernel(await simdModule(build)).load(model, columns);
  tiles.clear();
  for (let from = 0; from < v.length; from += b) {
    tiles.sweep(x.subarray(from * columns, (from + b) * columns), v.subarray(from, from + b));
  }
  return tiles.totals().slice();
}

/** Sums by bounds are those without: the same bits, but for what logarithms and couplings have of what is left out. */
async function expectSame(build: SimdBuild, model: TileModel, block: Float64Block): Promise<void> {
  expect(model.bounds).toBeDefined();
  const [chosen, all] = [
    await totalsOf(build, model, block),
    await totalsOf(build, { ...model, bounds: undefined }, block),
  ];
  const { mass, coupling, terms } = tileSums(model);
  expectWithin(chosen[0], all[0], 1e-14 * Math.abs(all[0]), 'objective');
  const largest = (sums: Float64Array): number => sums.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const [from, to] of [
    [mass, coupling],
    [coupling, terms[0].first],
    [terms[0].first, terms[0].second],
    [terms[0].second, all.length],
  ]) {
    const sums = all.subarray(from, to);
    expectAllWithin(chosen.subarray(from, to), sums, 1e-15 * largest(sums), `sums from ${from} on`);
  }
}

describe.each<SimdBuild>(['simd', 'relaxed'])('float64 rows by bounds of their logits, %s kernel', (build) => {
  const cases: Case[] = [
    { d: 24, k: 4, spread: 4 },
    { d: 25, k: 7, spread: 3 },
    { d: 33, k: 17, spread: 3, n: 333 },
    { d: 64, k: 40, spread: 2 },
    { d: 32, k: 150, spread: 3, n: 300 },
    { d: 65, k: 5, spread: 10, n: 33 },
    { d: 130, k: 9, spread: 2 },
    { d: 32, k: 8, spread: 4, noise: true },
    { d: 40, k: 12, spread: 4, epsilon: 2 },
    { d: 40, k: 12, spread: 4, epsilon: 0 },
  ];

  test.each(cases)('d = $d, k = $k, $spread apart: sums are those of all components', async (one) => {
    const { model, block } = settingOf(one);
    await expectSame(build, sweptOf({ model }), block);
  });

  test('so they are with all that float64 holds, and with coupling', async () => {
    const { model, block } = settingOf({ d: 40, k: 12, spread: 12 });
    await expectSame(build, sweptOf({ model, tails: true }), block);
    await expectSame(build, sweptOf({ model, coupling: true }), block);
  });

  test('where bounds leave too much over all are summed, the same bit for bit', async () => {
    const { model, block } = settingOf({ d: 32, k: 8, spread: 4 });
    const { bounds, ...apart } = sweptOf({ model });
    if (!bounds) throw new Error('expected bounds, got none');
    for (const least of [-700, -200]) {
      // Of what bounds let through at once, and only once the likeliest is known.
      const swept = { ...apart, least: Math.exp(least), bounds: { ...bounds, least } };
      expect(await totalsOf(build, swept, block)).toEqual(
        await totalsOf(build, { ...swept, bounds: undefined }, block),
      );
    }
  });

  test('components that bounds rule out are not looked at', async () => {
    const { model, block } = settingOf({ d: 32, k: 8, spread: 4 });
    const swept = sweptOf({ model });
    const { bounds } = swept;
    if (!bounds) throw new Error('expected bounds, got none');
    const means = bounds.means.map((mean, at) => (at < bounds.columns ? 0 : mean + 1e6));
    const factors = bounds.factors.map((w, at) => (at < bounds.factors.length / 8 ? 0 : w));
    const totals = await totalsOf(build, { ...swept, bounds: { ...bounds, means, factors } }, block);
    const weight = block.v.reduce((sum, one) => sum + one, 0);
    expectWithin(totals[1], weight, 1e-12 * weight, 'mass of the only one');
    expect(totals[2]).toBe(0);
  });
});

test('there are no bounds of Student-t terms, products, or components beyond the reach of coordinates', () => {
  const { model } = settingOf({ d: 32, k: 8, spread: 4 });
  const { components } = model;
  const [term] = components.quadratic;
  const of = (changes: Partial<typeof components>): TileModel =>
    sweptOf({ model: { ...model, components: { ...components, ...changes } } });
  expect(of({}).bounds).toBeDefined();
  const student = { ...term, radial: 'student', degrees: new Float64Array(8).fill(3) } as const;
  expect(of({ quadratic: [student] }).bounds).toBeUndefined();
  expect(of({ quadratic: [term, term] }).bounds).toBeUndefined();
  expect(of({ quadratic: [{ ...term, means: term.means.map((mean) => mean * 1e6) }] }).bounds).toBeUndefined();
});

test('a shard’s sweep by bounds is that in plain TypeScript, bit for bit on any number of threads', async () => {
  const { model, block } = settingOf({ d: 32, k: 8, spread: 4, n: 2000 });
  const request = { model, coupling: true };
  expect(sweptModel(request, { own: 2000, n: 2000 }, { weight: 1, base: 0 }).bounds).toBeDefined();
  const module = await simdModule('simd');
  const sums: Moments[] = [];
  for (const threads of [1, 2, 3]) {
    const force = taskForce(threads, module, 0);
    const held = { ...force, run: force.run.bind(force), stop: () => undefined };
    const shard = new Float64Shard(32, new MemoryFloat64(32, [block]), () => Promise.resolve(held));
    for (let round = 0; round < 2; round++) sums.push(...(await shard.sweep([request])));
    force.stop();
  }
  for (const one of sums) expect(one).toEqual(sums[0]);
  const [plain] = await new ExactShard(32, [asExactBlock(block, 32)]).sweep([request]);
  expectWithin(sums[0].objective, plain.objective, 1e-13 * Math.abs(plain.objective), 'objective');
  for (const [actual, expected] of [
    [sums[0].mass, plain.mass],
    [sums[0].quadratic[0].first, plain.quadratic[0].first],
    [sums[0].quadratic[0].second, plain.quadratic[0].second],
  ]) {
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expectAllWithin(actual, expected, 1e-13 * largest, 'sums');
  }
});
