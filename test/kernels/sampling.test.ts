import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawGaussians, type Gaussians } from '../../kernels/random/gaussians.js';
import { fillIndices, fillNormals, fillUniforms, type Place } from '../../kernels/random/numbers.js';
import { Words, wordOf } from '../../kernels/random/words.js';
import { logOf } from '../../kernels/random/ziggurat.js';
import { samplingKernel } from '../../kernels/simd/sampling.js';
import type { SamplingKernel } from '../../kernels/simd/sampling-kernel.js';

const kernel = samplingKernel() as SamplingKernel;
const place = (seed: number, first = 0): Place => ({ base: wordOf(seed), first });

describe('words', () => {
  test('are those of splitmix64', () => {
    const words = new Words(wordOf(1234567));
    const drawn = Array.from({ length: 5 }, () => {
      const { high, low } = words.next();
      return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    });
    // Vigna's splitmix64.c, as Rosetta Code prints it.
    expect(drawn).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ]);
  });

  test('are had by their numbers', () => {
    const all = new Words(wordOf(-7));
    const seven = Array.from({ length: 7 }, () => ({ ...all.next() }));
    expect({ ...new Words(wordOf(-7), 6).next() }).toEqual(seven[6]);
  });
});

test('logarithms are right to the last bit but one', () => {
  const within = (x: number): void => {
    const ulp = Math.max(Math.abs(Math.log(x)) * 2 ** -52, 2 ** -1074);
    expect(Math.abs(logOf(x) - Math.log(x))).toBeLessThanOrEqual(ulp);
  };
  [1, 1 - 2 ** -53, 2 ** -53, 0.5, Math.SQRT1_2, 0.75].forEach(within);
  fc.assert(fc.property(fc.double({ min: 2 ** -53, max: 1, noNaN: true }), within));
});

describe('the kernel gives the bits of the definition', () => {
  const places: readonly (readonly [seed: number, first: number, count: number])[] = [
    [0, 0, 1],
    [1, 7, 1000],
    [-5, 2 ** 40 + 3, 20_001], // not the numbers of a block, and more of them
    [2 ** 53 - 1, 0, 300_000],
  ];

  test.each(places)('seed %d, from number %d on, %d of them', (seed, first, count) => {
    const at = place(seed, first);
    const [drawn, defined] = [new Float64Array(count), new Float64Array(count)];
    kernel.uniforms(at, drawn);
    fillUniforms(at, defined);
    expect(differences(drawn, defined)).toBe(0);
    kernel.normals(at, drawn);
    fillNormals(at, defined);
    expect(differences(drawn, defined)).toBe(0);
    const table = { shares: Float64Array.of(0.5, 1, 0, 0.25), aliases: Int32Array.of(1, 0, 3, 1) };
    const [labels, expected] = [new Int32Array(count), new Int32Array(count)];
    kernel.indices(table, at, labels);
    fillIndices(table, at, expected);
    expect(differences(labels, expected)).toBe(0);
  });

  test.each([1, 2, 3, 4, 5, 7, 8, 16, 17, 33, 130, 512])('of rows of %d columns', (d) => {
    for (const k of [1, 3, 17]) {
      for (const n of [0, 1, 5, d < 100 ? 700 : 60]) {
        const labels = new Int32Array(n).map((_, row) => (row * 7919 + (row >> 3)) % k);
        for (const gaussians of gaussiansOf(k, d)) {
          const [drawn, defined] = [new Float64Array(n * d), new Float64Array(n * d)];
          expect(kernelFor(gaussians).gaussians(gaussians, place(d, 11), labels, drawn)).toBe(true);
          drawGaussians(gaussians, place(d, 11), labels, defined);
          expect(differences(drawn, defined), `k = ${k}, n = ${n}`).toBe(0);
        }
      }
    }
  });
});

test('rows are the same by themselves and among others', () => {
  const [{ ...gaussians }] = gaussiansOf(5, 6);
  const labels = new Int32Array(5000).map((_, row) => (row * row) % 5);
  const all = new Float64Array(5000 * 6);
  kernel.gaussians(gaussians, place(3), labels, all);
  const some = new Float64Array(1000 * 6);
  kernel.gaussians(gaussians, place(3, 2500 * 6), labels.subarray(2500, 3500), some);
  expect(differences(some, all.subarray(2500 * 6, 3500 * 6))).toBe(0);
});

test('memory for many factors is given back, and a kernel is kept else', () => {
  expect(samplingKernel()).toBe(samplingKernel());
  const [large] = gaussiansOf(17, 512);
  const used = samplingKernel() as SamplingKernel;
  used.gaussians(large, place(0), new Int32Array(1), new Float64Array(512));
  expect(used.small).toBe(false);
  expect(samplingKernel()).not.toBe(used);
  expect(samplingKernel()?.small).toBe(true);
});

test('factors that would take more than a gigabyte are left to the definition', () => {
  const d = 8;
  const factors = new Array<Float64Array>(3_000_000).fill(new Float64Array(d * d));
  const gaussians: Gaussians = { k: factors.length, d, means: new Float64Array(0), factors };
  const data = new Float64Array(d).fill(-1);
  expect(kernel.gaussians(gaussians, place(0), new Int32Array(1), data)).toBe(false);
  expect(data).toEqual(new Float64Array(d).fill(-1));
});

/** Matrices of each component, one for all, and deviations. */
function gaussiansOf(k: number, d: number): Gaussians[] {
  const means = new Float64Array(k * d).map((_, at) => 100 * Math.sin(at));
  const lower = Array.from({ length: k }, (_, c) =>
    new Float64Array(d * d).map((__, at) => (at % d <= Math.floor(at / d) ? Math.cos(at + c) : 0)),
  );
  return [lower, [lower[0]], means.map((x) => x * x)].map((factors) => ({ k, d, means, factors }));
}

function kernelFor({ d }: Gaussians): SamplingKernel {
  return d < 500 ? kernel : (samplingKernel() as SamplingKernel);
}

/** Numbers of two arrays that are not the same, the signs of zeros among it. */
function differences(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).filter((value, at) => !Object.is(value, b[at])).length + Math.abs(a.length - b.length);
}
