/** Sweeps that leave components out by logits under an earlier model have the bits of those that don't, whatever came before. */
import { describe, expect, test } from 'vitest';
import { SimdKernel } from '../../kernels/simd/kernel.js';
import { GROUP_ROWS, tileRows, toTiles } from '../../kernels/simd/layout.js';
import { linesOf, lineSize, packNatural } from '../../kernels/simd/linear.js';
import type { SimdModel } from '../../kernels/simd/model.js';
import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import { seededRandom, type Random } from '../../src/base/random.js';
import { EarlierSweep, mostLogitBytes } from '../../src/sweep/simd/earlier.js';

interface Step {
  readonly natural: Float32Array;
  readonly changes?: Partial<SimdModel>;
}

const DENSE = 256;
const K = 12;
/** The first group, and a second of two blocks, the last shorter. */
const ROWS = GROUP_ROWS + 160;

const normals = (random: Random, length: number): Float32Array => Float32Array.from({ length }, () => random.normal());

/** Rows of which each lies near one η; every seventh weighs nothing, and one is of zeros. */
function rowsNear(natural: Float32Array, random: Random, size: (row: number) => number): Float32Array {
  return Float32Array.from({ length: ROWS * DENSE }, (_, at) => {
    const [row, j] = [Math.floor(at / DENSE), at % DENSE];
    return row === 5 ? 0 : size(row) * (natural[(row % K) * DENSE + j] + random.normal());
  });
}

function modelOf({ natural, changes }: Step): SimdModel {
  const shape = { dense: DENSE, levels: [] };
  const lines = packNatural(natural, K, shape, new Float32Array(linesOf(shape) * lineSize(K)));
  const empty = new Float32Array();
  return {
    ...{
      form: 'spherical',
      k: K,
      d: 0,
      means: empty,
      whitening: empty,
      offsets: new Float32Array(K),
      linear: { ...shape, natural: lines },
    },
    ...{ rate: 0.5, centre: 2, hard: false, least: -24, coupling: false, ...changes },
  };
}

/** Sums of all groups under one model after the other, with earlier logits and without, and blocks that were swept by them. */
async function swept(build: SimdBuild, rows: Float32Array, steps: readonly Step[]): Promise<number[]> {
  const [plain, helped] = [new SimdKernel(await simdModule(build)), new SimdKernel(await simdModule(build))];
  const x = new Float32Array(rows.length);
  toTiles(rows, DENSE, tileRows(DENSE), x);
  const v = Float32Array.from({ length: ROWS }, (_, row) => (row % 7 === 0 ? 0 : 0.5 + (row % 3)));
  const sweep = (kernel: SimdKernel): Float64Array => {
    kernel.clear();
    for (let from = 0; from < ROWS; from += GROUP_ROWS) {
      const to = Math.min(from + GROUP_ROWS, ROWS);
      kernel.sweepGroup(x.subarray(from * DENSE, to * DENSE), v.subarray(from, to), from / GROUP_ROWS);
    }
    return kernel.totals().slice();
  };
  const kept = new EarlierSweep(Math.ceil(ROWS / GROUP_ROWS));
  return steps.map((step, at) => {
    const model = modelOf(step);
    const earlier = kept.next(model);
    plain.load(model);
    helped.load(model, earlier);
    const [got, expected] = [sweep(helped), sweep(plain)];
    expect(
      got.findIndex((sum, place) => !Object.is(sum, expected[place])),
      `step ${at}`,
    ).toBe(-1);
    return earlier?.tally[0] ?? 0;
  });
}

/** η that move by so much of their length, step by step. */
function moving(from: Float32Array, random: Random, by: readonly number[]): Step[] {
  let natural = from;
  return by.map((share) => ({ natural: (natural = natural.map((value) => value + share * random.normal())) }));
}

const BLOCKS = Math.ceil(ROWS / 128);
const SMALL = [0, 0, 0, 1e-3, 1e-3, 0];

describe('earlier logits', () => {
  const build = 'relaxed';
  const random = seededRandom(4);
  const natural = normals(random, K * DENSE);
  const usual = rowsNear(natural, random, () => 0.5);

  test.each<SimdBuild>(['simd', 'relaxed'])(
    'leave components out once two sweeps have shown that few count, %s kernel',
    async (own) => {
      const used = await swept(own, usual, moving(natural, random, SMALL));
      expect(used).toEqual([0, 0, BLOCKS, BLOCKS, BLOCKS, BLOCKS]);
    },
  );

  test('are kept anew where a model has moved too far', async () => {
    const used = await swept(build, usual, [
      ...moving(natural, random, [0, 0, 0]),
      ...moving(natural, random, [1.5, 0, 0]),
    ]);
    expect(used).toEqual([0, 0, BLOCKS, 0, 0, BLOCKS]);
  });

  test('components change places between sweeps', async () => {
    const turned = (by: number): Float32Array => natural.map((_, at) => natural[(at + by * DENSE) % natural.length]);
    await swept(build, usual, [0, 0, 0, 1, 1, 5, 0].map((by) => ({ natural: turned(by) }))); // prettier-ignore
  });

  test('components coincide, come apart, and meet again', async () => {
    const twins = natural.slice();
    twins.copyWithin(DENSE, 0, DENSE);
    const apart = twins.map((value, at) => value * (at < DENSE ? 1 + 1e-4 : 1));
    const rows = rowsNear(twins, random, () => 0.5);
    const models = [twins, twins, twins, apart, twins].map((own) => ({ natural: own }));
    const used = await swept(build, rows, models);
    expect(used).toEqual([0, 0, BLOCKS, BLOCKS, BLOCKS]);
  });

  test('concentrations grow to 1e5 and shrink again', async () => {
    const scaled = (by: number): Step => ({ natural: natural.map((value) => by * value) });
    const used = await swept(build, usual, [1, 1, 1, 1.3, 10, 1e4, 1e5 / 16, 1, 0.7].map(scaled));
    expect(used.slice(2)).toEqual(new Array(7).fill(BLOCKS));
  });

  test.each([1e-3, 1e3, 1e6])('rows and natural parameters in units of %f', async (unit) => {
    const rows = rowsNear(natural, random, (row) => 0.5 * unit * 10 ** (row % 2));
    const steps = moving(natural, random, SMALL).map((step) => ({
      natural: step.natural.map((value) => value / unit),
    }));
    expect((await swept(build, rows, steps)).at(-1)).toBe(BLOCKS);
  });

  test('a component is emptied, fades, and holds all', async () => {
    const offset = (value: number): Step => {
      const offsets = new Float32Array(K);
      offsets[3] = value;
      return { natural, changes: { offsets } };
    };
    const used = await swept(build, usual, [0, 0, 0, -30, -1e4, -Infinity, 0, 1e4].map(offset));
    expect(used.slice(2, 7)).toEqual(new Array(5).fill(BLOCKS));
  });

  test.each([
    ['hard assignment', { hard: true }],
    ['tails of responsibilities', { least: -87.3 }],
    ['a high temperature', { rate: 0.05 }],
    ['coupling', { coupling: true }],
  ] as const)('%s, and without in turn', async (_, changes) => {
    const steps = moving(natural, random, [0, 0, 0, 1e-3, 1e-3, 1e-3, 1e-3]);
    await swept(build, usual, steps.map((step, at) => (at % 2 ? { ...step, changes } : step))); // prettier-ignore
  });

  test('rows between components, by any steps', async () => {
    const [near, far] = [0, DENSE].map((from) => {
      return rowsNear(
        Float32Array.from(natural, (_, at) => natural[(at + from) % natural.length]),
        random,
        () => 0.3,
      );
    });
    const edge = near.map((value, at) => {
      const share = (Math.floor(at / DENSE) % 64) / 64;
      return (1 - share) * value + share * far[at];
    });
    let all = 0;
    for (const by of [0.003, 0.01, 0.03, 0.1, 0.3]) {
      const steps = moving(natural, random, [0, 0, ...new Array<number>(6).fill(by)]);
      all += (await swept(build, edge, steps)).reduce((sum, used) => sum + used, 0);
    }
    expect(all).toBeGreaterThan(5 * BLOCKS);
  });

  test('roundings of a row and of a component that all go the same way', async () => {
    // Of each row the first half is 2,000.49 units of its length, of which 32,000 make the whole.
    const [a, half] = [2000.49 / 32_000, DENSE / 2];
    const b = Math.sqrt(1 / half - a * a);
    const rows = Float32Array.from({ length: ROWS * DENSE }, (_, at) => (at % DENSE < half ? a : b));
    const own = new Float32Array(K * DENSE);
    own.fill(1e5 / (half * a), 0, half);
    own.fill((1e5 + 10) / (half * b), DENSE + half, 2 * DENSE);
    const used = await swept(build, rows, new Array<Step>(4).fill({ natural: own }));
    expect(used).toEqual([0, 0, BLOCKS, BLOCKS]);
  });

  test('rows of many components have no earlier logits', async () => {
    const used = await swept(build, rowsNear(natural, random, () => 1e-3), moving(natural, random, SMALL)); // prettier-ignore
    expect(used).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

test('what is kept of another model is not used', async () => {
  const random = seededRandom(4);
  const natural = normals(random, K * DENSE);
  const rows = rowsNear(natural, random, () => 0.5).subarray(0, GROUP_ROWS * DENSE);
  const x = new Float32Array(rows.length);
  toTiles(rows, DENSE, tileRows(DENSE), x);
  const kernel = new SimdKernel(await simdModule('simd'));
  const kept = new EarlierSweep(1);
  const sweep = (used: (blocks: Int32Array) => void): number | undefined => {
    const model = modelOf({ natural });
    const earlier = kept.next(model);
    if (earlier) used(earlier.ids);
    kernel.load(model, earlier);
    kernel.clear();
    kernel.sweepGroup(x, new Float32Array(GROUP_ROWS).fill(1));
    return earlier?.tally[0];
  };
  const untouched = (): void => undefined;
  // As after a sweep that was stopped before it came to three of the blocks.
  expect([untouched, untouched, (ids: Int32Array) => ids.fill(0, 1, 4), untouched].map(sweep)).toEqual([0, 0, 5, 5]);
});

test('what logits may take is what the largest model takes for which any are kept', () => {
  const taken = [12, 28, 29, 32, 33].map((k) => {
    const kept = new EarlierSweep(2);
    const linear = { dense: DENSE, levels: [], natural: new Float32Array(DENSE * lineSize(k)) };
    const model = { ...modelOf({ natural: new Float32Array(K * DENSE) }), k, linear, offsets: new Float32Array(k) };
    const first = kept.next(model);
    if (first) first.tally[1] = 16; // as if all blocks had gone by candidates
    const second = kept.next(model);
    return (second?.values.byteLength ?? 0) + (second?.ids.byteLength ?? 0);
  });
  const most = mostLogitBytes(2, DENSE);
  expect(taken).toEqual([2 * (1024 * 4 * 13 + 32), 2 * (1024 * 4 * 29 + 32), most, most, 0]);
  expect(mostLogitBytes(2, DENSE - 1)).toBe(0);
});

test('models of too many components for their statistics keep nothing', () => {
  const kept = new EarlierSweep(1);
  const model = modelOf({ natural: new Float32Array(K * DENSE) });
  expect(kept.next(model)).toBeDefined();
  expect(kept.next({ ...model, k: 40 })).toBeUndefined();
  expect(kept.next({ ...model, d: 1 })).toBeUndefined();
  expect(kept.next({ ...model, linear: { dense: 255, levels: [], natural: new Float32Array() } })).toBeUndefined();
});
