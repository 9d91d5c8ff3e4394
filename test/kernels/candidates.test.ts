import { describe, expect, test } from 'vitest';
import { hasCandidates } from '../../kernels/simd/candidates.js';
import { SimdKernel } from '../../kernels/simd/kernel.js';
import { addScatter, sumsLayout, tileRows, toTiles } from '../../kernels/simd/layout.js';
import { addLines, linesOf, lineSize, packNatural } from '../../kernels/simd/linear.js';
import type { SimdModel } from '../../kernels/simd/model.js';
import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import { seededRandom } from '../../src/base/random.js';
import { expectAllWithin, expectWithin } from '../within.js';

interface Case {
  readonly dense: number;
  readonly k: number;
  /** Standard deviation of logits over components, by row of the group. */
  readonly apart: (row: number) => number;
}

interface Setting {
  readonly model: SimdModel;
  readonly rows: Float32Array;
  readonly natural: Float32Array;
  readonly v: Float32Array;
}

const ROWS = 288;

/** A group of a few blocks, the last shorter: some rows weigh nothing, and one is of zeros. */
function settingOf({ dense, k, apart }: Case, changes: Partial<SimdModel> = {}): Setting {
  const random = seededRandom(3);
  const natural = Float32Array.from({ length: k * dense }, () => random.normal());
  const rows = Float32Array.from({ length: ROWS * dense }, (_, at) => {
    const row = Math.floor(at / dense);
    return row === 5 ? 0 : (apart(row) / Math.sqrt(dense)) * random.normal();
  });
  const v = Float32Array.from({ length: ROWS }, (_, row) => (row % 7 === 0 ? 0 : 0.5 + random.uniform()));
  const offsets = Float32Array.from({ length: k }, () => random.normal());
  const shape = { dense, levels: [] };
  const lines = packNatural(natural, k, shape, new Float32Array(linesOf(shape) * lineSize(k)));
  const empty = new Float32Array();
  const model: SimdModel = {
    ...{ form: 'spherical', k, d: 0, means: empty, whitening: empty, offsets, linear: { ...shape, natural: lines } },
    ...{ rate: 0.5, centre: 2, hard: false, least: -24, coupling: true, ...changes },
  };
  return { model, rows, natural, v };
}

/** Objective, masses `[k]`, coupling `[k, k]` and Σ p t `[k, dense]`. */
interface Sums {
  readonly objective: number;
  readonly mass: Float64Array;
  readonly coupling: Float64Array;
  readonly linear: Float64Array;
}

/** Sums in float64 of the same float32 numbers. */
function expectedOf({ model, rows, natural, v }: Setting): Sums {
  const { k, offsets, rate, centre, hard, least } = model;
  const dense = natural.length / k;
  const [mass, coupling, linear] = [k, k * k, k * dense].map((count) => new Float64Array(count));
  let objective = 0;
  for (const [row, weight] of v.entries()) {
    const t = rows.subarray(row * dense, (row + 1) * dense);
    const logits = Array.from(offsets, (offset, c) => {
      return t.reduce((sum, value, j) => sum + 2 * rate * value * natural[c * dense + j], offset);
    });
    const largest = Math.max(...logits);
    const parts = logits.map((logit) => (hard ? +(logit === largest) : logit - largest < least ? 0 : Math.exp(logit - largest))); // prettier-ignore
    const sum = parts.reduce((all, part) => all + part, 0);
    objective += weight * (largest + Math.log(sum) - centre);
    for (const [c, part] of parts.entries()) {
      const share = (weight * part) / sum;
      mass[c] += share;
      if (model.coupling) for (const [other, own] of parts.entries()) coupling[c * k + other] += (share * own) / sum;
      for (const [j, value] of t.entries()) linear[c * dense + j] += share * value;
    }
  }
  return { objective, mass, coupling, linear };
}

async function sumsOf(build: SimdBuild, { model, rows, v }: Setting): Promise<Sums> {
  const { k, linear: terms } = model;
  const { dense, levels } = terms!;
  const kernel = new SimdKernel(await simdModule(build));
  const x = new Float32Array(rows.length);
  toTiles(rows, dense, tileRows(dense), x);
  kernel.load(model);
  kernel.clear();
  kernel.sweepGroup(x, v);
  const [totals, layout] = [kernel.totals(), sumsLayout({ ...model, linear: terms })];
  const [coupling, linear] = [new Float64Array(k * k), new Float64Array(k * dense)];
  if (model.coupling) addScatter(totals.subarray(layout.coupling), k, coupling);
  addLines(totals.subarray(layout.linear), k, { dense, levels }, linear);
  return { objective: totals[0], mass: totals.slice(layout.mass, layout.first), coupling, linear };
}

async function expectSums(build: SimdBuild, setting: Setting): Promise<void> {
  const [got, expected] = [await sumsOf(build, setting), expectedOf(setting)];
  expectWithin(got.objective, expected.objective, 2e-6 * Math.abs(expected.objective), 'objective');
  expectAllWithin(got.mass, expected.mass, 1e-3, 'mass');
  expectAllWithin(got.coupling, expected.coupling, 1e-3, 'coupling');
  expectAllWithin(got.linear, expected.linear, 1e-2, 'linear');
}

describe.each<SimdBuild>(['simd', 'relaxed'])('candidates among components of many statistics, %s kernel', (build) => {
  const table: readonly (Case & { readonly title: string })[] = [
    { title: '256 statistics of 12 components', dense: 256, k: 12, apart: () => 200 },
    { title: '259 of 13, which fill up no line', dense: 259, k: 13, apart: () => 200 },
    { title: '500 of 33', dense: 500, k: 33, apart: () => 500 },
    { title: 'rows of many components after those of few', dense: 300, k: 20, apart: (row) => (row < 200 ? 200 : 1) },
    { title: 'rows of few components after those of many', dense: 300, k: 20, apart: (row) => (row < 100 ? 1 : 200) },
    { title: 'rows of very different lengths', dense: 300, k: 20, apart: (row) => 10 ** (row % 4) },
  ];
  test.each(table)('$title', (one) => expectSums(build, settingOf(one)));

  test.each([
    ['hard assignment', { hard: true }],
    ['tails of responsibilities', { least: -87.3 }],
    ['a high temperature', { rate: 0.05 }],
    ['no coupling', { coupling: false }],
  ] as const)('%s', (_, changes) => expectSums(build, settingOf({ dense: 300, k: 20, apart: () => 300 }, changes)));

  test('a group has the same sums after another group', async () => {
    const setting = settingOf({ dense: 300, k: 20, apart: () => 200 });
    const { model, rows, v } = setting;
    const x = new Float32Array(rows.length);
    toTiles(rows, 300, tileRows(300), x);
    const kernel = new SimdKernel(await simdModule(build));
    kernel.load(model);
    const totals = [0, 1].map(() => {
      kernel.clear();
      kernel.sweepGroup(x, v);
      return kernel.totals().slice();
    });
    expect(totals[1]).toEqual(totals[0]);
  });
});

test.each<SimdBuild>(['simd', 'relaxed'])(
  'a kernel that had a model with other sums has those of a new one, %s kernel',
  async (build) => {
    const [plain, coupled] = [false, true].map((coupling) =>
      settingOf({ dense: 300, k: 20, apart: () => 200 }, { coupling }),
    );
    const { rows, v } = plain;
    const x = new Float32Array(rows.length);
    toTiles(rows, 300, tileRows(300), x);
    const module = await simdModule(build);
    const sweep = (kernel: SimdKernel, { model }: Setting): Float64Array => {
      kernel.load(model);
      kernel.clear();
      kernel.sweepGroup(x, v);
      return kernel.totals().slice();
    };
    const kernel = new SimdKernel(module);
    for (const setting of [plain, coupled, plain, coupled]) {
      expect(sweep(kernel, setting)).toEqual(sweep(new SimdKernel(module), setting));
    }
  },
);

test('models are tried that have many dense statistics and components, and nothing else', () => {
  const linear = { dense: 300, levels: [], natural: new Float32Array() };
  expect(hasCandidates({ d: 0, k: 20, linear })).toBe(true);
  expect(hasCandidates({ d: 1, k: 20, linear })).toBe(false);
  expect(hasCandidates({ d: 0, k: 2, linear })).toBe(false);
  expect(hasCandidates({ d: 0, k: 20, linear: { ...linear, dense: 30 } })).toBe(false);
  expect(hasCandidates({ d: 0, k: 20, linear: { ...linear, levels: [3] } })).toBe(false);
  expect(hasCandidates({ d: 300, k: 20, linear: undefined })).toBe(false);
});
