import { describe, expect, test } from 'vitest';
import { simdModule, type SimdBuild } from '../../../kernels/simd/module.js';
import { TileKernel } from '../../../kernels/simd/tiles64/kernel.js';
import { tileRows64, tileSums, type TileModel } from '../../../kernels/simd/tiles64/model.js';
import { seededRandom } from '../../../src/base/random.js';
import { sweptModel } from '../../../src/sweep/float64/model.js';
import { encodedTiles, type Float64Block } from '../../../src/sweep/float64/rows.js';
import { coarseShare, negligibleShare } from '../../../src/sweep/negligible.js';
import { expectAllWithin } from '../../within.js';

/** k components side by side, so that rows have shares of all sizes, and n rows of theirs; every seventh weighs nothing. */
function settingOf({ d, k, n, degrees }: Record<'d' | 'k' | 'n', number> & { readonly degrees?: number }): {
  readonly model: TileModel;
  readonly block: Float64Block;
} {
  const random = seededRandom(5);
  const means = Float64Array.from({ length: k * d }, (_, at) => (1.5 * Math.floor(at / d) * 3) / Math.sqrt(d));
  const whitening = Float64Array.from({ length: k * d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d) % d, at % d];
    return i === j ? 0.8 + 0.4 * random.uniform() : i < j ? (0.3 / Math.sqrt(d)) * random.normal() : 0;
  });
  const columns = Array.from({ length: d }, (_, j) => ({
    values: Float64Array.from({ length: n }, (__, row) => means[(row % k) * d + j] + random.normal()),
    ...{ start: 0, stride: 1 },
  }));
  const weights = Float64Array.from({ length: n }, (_, row) => (row % 7 === 0 ? 0 : 40 * (0.5 + random.uniform())));
  const encoding = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1), weightUnit: 1 };
  const radial = degrees ? ({ radial: 'student', degrees: new Float64Array(k).fill(degrees) } as const) : {};
  const quadratic = [{ form: 'full', d, means, whitening, ...radial }] as const;
  const components = { k, logNormalizers: new Float64Array(k), quadratic };
  const at = { weights: new Float64Array(k).fill(1 / k), potential: new Float64Array(k), epsilon: 1 };
  const block = encodedTiles(0, { rows: n, columns, weights }, encoding);
  const weight = weights.reduce((sum, one) => sum + one, 0);
  return { model: sweptModel({ model: { ...at, components } }, { own: n, n }, { weight, base: 0 }), block };
}

async function totalsOf(build: SimdBuild, model: TileModel, { x, v }: Float64Block): Promise<Float64Array> {
  const columns = x.length / v.length;
  const b = tileRows64(columns);
  const tiles = new TileKernel(await simdModule(build)).load({ ...model, bounds: undefined }, columns);
  tiles.clear();
  for (let from = 0; from < v.length; from += b) {
    tiles.sweep(x.subarray(from * columns, (from + b) * columns), v.subarray(from, from + b));
  }
  return tiles.totals().slice();
}

/** The largest difference of first and second moments, each beside the largest number of its component. */
function apart(model: TileModel, actual: Float64Array, expected: Float64Array): number {
  const { k, terms } = model;
  const [{ first, second, secondSize }] = tileSums(model).terms;
  const differences = Array.from({ length: k }, (_, c) =>
    [
      [first + c * terms[0].d, terms[0].d],
      [second + c * secondSize, secondSize],
    ].map(([from, count]) => {
      const own = expected.subarray(from, from + count);
      const largest = (values: Float64Array): number => values.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
      return largest(own.map((value, at) => value - actual[from + at])) / largest(own);
    }),
  );
  return Math.max(...differences.flat());
}

describe.each<SimdBuild>(['simd', 'relaxed'])('rows that have next to nothing of a component, %s kernel', (build) => {
  const cases = [
    { d: 6, k: 5, n: 300 },
    { d: 9, k: 12, n: 1000 },
    { d: 31, k: 9, n: 700 },
    { d: 48, k: 9, n: 1500 },
    { d: 130, k: 5, n: 200 },
    { d: 10, k: 12, n: 1000, degrees: 30 },
  ];

  test.each(cases)('d = $d, k = $k: are summed in float32, and sums are those of float64', async (one) => {
    const { model, block } = settingOf(one);
    const [some, none] = [await totalsOf(build, model, block), await totalsOf(build, { ...model, coarse: 0 }, block)];
    const difference = apart(model, some, none);
    expect(difference).toBeGreaterThan(0); // there are such rows
    expect(difference).toBeLessThan(5e-15);
    const { mass, coupling } = tileSums(model);
    expect(some.subarray(0, coupling)).toEqual(none.subarray(0, coupling));
    expectAllWithin(some.subarray(mass, mass + one.k), none.subarray(mass, mass + one.k), 0, 'mass');
  });

  test.each(cases)('d = $d, k = $k: are the only ones that float32 rounds', async (one) => {
    const { model, block } = settingOf(one);
    const none = await totalsOf(build, { ...model, coarse: 0 }, block);
    const difference = apart(model, await totalsOf(build, { ...model, coarse: Infinity }, block), none);
    expect(difference).toBeGreaterThan(1e-10);
    expect(difference).toBeLessThan(1e-5);
  });
});

test('what float64 sums leave out and what they round is told from weights, and from what rows weigh', () => {
  const { model } = settingOf({ d: 6, k: 5, n: 300 });
  const least = negligibleShare(new Float64Array(5).fill(0.2), 300, 'float64');
  expect(least).toBe(2 ** -52 * 0.2);
  expect(coarseShare(least)).toBe(2 ** -32 * 0.2);
  expect(coarseShare(0)).toBe(0);
  expect(model.least).toBe(least);
  expect(model.coarse / coarseShare(least)).toBeGreaterThan(25); // rows weigh 40 on average, one in seven nothing
  expect(model.coarse / coarseShare(least)).toBeLessThan(45);
});
