import { describe, expect, test } from 'vitest';
import { ColumnKernel } from '../../kernels/simd/columns.js';
import { SimdKernel, type RowArrays } from '../../kernels/simd/kernel.js';
import { addLines, linesOf, lineSize, packNatural } from '../../kernels/simd/linear.js';
import { filledUp, sumsLayout, tileRows, toTiles } from '../../kernels/simd/layout.js';
import type { SimdModel } from '../../kernels/simd/model.js';
import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import { NearestKernel } from '../../kernels/simd/nearest.js';
import { isListMostlyZero, isMostlyZero, tilesOf, type Lists } from '../../kernels/simd/nonzeros.js';
import { seededRandom } from '../../src/base/random.js';
import { expectAllWithin, expectWithin } from '../within.js';

interface Case {
  readonly d: number;
  readonly k: number;
  readonly rows?: number;
  /** Share of numbers that are not 0, by row. */
  readonly share: (row: number) => number;
}

/** Rows of counts, tiles and lists of these, and a model of them. */
interface Setting {
  readonly rows: Float32Array;
  readonly x: Float32Array;
  readonly v: Float32Array;
  readonly lists: Lists;
  readonly natural: Float32Array;
  readonly model: SimdModel;
}

async function settingOf(
  { d, k, rows: n = 300, share }: Case,
  build: SimdBuild,
  changes: Partial<SimdModel> = {},
): Promise<Setting> {
  const random = seededRandom(5);
  const filled = filledUp(n, d);
  const rows = Float32Array.from({ length: n * d }, (_, at) => {
    const some = random.uniform() < share(Math.floor(at / d));
    return some ? Math.ceil(5 * random.uniform() ** 3) * (at % 11 === 0 ? -0.5 : 1) : at % 2 ? 0 : -0;
  });
  const x = new Float32Array(filled * d);
  toTiles(rows, d, tileRows(d), x);
  const v = new Float32Array(filled).map((_, row) => (row < n && row % 7 > 0 ? 0.5 + random.uniform() : 0));
  const natural = Float32Array.from({ length: k * d }, () => (1.5 / Math.sqrt(d)) * random.normal());
  const shape = { dense: d, levels: [] };
  const lines = packNatural(natural, k, shape, new Float32Array(linesOf(shape) * lineSize(k)));
  const empty = new Float32Array();
  const offsets = Float32Array.from({ length: k }, () => random.normal());
  const model: SimdModel = {
    ...{ form: 'spherical', k, d: 0, means: empty, whitening: empty, offsets, linear: { ...shape, natural: lines } },
    ...{ rate: 0.5, centre: 2, hard: false, least: -24, coupling: true, ...changes },
  };
  const { values, columns, starts } = new ColumnKernel(await simdModule(build)).list(x, d);
  return {
    rows,
    x,
    v,
    natural,
    model,
    lists: { values: values.slice(), columns: columns.slice(), starts: starts.slice() },
  };
}

/** Float64 sums of the same float32 numbers: the objective, masses and Σ p t. */
function expectedOf({ rows, v, natural, model }: Setting): {
  objective: number;
  mass: Float64Array;
  linear: Float64Array;
} {
  const { k, offsets, rate, centre, hard, least } = model;
  const d = natural.length / k;
  const [mass, linear] = [new Float64Array(k), new Float64Array(k * d)];
  let objective = 0;
  for (let row = 0; row < rows.length / d; row++) {
    const t = rows.subarray(row * d, (row + 1) * d);
    const logits = Array.from(offsets, (offset, c) =>
      t.reduce((sum, value, j) => sum + 2 * rate * value * natural[c * d + j], offset),
    );
    const largest = Math.max(...logits);
    const parts = logits.map((logit) => (hard ? +(logit === largest) : logit - largest < least ? 0 : Math.exp(logit - largest))); // prettier-ignore
    const sum = parts.reduce((all, part) => all + part, 0);
    objective += v[row] * (largest + Math.log(sum) - centre);
    for (const [c, part] of parts.entries()) {
      mass[c] += (v[row] * part) / sum;
      for (const [j, value] of t.entries()) linear[c * d + j] += ((v[row] * part) / sum) * value;
    }
  }
  return { objective, mass, linear };
}

/** What a sweep of tiles or of lists comes to. */
async function totalsOf(
  build: SimdBuild,
  { model, v }: Setting,
  x: Parameters<SimdKernel['sweepGroup']>[0],
): Promise<Float64Array> {
  const kernel = new SimdKernel(await simdModule(build));
  kernel.load(model);
  kernel.clear();
  kernel.sweepGroup(x, v);
  return kernel.totals().slice();
}

async function outputsOf(
  build: SimdBuild,
  { model, rows, natural, v }: Setting,
  x: Parameters<SimdKernel['sweepGroup']>[0],
): Promise<RowArrays> {
  const kernel = new SimdKernel(await simdModule(build));
  kernel.load(model);
  const into = {
    labels: new Int32Array(v.length),
    logSum: new Float32Array(v.length),
    logLargest: new Float32Array(v.length),
    responsibilities: new Float32Array(v.length * model.k),
  };
  kernel.rowsGroup(x, rows.length / (natural.length / model.k), into); // of which the last tile may have few
  return into;
}

const few = (): number => 0.15;
const table: readonly (Case & { readonly title: string })[] = [
  { title: 'as few columns as are listed, one component', d: 16, k: 1, share: few },
  { title: 'three components', d: 17, k: 3, share: few },
  { title: 'a line of each length', d: 63, k: 5, share: few },
  { title: 'eight components', d: 64, k: 8, share: few },
  { title: 'a line of three vectors', d: 66, k: 12, share: few },
  { title: 'a line of four', d: 101, k: 14, share: few },
  { title: 'a line of five', d: 300, k: 20, share: few },
  { title: 'longer lines', d: 257, k: 23, share: few },
  { title: 'lines of several blocks', d: 130, k: 71, share: few },
  { title: 'rows without any', d: 130, k: 6, share: (row) => (row % 3 ? 0 : 0.2) },
  { title: 'nothing at all', d: 130, k: 6, share: () => 0 },
  { title: 'some tiles full', d: 300, k: 20, share: (row) => (row % 96 < 32 ? 0.1 : 0.9) },
  { title: 'full tiles first', d: 300, k: 20, share: (row) => (row < 64 ? 0.9 : 0.1) },
  { title: 'a last tile of one row', d: 80, k: 7, rows: 129, share: few },
];

describe.each<SimdBuild>(['simd', 'relaxed'])('zeros that are left out, %s kernel', (build) => {
  describe.each(table)('$title', (one) => {
    test('sums are those of all numbers', async () => {
      const setting = await settingOf(one, build);
      const { model, x } = setting;
      const [totals, expected] = [await totalsOf(build, setting, x), expectedOf(setting)];
      const layout = sumsLayout({ ...model, linear: model.linear! });
      const linear = new Float64Array(model.k * one.d);
      addLines(totals.subarray(layout.linear), model.k, model.linear!, linear);
      expectWithin(totals[0], expected.objective, 2e-6 * Math.abs(expected.objective) + 1e-4, 'objective');
      expectAllWithin(totals.slice(layout.mass, layout.first), expected.mass, 1e-3, 'mass');
      expectAllWithin(linear, expected.linear, 2e-3, 'linear');
    });

    test('lists say what tiles say, bit for bit', async () => {
      const setting = await settingOf(one, build);
      const { x, lists } = setting;
      const kernel = new SimdKernel(await simdModule(build));
      kernel.load(setting.model);
      const taken = kernel.taken({ x, listed: { lists, first: 0 } });
      expect(await totalsOf(build, setting, taken)).toEqual(await totalsOf(build, setting, x));
      expect(await outputsOf(build, setting, { lists, first: 0 })).toEqual(await outputsOf(build, setting, x));
    });
  });

  test.each([
    ['hard assignment', { hard: true }],
    ['no coupling', { coupling: false }],
    ['rare shares', { least: -1 }],
  ] as const)('%s', async (_, changes) => {
    const setting = await settingOf({ d: 300, k: 20, share: few }, build, changes);
    const { x, lists, model } = setting;
    const totals = await totalsOf(build, setting, x);
    expect(await totalsOf(build, setting, { lists, first: 0 })).toEqual(totals);
    expectAllWithin(totals.slice(1, 1 + model.k), expectedOf(setting).mass, 1e-3, 'mass');
  });

  test('lists are of what is not 0', async () => {
    const { rows, x, lists } = await settingOf({ d: 37, k: 3, share: few }, build);
    const { values, columns, starts } = lists;
    for (let row = 0; row < 300; row++) {
      const found = Array.from({ length: starts[row + 1] - starts[row] }, (_, at) => [
        columns[starts[row] + at],
        values[starts[row] + at],
      ]);
      const own = Array.from(rows.subarray(row * 37, (row + 1) * 37), (value, j) => [j, value]).filter(
        ([, value]) => value !== 0,
      );
      expect(found).toEqual(own.length % 2 ? [...own, [0, 0]] : own);
    }
    expect(tilesOf(lists, 0, x.length / 37, 37, new Float32Array(x.length))).toEqual(x.map((value) => value + 0));
  });

  test('some of the listed rows, from a later tile on', async () => {
    const setting = await settingOf({ d: 80, k: 7, share: few }, build);
    const { x, v, lists } = setting;
    const later = { ...setting, v: v.subarray(64) };
    expect(await totalsOf(build, later, { lists, first: 64 })).toEqual(
      await totalsOf(build, later, x.subarray(64 * 80)),
    );
  });

  test('distances to centres are those of tiles', async () => {
    const { x, v, lists } = await settingOf({ d: 75, k: 2, share: few }, build);
    const random = seededRandom(3);
    const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
    const centres = { joining: numbers(75), candidates: numbers(5 * 75), metric: numbers(75) };
    const module = await simdModule(build);
    const [one, other] = [x, { lists, first: 0 }].map((rows) => {
      const kernel = new NearestKernel(module);
      kernel.load(centres);
      const [nearest, sums] = [new Float32Array(v.length).fill(1e30), new Float64Array(11)];
      kernel.group(rows, v, nearest, sums);
      return { nearest, sums };
    });
    expect(other).toEqual(one);
  });

  test.each([0.3, 0.39, 0.41, 0.6, 1])('tiles and lists of %s agree on what most is', async (share) => {
    const { x, lists } = await settingOf({ d: 80, k: 2, share: () => share }, build);
    const told = Array.from({ length: 9 }, (_, tile) =>
      isMostlyZero(x.subarray(tile * 32 * 80, (tile + 1) * 32 * 80), 80),
    );
    expect(told).toEqual(told.map((_, tile) => isListMostlyZero({ lists, first: tile * 32 }, 80)));
    if (share === 0.3) expect(told).not.toContain(false);
    if (share === 0.6) expect(told).not.toContain(true);
  });
});
