import { describe, expect, test } from 'vitest';
import { ExactShard, type ExactBlock } from '../../../src/sweep/exact/shard.js';
import { packedExactly, soleQuadratic, type PackedModel } from '../../../src/sweep/model.js';
import { addMoments, clearComponent, emptyMoments, type Moments } from '../../../src/sweep/moments.js';
import { mulberry32, normal } from '../../oracle/index.js';
import { expectAllWithin, expectWithin } from '../../within.js';

const n = 200;
const random = mulberry32(3);
/** Three numbers and a count per row. */
const rows = Array.from({ length: n }, () => [
  normal(random),
  2 * normal(random),
  normal(random) - 1,
  Math.floor(6 * random()),
]);
const weights = Float64Array.from({ length: n }, (_, i) => 1 + (i % 3));

async function swept(
  components: PackedModel<Float64Array>,
  columns: (row: readonly number[]) => number[],
  epsilon = 1,
): Promise<{ moments: Moments; logDensity: Float64Array; labels: Int32Array }> {
  const values = Float64Array.from(rows.flatMap(columns));
  const block: ExactBlock = { start: 0, values, weights };
  const shard = new ExactShard(values.length / n, [block]);
  const model = { components, weights: Float64Array.of(0.4, 0.6), potential: Float64Array.of(0, 0.2), epsilon };
  const [moments] = await shard.sweep([{ model, coupling: true }]);
  for await (const { logDensity, labels } of shard.rows(model)) return { moments, logDensity, labels };
  throw new Error('no rows');
}

const means = [0.2, -0.5, 1, -1, 0.7, -2];
const widths = [1, 0.5, 2, 0.7, 1.5, 0.9];
const normalizers = Float64Array.of(-1.5, -1.1);
const eta = [Math.log(2), Math.log(4)];
/** Columns of the six numbers above, component by component. */
const part = (values: readonly number[], from: number, to: number): Float64Array =>
  Float64Array.from([...values.slice(from, to), ...values.slice(3 + from, 3 + to)]);

describe('float64 sweeps by several terms', () => {
  test('a diagonal term is two of some of its columns', async () => {
    const whole = {
      k: 2,
      logNormalizers: normalizers,
      quadratic: [{ form: 'diag', d: 3, means: Float64Array.from(means), whitening: Float64Array.from(widths) }],
    } as const;
    const cut = {
      k: 2,
      logNormalizers: normalizers,
      quadratic: [
        [0, 1],
        [1, 3],
      ].map(([from, to]) => ({
        form: 'diag' as const,
        d: to - from,
        means: part(means, from, to),
        whitening: part(widths, from, to),
      })),
    };
    for (const epsilon of [0, 0.5, 1, 3]) {
      const one = await swept(whole, (row) => row.slice(0, 3), epsilon);
      const two = await swept(cut, (row) => row.slice(0, 3), epsilon);
      expectWithin(two.moments.objective, one.moments.objective, 1e-10);
      expectAllWithin(two.logDensity, one.logDensity, 1e-12);
      expect(two.labels).toEqual(one.labels);
      const [first, second] = two.moments.quadratic;
      expectAllWithin([first.first[0], second.first[0], second.first[1], first.first[1]], [...one.moments.quadratic[0].first.subarray(0, 4)], 1e-11); // prettier-ignore
    }
  });

  test('squares and a count are the statistics of a linear term', async () => {
    const quadratic = [
      { form: 'diag', d: 3, means: Float64Array.from(means), whitening: Float64Array.from(widths) },
    ] as const;
    const mixed = {
      k: 2,
      logNormalizers: normalizers,
      quadratic,
      linear: { dense: 1, levels: [], natural: Float64Array.from(eta) },
    };
    const squares = widths.map((w) => w * w);
    const natural = [0, 1].flatMap((c) => [...[0, 1, 2].flatMap((j) => [squares[3 * c + j] * means[3 * c + j], -squares[3 * c + j] / 2]), eta[c]]); // prettier-ignore
    const constants = normalizers.map((value, c) => value - [0, 1, 2].reduce((sum, j) => sum + (squares[3 * c + j] * means[3 * c + j] ** 2) / 2, 0)); // prettier-ignore
    const linear = { k: 2, logNormalizers: constants, quadratic: [], linear: { dense: 7, levels: [], natural: Float64Array.from(natural) } }; // prettier-ignore
    for (const epsilon of [0, 0.5, 1, 3]) {
      const one = await swept(mixed, (row) => [...row], epsilon);
      const two = await swept(linear, (row) => [...row.slice(0, 3).flatMap((x) => [x, x * x]), row[3]], epsilon);
      expectWithin(two.moments.objective, one.moments.objective, 1e-9);
      expectAllWithin(two.logDensity, one.logDensity, 1e-11);
      expectAllWithin(two.moments.mass, one.moments.mass, 1e-10);
      expectAllWithin(two.moments.coupling!, one.moments.coupling!, 1e-10);
      expectAllWithin([two.moments.linear![6], two.moments.linear![13]], one.moments.linear!, 1e-9);
      // Σ P x of column 0, of both components: Σ P z = w (Σ P x − m μ).
      [0, 1].forEach((c) => {
        const sum = one.moments.quadratic[0].first[3 * c] / widths[3 * c] + one.moments.mass[c] * means[3 * c];
        expectWithin(two.moments.linear![7 * c], sum, 1e-9);
      });
    }
  });

  test('a column of levels is that many unit vectors, and one without a level says nothing', async () => {
    const natural = [0.3, -1, -2, -0.5, 1.2, 0.7, -0.1, -3, -0.2, 0];
    const linear = { natural: Float64Array.from(natural) };
    const held = { k: 2, logNormalizers: normalizers, quadratic: [], linear: { dense: 1, levels: [3, 1], ...linear } };
    const plain = { ...held, linear: { dense: 5, levels: [], ...linear } };
    const level = (x: number): number => (x < -1 ? -1 : x < 0 ? 0 : x < 1 ? 1 : 2);
    for (const epsilon of [0, 0.5, 1, 3]) {
      const one = await swept(held, (row) => [row[3], level(row[0]), 0], epsilon);
      const two = await swept(
        plain,
        (row) => [row[3], ...[0, 1, 2].map((l) => Number(level(row[0]) === l)), 1],
        epsilon,
      );
      expect(one.logDensity).toEqual(two.logDensity);
      expect(one.moments).toEqual(two.moments);
    }
  });
});

test('a model is exact where all of its terms are, and has a linear one where it says so', () => {
  const exact = {
    k: 1,
    logNormalizers: Float64Array.of(0),
    quadratic: [],
    linear: { dense: 1, levels: [], natural: Float64Array.of(1) },
  };
  expect(packedExactly(exact)).toBe(true);
  expect(packedExactly({ ...exact, linear: { dense: 1, levels: [], natural: Float32Array.of(1) } })).toBe(false);
  expect(() => soleQuadratic(exact)).toThrow(
    new RangeError('a model without a linear term was expected, got one with it'),
  );
});

test('linear sums add, and a component that is cleared has none', () => {
  const shape = { k: 2, quadratic: [], linear: { dense: 2, levels: [] } };
  const moments = emptyMoments(shape);
  moments.linear!.fill(3);
  const all = emptyMoments(shape);
  addMoments(all, moments);
  addMoments(all, moments);
  expect(all.linear).toEqual(Float64Array.of(6, 6, 6, 6));
  clearComponent(moments, shape, 0);
  expect(moments.linear).toEqual(Float64Array.of(0, 0, 3, 3));
});
