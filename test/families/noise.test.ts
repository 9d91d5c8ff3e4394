/** Noise: a component of constant density beside those of every family. */
import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { fitMixture, gaussian, type BackendName } from '../../src/index.js';
import type { CovarianceForm } from '../../kernels/form.js';
import { logVolumes, noiseOver, type Range, type Support } from '../../src/families/noise.js';
import { FastRandom } from '../../src/base/fast-random.js';
import { Numbers } from '../../src/families/sampling/numbers.js';
import { soleQuadratic } from '../../src/sweep/model.js';
import { logitBounds } from '../../src/sweep/bounds.js';
import { cases, combinations, size } from '../cases.js';
import { goldenRows } from '../golden/data.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';

describe('the volume of noise', () => {
  const supports: Support[] = ['numbers', 'counts', 'levels', { sphere: [3, 4, 5] }, { sphere: [3, 4, 5] }, { sphere: [3, 4, 5] }, 'numbers']; // prettier-ignore
  const ranges: Range[] = [[-2, 6], [3, 12], [0, 3], [-1, 1], [-1, 1], [-1, 1], [5, 5]]; // prettier-ignore

  test('is a range of numbers, a count of counts and levels, the area of a sphere, and 1 of a constant column', () => {
    const expected = [8, 10, 4, 4 * Math.PI, 1, 1, 1].map(Math.log);
    expectAllWithin(logVolumes(supports, ranges), expected, 1e-12);
    expectWithin(noiseOver(supports, ranges).logDensity, -Math.log(8 * 10 * 4 * 4 * Math.PI), 1e-12);
    expect(noiseOver(supports, ranges, -3).logDensity).toBe(-3);
  });

  test('is finite where a difference of two numbers is not', () => {
    expectWithin(logVolumes(['numbers'], [[-1.5e308, 1.5e308]])[0], Math.log(1.5e308) + Math.log(2), 1e-9);
  });
});

test('a likelihood by hand: two rows, one Gaussian of one column, and noise on the range of 4', async () => {
  const seeding = { weights: [0.75, 0.25], components: [{ family: 'gaussian', means: [[1]], covariances: [[[4]]] }] };
  const rows = [[-1], [3]];
  const { mixture, criteria } = await fitMixture(rows, { components: 1, noise: true, seeding, maxIterations: 0 });
  // Both rows are 1 σ from the mean: .75 φ(1)/2 + .25/4.
  const density = (0.75 * Math.exp(-0.5)) / (2 * Math.sqrt(2 * Math.PI)) + 0.25 / 4;
  expectWithin(criteria.logLikelihood, 2 * Math.log(density), 1e-6);
  expectAllWithin(await mixture.scoreSamples(rows), [Math.log(density), Math.log(density)], 1e-6);
  const { data, shape } = await mixture.predictProba(rows);
  expect(shape).toEqual([2, 2]);
  expectWithin(data[1], 0.0625 / density, 1e-6);
  expect(mixture.parameters).toBe(3); // a mean, a variance, the weight of noise
  expect(Array.from(await mixture.predict([[1], [30]]))).toEqual([0, -1]);
});

interface GoldenFit {
  readonly start: { readonly weights: number[]; readonly means: number[][]; readonly covariances: number[][][] };
  readonly trace: readonly number[];
  readonly weights: readonly number[];
  readonly means: number[][];
  readonly covariances: number[][][];
}
interface Golden {
  readonly grid: number[][];
  readonly volume: number;
  readonly fits: Readonly<Record<CovarianceForm, GoldenFit>>;
}

describe('Gaussians and mclust’s volume', () => {
  const golden = JSON.parse(readFileSync(new URL('../golden/noise.json', import.meta.url), 'utf8')) as Golden;
  const rows = [...goldenRows('faithful'), ...golden.grid];
  const forms = Object.keys(golden.fits) as CovarianceForm[];
  const table = combinations({ form: forms, backend: ['wasm', 'cpu', 'webgpu'] as BackendName[] });

  test.each(cases(table, ({ form, backend }) => [form, backend]))(
    '$form on $backend: each of 12 steps is that of a float64 EM by NumPy',
    async ({ form, backend }) => {
      const { start, trace, ...expected } = golden.fits[form];
      const options = { components: 2, family: gaussian({ covariance: form }), seeding: start, backend };
      const noise = { volume: golden.volume };
      const found = await fitMixture(rows, { ...options, noise, maxIterations: 12, tolerance: 0, regularization: 0 });
      expectAllWithin(found.objective.map((value) => -value), trace.slice(1), 1e-6 * Math.abs(trace[0]), 'trace'); // prettier-ignore
      expectAllWithin(found.mixture.weights, expected.weights, 1e-5, 'weights');
      expectComponentsWithin(found.mixture, expected, 1e-4);
      expectAllWithin(found.plan.mass, expected.weights, 2e-2, 'mass');
    },
  );
});

test('of many columns SIMD sweeps leave out what noise has nothing of, and no more', async () => {
  const d = 32;
  const random = new Numbers(new FastRandom(3));
  const rows = Array.from({ length: size(6000, 2000) }, (_, i) => {
    if (i % 10 === 0) return Array.from({ length: d }, () => 60 * random.uniform() - 30);
    return Array.from({ length: d }, (_one, j) => 12 * Number(j % 5 === i % 5) + random.normal());
  });
  const means = Array.from({ length: 5 }, (_, c) => Array.from({ length: d }, (_one, j) => 11 * Number(j % 5 === c)));
  const unit = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_one, j) => Number(i === j)));
  const seeding = { weights: [0.19, 0.19, 0.19, 0.19, 0.19, 0.05], means, covariances: means.map(() => unit) };
  const options = { components: 5, noise: true, seeding, maxIterations: 3, tolerance: 0 };
  const [simd, composites] = await Promise.all((['wasm', 'cpu'] as const).map((backend) => fitMixture(rows, { ...options, backend }))); // prettier-ignore
  expectAllWithin(simd.objective, composites.objective, 1e-6 * composites.objective[0]);
  expectAllWithin(simd.mixture.weights, composites.mixture.weights, 1e-6);
  expectWithin(simd.mixture.weights[5], 0.1, 1e-3);
  expectComponentsWithin(simd.mixture, composites.mixture, 1e-4);
  const family = simd.mixture.family;
  const scaling = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1) };
  const own = family.fromParameters({ means, covariances: means.map(() => unit) }, 'test');
  const packed = soleQuadratic(family.pack(family.toShard(own, scaling)));
  expect(logitBounds(packed, Float64Array.from(seeding.weights), { n: 1e5, least: -20, rate: 0.5 })).toBeDefined();
});
