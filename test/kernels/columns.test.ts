import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ColumnKernel, type Column } from '../../kernels/simd/columns.js';
import { simdModule } from '../../kernels/simd/module.js';
import { describe as describeOnHost } from '../../src/data/statistics.js';
import { encodeTiles, type Encoding } from '../../src/sweep/encode.js';

const builds = ['simd', 'relaxed'] as const;
const kernels = new Map<string, ColumnKernel>();
beforeAll(async () => {
  for (const build of builds) kernels.set(build, new ColumnKernel(await simdModule(build)));
});

/** Rows in each of the ways in which data come. */
const layouts: Readonly<Record<string, (values: Float64Array, d: number) => Column[]>> = {
  'rows of float64': (values, d) => views(values, d),
  'rows of float32': (values, d) => views(Float32Array.from(values), d),
  columns: (values, d) =>
    Array.from({ length: d }, (_, j) => ({ values: values.filter((__, at) => at % d === j), start: 0, stride: 1 })),
  'columns of float32': (values, d) =>
    Array.from({ length: d }, (_, j) => ({
      values: Float32Array.from(values.filter((__, at) => at % d === j)),
      ...{ start: 0, stride: 1 },
    })),
  'columns further apart': (values, d) => {
    const wide = new Float64Array((values.length / d) * (d + 1) + 1);
    values.forEach((value, at) => (wide[1 + Math.floor(at / d) * (d + 1) + (at % d)] = value));
    return Array.from({ length: d }, (_, j) => ({ values: wide, start: j + 1, stride: d + 1 }));
  },
};

function views(values: Column['values'], d: number): Column[] {
  return Array.from({ length: d }, (_, start) => ({ values, start, stride: d }));
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 });
const problems = fc
  .record({ d: fc.integer({ min: 1, max: 9 }), rows: fc.integer({ min: 1, max: 300 }) })
  .chain(({ d, rows }) =>
    fc.record({
      d: fc.constant(d),
      values: fc.array(finite, { minLength: d * rows, maxLength: d * rows }).map((all) => Float64Array.from(all)),
      weights: fc.array(fc.constantFrom(0, 1, 2.5), { minLength: rows, maxLength: rows }),
    }),
  );

describe.each(builds)('columns by the kernel, %s', (build) => {
  const kernel = (): ColumnKernel => kernels.get(build) as ColumnKernel;

  test.each(Object.keys(layouts))('are described as on the host, bit for bit, of %s', (layout) => {
    fc.assert(
      fc.property(problems, fc.nat(5), ({ d, values, weights }, skipped) => {
        const own = Float64Array.from(weights.slice(Math.min(skipped, weights.length - 1)));
        own[own.length - 1] = 1;
        const from = weights.length - own.length;
        const about = { weight: own.reduce((a, b) => a + b), origin: own.findIndex((one) => one > 0) };
        const columns = layouts[layout](values, d);
        const range = { from, to: weights.length, weights: own };
        expect(kernel().describe(columns, range, about)).toEqual(describeOnHost(columns, range, about));
      }),
      { numRuns: 40 },
    );
  });

  test.each(Object.keys(layouts))('are described alike without weights and under weights of 1, of %s', (layout) => {
    fc.assert(
      fc.property(problems, fc.nat(5), ({ d, values, weights: { length: to } }, skipped) => {
        const from = Math.min(skipped, to - 1);
        const about = { weight: to - from, origin: 0 };
        const columns = layouts[layout](values, d);
        const weights = new Float64Array(to - from).fill(1);
        const expected = describeOnHost(columns, { from, to, weights }, about);
        expect(kernel().describe(columns, { from, to }, about)).toEqual(expected);
        expect(describeOnHost(columns, { from, to }, about)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test.each(Object.keys(layouts))('are encoded as on the host, bit for bit, of %s', (layout) => {
    fc.assert(
      fc.property(problems, fc.constantFrom(32, 256), fc.nat(40), ({ d, values }, b, from) => {
        const rows = values.length / d;
        const columns = layouts[layout](values, d);
        const place = { from: Math.min(from, rows - 1), to: rows, b };
        const encoding: Encoding = {
          shift: Float64Array.from({ length: d }, (_, j) => j * 0.3),
          scale: Float64Array.from({ length: d }, (_, j) => 2 ** (j - 4)),
          weightUnit: 1,
        };
        const length = Math.ceil((rows - place.from) / b) * b * d;
        const [got, expected] = [new Float32Array(length), new Float32Array(length)];
        encodeTiles({ rows, columns }, encoding, place, got, kernel());
        encodeTiles({ rows, columns }, encoding, place, expected);
        expect(got).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('more rows than a part has are encoded part by part', () => {
    const [d, rows] = [3, 40_001];
    const columns = views(
      Float32Array.from({ length: d * rows }, (_, at) => Math.sin(at)),
      d,
    );
    const encoding = { names: [], shift: Float64Array.of(0, 1, 2), scale: Float64Array.of(1, 2, 4), weightUnit: 1 };
    const [got, expected] = [new Float32Array(d * 40_192), new Float32Array(d * 40_192)];
    encodeTiles({ rows, columns }, encoding, { from: 0, to: rows, b: 256 }, got, kernel());
    encodeTiles({ rows, columns }, encoding, { from: 0, to: rows, b: 256 }, expected);
    expect(got).toEqual(expected);
  });

  test.each([
    ['float32', Float32Array],
    ['float64', Float64Array],
  ])('which of %s are finite is known wherever the other stands', (_, floats) => {
    const values = new floats(70_000).fill(1e30);
    expect(kernel().allFinite(values, 0, values.length)).toBe(true);
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (const at of [0, 1, 17, 65_535, 65_536, 69_998, 69_999]) {
        const other = values.slice().fill(bad, at, at + 1);
        expect(kernel().allFinite(other, 0, other.length)).toBe(false);
        expect(kernel().allFinite(other, at + 1, other.length)).toBe(true);
        expect(kernel().allFinite(other, 0, at)).toBe(true);
      }
    }
  });
});
