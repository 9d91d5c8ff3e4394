/** Rows in float16: sweeps are those of the rounded rows, in both kernels, and fits refuse what rounding would spoil. */
import { describe, expect, test } from 'vitest';
import { fromHalf, toHalves } from '../../kernels/webgpu/half.js';
import { matrixSource } from '../../src/data/arrays.js';
import { loadDataset } from '../../src/data/dataset.js';
import { gaussian } from '../../src/families/gaussian.js';
import { poisson } from '../../src/families/poisson.js';
import { studentT } from '../../src/families/student-t.js';
import { fitMixture } from '../../src/fit/fit.js';
import type { FitOptions } from '../../src/fit/options.js';
import { requireWide } from '../../src/sweep/webgpu/float16.js';
import { webgpuShardBuilder } from '../../src/sweep/webgpu/builder.js';
import type { PackedModel } from '../../src/sweep/model.js';
import type { Shard } from '../../src/sweep/shard.js';
import { cases } from '../cases.js';
import { problem } from '../oracle/index.js';
import { onGpu } from '../devices.js';
import { componentsOf } from '../sweep/joint.js';
import { expectComponentsWithin, expectWithin } from '../within.js';
import { rowsOf } from './sweep-on.js';

const plain = (d: number) => ({ shift: new Float64Array(d), scale: new Float64Array(d).fill(1), weightUnit: 1 });

/** Rows as they are, in a format. */
async function shardOf(values: Float64Array, d: number, rows: 'float16' | 'float32', residentBytes?: number) {
  const { gpu } = await onGpu();
  const builder = webgpuShardBuilder(gpu, d, { rows, tuneFrom: Infinity, ...(residentBytes !== undefined && { residentBytes }) }); // prettier-ignore
  const columns = Array.from({ length: d }, (_, start) => ({ values, start, stride: d }));
  await builder.add({ rows: values.length / d, columns }, plain(d));
  return builder.finish();
}

async function within<T>(shard: Shard, use: (shard: Shard) => Promise<T>): Promise<T> {
  try {
    return await use(shard);
  } finally {
    shard.dispose();
  }
}

interface Case {
  readonly kernel: string;
  readonly components: PackedModel;
}

const columnsOf = ({ components }: Case): number => components.quadratic[0].d;

/** Two components that are ten times as long as wide. */
function longOnes(d: number): PackedModel {
  const family = gaussian({ covariance: 'full' });
  const covariance = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (__, j) => (i !== j ? 0 : i === 0 ? 1 : 0.01))); // prettier-ignore
  const means = [0, 0.2].map((at) => new Array<number>(d).fill(at));
  return family.pack(family.fromParameters({ means, covariances: [covariance, covariance] }, 'model'));
}

/** What one sweep has, and what its rows say. */
async function allOf(shard: Shard, components: PackedModel) {
  const { k } = components;
  const { d } = shard;
  const weights = new Float64Array(k).fill(1 / k);
  const model = { components, weights, potential: new Float64Array(k), epsilon: 1 };
  const [moments] = await shard.sweep([{ model, coupling: true }]);
  const labels: number[] = [];
  for await (const block of shard.rows(model)) labels.push(...block.labels);
  const taken = await shard.take([1, 2, 255, 256]);
  const nearest = shard.nearestCentres(new Float64Array(d).fill(1));
  await nearest.add(taken.subarray(0, d));
  const sums = await nearest.sums();
  nearest.dispose();
  return { moments, labels, taken, sums };
}

describe('sweeps of rows in float16', () => {
  const kernels: readonly Case[] = [
    { kernel: 'one for all', components: componentsOf('full', 2, 3) },
    { kernel: 'in passes', components: componentsOf('full', 3, 9) },
    { kernel: 'in passes', components: componentsOf('full', 3, 18) }, // columns are in no registers
    { kernel: 'in passes', components: longOnes(9) }, // moments are of whitened differences
    { kernel: 'whitened once', components: componentsOf('tied', 4, 9) },
    { kernel: 'column by column', components: componentsOf('diag', 16, 6) },
  ];
  const named = cases(kernels, ({ kernel }) => [kernel], columnsOf, ({ kernel }) => [kernel === 'in passes']).map((one) => [one.kernel, columnsOf(one), one] as const); // prettier-ignore
  test.each(named)('have the bits of the rounded rows in float32: %s, %i columns', async (_, d, { components }) => {
    const values = rowsOf(300, d);
    const rounded = Float64Array.from(toHalves(Float32Array.from(values)), fromHalf);
    const got = await within(await shardOf(values, d, 'float16'), (shard) => allOf(shard, components));
    const expected = await within(await shardOf(rounded, d, 'float32'), (shard) => allOf(shard, components));
    expect(got).toEqual(expected);
  });

  test('have them where rows are uploaded for every sweep', async () => {
    const values = rowsOf(300, 6);
    const [here, there] = [await shardOf(values, 6, 'float16'), await shardOf(values, 6, 'float16', 0)];
    const components = componentsOf('diag', 16, 6);
    const expected = await within(here, (shard) => allOf(shard, components));
    expect(await within(there, (shard) => allOf(shard, components))).toEqual(expected);
  });
});

describe('a fit of rows in float16', () => {
  const { x } = problem('separated', { n: 300, d: 2, k: 2, seed: 1 });
  const options: FitOptions = { components: 2, backend: 'webgpu', maxIterations: 10 };
  const fitted = (more: Partial<FitOptions> = {}, rows = x) =>
    fitMixture(rows, { ...options, rows: 'float16', ...more });

  test('is that of float32 to what rounding takes', async () => {
    const [half, single] = [await fitted(), await fitMixture(x, options)];
    expect(half.mixture.means).not.toEqual(single.mixture.means);
    expectComponentsWithin(half.mixture, single.mixture, 1e-3);
    expectWithin(half.objective.at(-1) ?? NaN, single.objective.at(-1) ?? NaN, 1e-3, 'objective');
    half.objective.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(half.objective[i] + 1e-7));
    expect(half.mixture.provenance?.options).toMatchObject({ rows: 'float16' });
    expect((await fitted({ family: studentT(), maxIterations: 2 })).iterations).toBe(2);
  });

  test('goes on incrementally too', async () => {
    const { x: many } = problem('separated', { n: 2100, d: 2, k: 2, seed: 1 });
    const [half, single] = [
      await fitted({ algorithm: 'incremental', maxIterations: 3 }, many),
      await fitMixture(many, { ...options, algorithm: 'incremental', maxIterations: 3, precision: 'float32' }),
    ];
    expectComponentsWithin(half.mixture, single.mixture, 1e-3);
  });

  test('is refused where a component is narrower than ten times what rounding takes, and says which', async () => {
    const far = x.map(([a, b], i) => (i < 150 ? [8 + 1e-3 * a, 8 + 1e-3 * b] : [-a, -b]));
    await expect(fitted({ seeding: { labels: far.map((_, i) => (i < 150 ? 0 : 1)) } }, far)).rejects.toThrow(
      /^rows: expected components at least 10 times as wide as float16 rounds their rows, got component 0, [\d.]+ times as wide where it is narrowest; leave rows out, for float32$/,
    );
  });

  test.each([
    ['the CPU', { backend: 'wasm' }, 'rows: expected backend webgpu with float16, got backend wasm'],
    ['another precision', { precision: 'float64' }, 'rows: expected precision auto or float32 with float16'],
    ['gaps', { missing: 'model' }, 'rows: expected missing error or drop with float16'],
    ['other machines', { cluster: { address: 'local' } }, 'rows: expected no cluster with float16'],
    ['a linear term', { family: poisson() }, 'rows: expected Gaussian or Student-t components with float16'],
    ['no format', { rows: 'float8' as 'float16' }, 'rows: expected one of float32, float16'],
  ] as const)('is refused with %s', async (_, more, message) => {
    const counts = x.map((row) => row.map((value) => Math.round(Math.abs(value))));
    await expect(fitted(more, counts)).rejects.toThrow(message);
  });

  test('is refused where a value is beyond its range', async () => {
    const { device } = await onGpu();
    const data = Float64Array.from({ length: 1000 }, (_, i) => (i === 999 ? 1e9 : Math.sin(i)));
    const source = matrixSource({ data, shape: [1000, 1] });
    const scaling = plain(1);
    await expect(loadDataset(source, { device, missing: 'error', scaling, format: 'float16' })).rejects.toThrow(
      "rows: expected values at most 65504 standard deviations from their columns' means, float16's range, got one some 1.0e+9 away; leave rows out, for float32",
    );
  });
});

test('a component is as narrow as its narrowest direction, whatever its form', () => {
  const family = gaussian({ covariance: 'full' });
  /** Of deviations 1 and `narrow` along the diagonals of the plane, at (4, 4) and the origin. */
  const of = (narrow: number) => {
    const [sum, difference] = [(1 + narrow ** 2) / 2, (narrow ** 2 - 1) / 2];
    const matrix = [[sum, difference], [difference, sum]]; // prettier-ignore
    return family.pack(family.fromParameters({ means: [[0, 0], [4, 4]], covariances: [matrix, matrix] }, 'model')); // prettier-ignore
  };
  const rounding = 4 * 2 ** -12; // of each column
  expect(() => requireWide(of(10.2 * rounding))).not.toThrow();
  expect(() => requireWide(of(9.8 * rounding))).toThrow('component 1, 9.8 times as wide');
});
