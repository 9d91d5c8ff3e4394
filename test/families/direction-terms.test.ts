/** Directions by products and by differences: which is chosen, and that both sweep and estimate alike. */
import { describe, expect, test } from 'vitest';
import { gaussian } from '../../src/families/gaussian.js';
import { product } from '../../src/families/product.js';
import { directionSampler } from '../../src/families/sampling/von-mises-fisher.js';
import { Numbers } from '../../src/families/sampling/numbers.js';
import { vonMisesFisher } from '../../src/families/von-mises-fisher.js';
import { FastRandom } from '../../src/base/fast-random.js';
import { ExactShard } from '../../src/sweep/exact/shard.js';
import { withCommonPart } from '../../src/sweep/common-part.js';
import type { PackedModel, PlanModel } from '../../src/sweep/model.js';
import type { Floats } from '../../src/sweep/model.js';
import { mulberry32, normal } from '../oracle/index.js';
import { nodeDevices, startTfjsWasm } from '../devices.js';
import { expectAllWithin, expectWithin } from '../within.js';

const family = vonMisesFisher();

/** k mean directions near one another, and rows drawn around them in turn, float32. */
function scene(d: number, k: number, kappa: number, n: number) {
  const random = mulberry32(5);
  const pole = Array.from({ length: d }, () => normal(random));
  const means = Array.from({ length: k }, () => pole.map((value) => value + 0.5 * normal(random)));
  const components = family.fromParameters({ means, concentrations: means.map((_, c) => kappa / (1 + c)) }, 'scene');
  const numbers = new Numbers(new FastRandom(7));
  const values = new Float64Array(n * d);
  const draws = means.map((_, c) => {
    return directionSampler(components.arrays.means.values.slice(c * d, (c + 1) * d), kappa / (1 + c));
  });
  for (let row = 0; row < n; row++) draws[row % k](numbers, values.subarray(row * d, (row + 1) * d));
  return { components, values: values.map(Math.fround) };
}

const planOf = <V extends Floats>(components: PackedModel<V>, epsilon = 1): PlanModel<V> => {
  const { k } = components;
  return { components, weights: new Float64Array(k).fill(1 / k), potential: new Float64Array(k), epsilon };
};

describe('what directions are packed as', () => {
  const kind = (d: number, kappa: number): string => {
    const { linear, quadratic } = family.pack(scene(d, 2, kappa, 1).components);
    expect(quadratic.length).toBe(linear ? 0 : 1);
    return linear ? 'products' : 'differences';
  };

  test.each([
    [3, 10, 'differences'],
    [31, 10, 'differences'],
    [32, 10, 'products'],
    [768, 0, 'products'],
    [768, 4000, 'products'],
    [768, 40_000, 'differences'],
    [4096, 1e5, 'differences'],
  ])('of %d columns and κ = %d: %s', (d, kappa, expected) => {
    expect(kind(d, kappa)).toBe(expected);
  });

  test('products have no rounding to be looked at again, and float64 has differences', () => {
    const { components } = scene(64, 2, 50, 1);
    expect(family.pack(components).linear?.rounding).toBeUndefined();
    expect(family.packExactly(components).linear).toBeUndefined();
  });

  test('as a factor of a product they are differences, wherever the columns lie', () => {
    const columns = Array.from({ length: 40 }, (_, j) => `x${j}`);
    const factors = [
      { columns: ['y'], family: gaussian() },
      { columns, family: vonMisesFisher() },
    ];
    const shape = product(factors)
      .forColumns?.(['y', ...columns])
      ?.shape(2, 41);
    expect(shape?.quadratic).toEqual([{ form: 'full', d: 41 }]);
    expect(shape?.linear).toBeUndefined();
  });
});

/** The largest κ that products are taken for. */
const cases = [
  { d: 32, kappa: 20, n: 1100 },
  { d: 100, kappa: 120, n: 700 },
  { d: 768, kappa: 4000, n: 300 },
];

await startTfjsWasm();

describe.each(Object.entries(nodeDevices))('products against float64 differences, %s', (_name, device) => {
  test.each(cases)('d = $d, κ = $kappa', async ({ d, kappa, n }) => {
    const k = 3;
    const { components, values } = scene(d, k, kappa, n);
    const weights = Float64Array.from({ length: n }, (_, i) => 1 + (i % 3));
    const builder = device.rows(d);
    const encoding = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1), weightUnit: 1 };
    const columns = Array.from({ length: d }, (_, start) => ({ values, start, stride: d }));
    await builder.add({ rows: n, columns, weights }, encoding);
    const sums = new Float64Array(d);
    for (let at = 0; at < values.length; at++) sums[at % d] += weights[Math.floor(at / d)] * values[at];
    const shard = withCommonPart(await builder.finish(), { weight: weights.reduce((a, b) => a + b, 0), sums });
    try {
      const packed = family.pack(components);
      expect(packed.linear).toBeDefined();
      const exactly = family.packExactly(components);
      const exact = new ExactShard(d, [{ start: 0, values, weights }]);
      const [expected] = await exact.sweep([{ model: planOf(exactly) }]);
      const objectiveNear = expected.objective / expected.weight;
      const [got] = await shard.sweep([{ model: planOf(packed), objectiveNear }]);
      // What is tolerable of float32: 1e-7 nats a column.
      expectWithin(got.objective / got.weight, objectiveNear, 1e-7 * d, 'objective');
      expectAllWithin(got.mass, expected.mass, 1e-5 * got.weight, 'mass');
      const options = { regularization: new Float64Array(d) };
      const own = family.estimate(got, packed, options).components.arrays;
      const other = family.estimate(expected, exactly, options).components.arrays;
      expectAllWithin(own.means.values, other.means.values, 1e-5, 'means');
      own.concentrations.values.forEach((value, c) => {
        expectWithin(value / other.concentrations.values[c], 1, 2e-5, 'concentration');
      });
    } finally {
      shard.dispose();
    }
  });
});
