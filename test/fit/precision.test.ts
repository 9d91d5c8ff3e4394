import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture, type Fit } from '../../src/fit/fit.js';
import type { FitOptions } from '../../src/fit/options.js';
import type { PrecisionChoice } from '../../src/fit/choices.js';
import { precisionOf } from '../../src/fit/precision.js';
import type { RowFormat } from '../../src/fit/row-format.js';
import { seededRandom } from '../../src/base/random.js';
import { goldenRows } from '../golden/data.js';
import { logLikelihood } from '../oracle/em.js';
import { expectWithin } from '../within.js';

const places = ['cpu', 'wasm'] as const;
const inFloat64 = 'float32 sweeps, then float64 ones, float64 host';

/** The log-likelihood of the reported parameters, by the oracle. */
const likelihoodOf = (x: number[][], { mixture: { weights, means, covariances } }: Fit): number =>
  logLikelihood(x, { weights, means, covariances });

/** n values whose distribution is about standard normal, each once. */
function normals(n: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: n }, () => random.normal());
}

describe.each(places)('converged is what float64 says, %s', (backend) => {
  // Symmetric about 0, so that equal means are a saddle next to which F hardly falls.
  const half = normals(50, 4).map((value) => 1 + 0.3 * value);
  const x = [...half, ...half.map((value) => -value)].map((value) => [value]);
  const variance = x.reduce((sum, [value]) => sum + value * value, 0) / x.length;
  const fitFrom = (mean: number, options: Partial<FitOptions>): Promise<Fit> =>
    fitMixture(x, {
      ...{ components: 2, family: gaussian({ covariance: 'tied' }), backend, maxIterations: 3000 },
      seeding: { weights: [0.5, 0.5], means: [[-mean], [mean]], covariances: [[[variance]], [[variance]]] },
      ...options,
    });

  test('a fit that float32 leaves at a saddle goes on in float64', async () => {
    const fit = await fitFrom(0.03, { tolerance: 0 });
    const separate = await fitFrom(1, { tolerance: 0 });
    expect(fit.status).toBe('converged');
    expect(fit.diagnostics.precision).toBe(inFloat64);
    expectWithin(fit.criteria.logLikelihood, separate.criteria.logLikelihood, 1e-6);
    expectWithin(Math.abs(fit.mixture.means[0][0]), 1, 0.1);
    expectWithin(fit.criteria.logLikelihood, likelihoodOf(x, fit), 1e-5);
  });

  test('by a tolerance that float32 resolves, nothing does', async () => {
    const fit = await fitFrom(1, {});
    expect([fit.status, fit.diagnostics.precision]).toEqual(['converged', 'float32 sweeps, float64 host']);
  });
});

test('iris, six full components: where float32 can’t tell, the fit ends in the float64 optimum', async () => {
  const rows = goldenRows('iris');
  const options = { components: 6, tolerance: 0, maxIterations: 5000, acceleration: 'squarem', seed: 3 } as const;
  const { mixture: start } = await fitMixture(rows, { components: 6, seed: 3, maxIterations: 20 });
  const seeding = { weights: start.weights, means: start.means, covariances: start.covariances };
  const [auto, all] = await Promise.all(
    (['auto', 'float64'] as const).map((precision) => fitMixture(rows, { ...options, seeding, precision })),
  );
  expect([auto, all].map(({ status }) => status)).toEqual(['converged', 'converged']);
  expectWithin(auto.criteria.logLikelihood / all.criteria.logLikelihood, 1, 1e-9);
  expectWithin(all.criteria.logLikelihood / likelihoodOf(rows, all), 1, 1e-12);
  expect(-all.objective[all.objective.length - 1] * rows.length).toBeCloseTo(all.criteria.logLikelihood, 9);
});

describe('the precision asked for', () => {
  const [n, d] = [2000, 64];
  const noise = normals(n * d, 7);
  const rows = Array.from({ length: n }, (_, i) =>
    Array.from(noise.slice(i * d, (i + 1) * d), (z) => z + 40 * (i % 4)),
  );
  const fit = (options: Partial<FitOptions>): Promise<Fit> =>
    fitMixture(rows, { components: 4, maxIterations: 1000, backend: 'wasm', ...options });

  test('of float32 alone that can’t tell, the status is precision, and a note says what to do', async () => {
    const { status, restarts, diagnostics } = await fit({ tolerance: 1e-9, precision: 'float32' });
    expect([status, restarts[0].status]).toEqual(['precision', 'precision']);
    expect(diagnostics.notes.at(-1)).toBe(
      'float32 sweeps tell no gain under 0.000001 nats, and of float64 sweeps none are asked for: ' +
        "the fit may have further to go; give a tolerance of 0.000001 or more, or ask for precision 'auto'",
    );
    expect((await fit({ tolerance: 1e-6, precision: 'float32' })).status).toBe('converged');
  });

  test('is float64 where float32 can’t tell, however many rows there are, or from the first sweep on', async () => {
    const [auto, all] = [await fit({ tolerance: 1e-9 }), await fit({ tolerance: 1e-9, precision: 'float64' })];
    expect([auto, all].map(({ status }) => status)).toEqual(['converged', 'converged']);
    expect(auto.diagnostics.precision).toBe(inFloat64);
    expect(all.diagnostics.precision).toBe('float64 sweeps, float64 host');
    expectWithin(auto.criteria.logLikelihood, all.criteria.logLikelihood, 1e-9 * Math.abs(all.criteria.logLikelihood));
    expect(all.mixture.provenance?.options).toMatchObject({ precision: 'float64' });
    expect(auto.mixture.provenance?.options).not.toHaveProperty('precision');
  });

  test('is one of three', async () => {
    await expect(fit({ precision: 'double' as never })).rejects.toThrow(
      'precision: expected one of auto, float32, float64',
    );
  });
});

describe.each(places)('a component finer than float32 holds rows where it lies, %s', (backend) => {
  // A clock that is not set in most rows.
  const rows = Array.from({ length: 3000 }, (_, i) => [
    i < 2400 ? 0 : 1_700_000_000 + ((i * 7919) % 100),
    ((i * 104_729) % 1000) / 500 - 1,
  ]);
  const late = rows.slice(2400);
  const varianceOf = (column: number): number => {
    const mean = late.reduce((sum, row) => sum + row[column], 0) / late.length;
    return late.reduce((sum, row) => sum + (row[column] - mean) ** 2, 0) / late.length;
  };

  test.each([2, 3])('is fitted in float64, seed %d', async (seed) => {
    const fit = await fitMixture(rows, { components: 2, seed, backend });
    expect([fit.status, fit.diagnostics.precision, fit.ridged]).toEqual(['converged', inFloat64, false]);
    const c = fit.mixture.means.findIndex(([t]) => t > 1e9);
    const [[t], [, y]] = fit.mixture.covariances[c];
    expectWithin(t, varianceOf(0), 1e-5 * varianceOf(0));
    expectWithin(y, varianceOf(1), 1e-5 * varianceOf(1));
    expectWithin(fit.criteria.logLikelihood, likelihoodOf(rows, fit), 1e-6 * Math.abs(fit.criteria.logLikelihood));
    const { primal, gap } = await fit.plan.duality();
    expectWithin(gap, 0, 1e-6 * Math.abs(primal));
  });
});

describe.each(places)('one row far out, %s', (backend) => {
  test.each([1e8, 1e11])('%d leaves the others their variances', async (far) => {
    const bulk = Array.from({ length: 500 }, (_, i) => [normals(500, 2)[i] * 1.05, 0]).map(([x], i) => [x, ((i * 7) % 13) / 6]); // prettier-ignore
    const rows = [...bulk.slice(0, 77), [far, 1], ...bulk.slice(77)];
    const fit = await fitMixture(rows, { components: 2, backend });
    expect(fit.status).toBe('converged');
    const c = fit.mixture.weights.findIndex((weight) => weight > 0.5);
    const mean = bulk.reduce((sum, [x]) => sum + x, 0) / 500;
    const variance = bulk.reduce((sum, [x]) => sum + (x - mean) ** 2, 0) / 500;
    expectWithin(fit.mixture.covariances[c][0][0], variance, 1e-4);
    expect(fit.diagnostics.notes.join()).toContain('row 77 lies far from all others in column x0');
  });
});

test('auto does without float64 where it has no room, of rows in float16, and where plain TypeScript would take long', () => {
  const family = gaussian({ covariance: 'full' });
  const load = () => Promise.reject(new Error());
  const of = (precision: PrecisionChoice, lacking: number, rows: RowFormat = 'float32', fast = true) => {
    const dataset = { shard: { n: 1e6, d: 4 }, exact: { fast, load, lacking } } as unknown as Dataset;
    return precisionOf(dataset, { precision, rows, family }, family.shape(2, 4));
  };
  const remedy = 'name a folder that has room for 2.0 GiB more with spill (--spill DIR)';
  const settled = { reason: 'there is too little room on the disk for them', remedy };
  expect(of('auto', 2 ** 31)).toMatchObject({ exactly: undefined, settled });
  expect(of('float64', 2 ** 31).exactly).toBeDefined();
  expect(of('auto', 0).exactly).toBeDefined();
  const rounded = { exactly: undefined, settled: { reason: 'there are none of rows in float16' } };
  expect(of('auto', 0, 'float16')).toMatchObject(rounded);
  const plain = {
    reason: 'there are too many rows for them without SIMD',
    remedy: "ask for precision 'float64', which takes long",
  };
  expect(of('auto', 0, 'float32', false)).toMatchObject({ exactly: undefined, settled: plain });
  expect(of('float64', 0, 'float32', false).exactly).toBeDefined();
});
