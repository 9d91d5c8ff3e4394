/** Models with a linear term on the CPU's kernel, against float64 sweeps of the same float32 rows. */
import { describe, expect, test } from 'vitest';
import { tileRows } from '../../../kernels/simd/layout.js';
import { whitened } from '../../../src/sweep/frames.js';
import type { Moments } from '../../../src/sweep/moments.js';
import type { RowOutputs, SweepRequest } from '../../../src/sweep/shard.js';
import { cases, combinations } from '../../cases.js';
import { expectAllWithin, expectWithin } from '../../within.js';
import { columnsOf, exactly, modelOf, rowsOf } from '../../kernels/linear-problem.js';
import type { LinearCase } from '../../kernels/parity-cases.js';
import { exactShard, simdShard } from './linear.js';

/** Statistics that are dense, levels, and both: one, one under and over blocks of four, and over blocks of columns. */
const statistics = [
  ...[1, 3, 4, 9, 20, 131].map((dense) => ({ dense, levels: [] })),
  ...[[1], [2, 3], [70, 5, 2, 300]].map((levels) => ({ dense: 0, levels })),
  { dense: 3, levels: [5, 12] },
];
const forms = [
  undefined,
  { form: 'full', d: 4 },
  { form: 'tied', d: 9 },
  { form: 'diag', d: 10 },
  { form: 'spherical', d: 3 },
] as const;
/** Every remainder of blocks of 4 and 8 components; some far apart, where most have nothing of a row. */
const components = [1, 2, 3, 4, 5, 8, 9, 13, 20];

/** Every kind of statistics with every form at every temperature; rows and components take turns. */
const table: readonly (LinearCase & { epsilon: number })[] = combinations({
  of: statistics,
  quadratic: forms,
  epsilon: [0, 0.5, 1, 3],
}).map(({ of, quadratic, epsilon }, at) => {
  const tile = tileRows(columnsOf({ n: 1, k: 1, quadratic, ...of }));
  const n = [1, 37, tile - 1, tile, tile + 1, 1025, 2300][at % 7];
  return { n, k: components[at % components.length], quadratic, ...of, apart: at % 5 < 3 ? 1.5 : 60, epsilon };
});
const title = ({ n, k, quadratic, dense, levels, epsilon, apart }: (typeof table)[number]): string =>
  `n = ${n}, k = ${k}, ${quadratic?.form ?? 'alone'}, dense ${dense}, levels [${levels.join()}], ε = ${epsilon}, ${apart} apart`;
const chosen = cases(table, ({ n, k, apart, quadratic, dense, levels, epsilon }) => {
  const of = `${dense}, ${levels.join()}`;
  return [`${n}, ${quadratic?.form}`, `${k}, ${apart}`, `${of}, ${quadratic?.form}`, `${epsilon}, ${of}`];
});

/**
 * What float32 makes of a logit: each of its terms and partial sums is rounded at 2⁻²⁴ of its size, here three times that
 * of all terms together. Shares are wrong by as much, and so are sums of shares, relative to what they add.
 */
function toleranceOf(one: LinearCase, epsilon: number): number {
  const terms = 12 + (one.apart ?? 1.5) * Math.sqrt(columnsOf(one));
  return (3 * 2 ** -24 * terms) / Math.min(1, epsilon || 1);
}

describe.each(['simd', 'relaxed'] as const)('sums are those of float64, %s kernel', (build) => {
  test.each(chosen.map((one) => [title(one), one] as const))('%s', async (_, one) => {
    const model = modelOf(one, one.epsilon);
    const shard = await simdShard(one, 1, build);
    const request = { coupling: true, objectiveNear: 2 };
    const [moments] = await shard.sweep([{ model, ...request }]);
    const [expected] = await exactShard(one).sweep([{ model: exactly(model), ...request }]);
    shard.dispose();
    expectMoments(whitened(moments, model.components), expected, one, toleranceOf(one, one.epsilon));
  });
});

function expectMoments(moments: Moments, expected: Moments, one: LinearCase, tolerance: number): void {
  const { weight, quadratic } = expected;
  const largest = rowsOf(one).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const bound = tolerance * weight;
  expect(moments.weight).toBe(weight);
  expectWithin(moments.objective, expected.objective, 4 * bound, 'objective');
  expectAllWithin(moments.mass, expected.mass, bound, 'mass');
  expectAllWithin(moments.coupling!, expected.coupling!, 2 * bound, 'coupling');
  expectAllWithin(moments.linear!, expected.linear!, one.dense > 0 ? largest * bound : bound, 'linear');
  expect(moments.quadratic.length).toBe(quadratic.length);
  for (const [q, { first, second }] of quadratic.entries()) {
    expectAllWithin(moments.quadratic[q].first, first, 4 * bound, 'first');
    expectAllWithin(seconds(moments.quadratic[q].second, one), seconds(second, one), 16 * bound, 'second');
  }
}

/** Of spherical components the traces. */
function seconds(second: Float64Array, { quadratic, k }: LinearCase): Float64Array {
  if (quadratic?.form !== 'spherical') return second;
  const sums = new Float64Array(k);
  second.forEach((value, at) => (sums[Math.floor(at / quadratic.d)] += value));
  return sums;
}

/** Rows of several blocks and groups, of which the last is not full. */
const several: readonly LinearCase[] = [
  { n: 5000, k: 5, dense: 7, levels: [3, 90] },
  { n: 3100, k: 20, dense: 40, levels: [] },
  { n: 2100, k: 6, dense: 2, levels: [4], quadratic: { form: 'full', d: 5 } },
  { n: 2100, k: 4, dense: 2, levels: [4], quadratic: { form: 'tied', d: 30 } },
];

describe.each(several)('k = $k, dense $dense, levels $levels, $quadratic.form', (one) => {
  const requests: SweepRequest[] = [
    { model: modelOf(one, 1) },
    { model: modelOf(one, 0.5, 2), coupling: true },
    { model: modelOf(one, 0, 3) },
    { model: modelOf({ ...one, apart: 30 }, 3, 4), tails: true },
  ];

  test('threads, blocks and other requests change no bit of a sweep', async () => {
    const shard = await simdShard(one);
    const alone: Moments[] = [];
    for (const request of requests) alone.push(...(await shard.sweep([request])));
    expect(await shard.sweep(requests)).toEqual(alone);
    shard.dispose();
    const threaded = await simdShard(one, 2, 'relaxed', 1024);
    expect(await threaded.sweep(requests)).toEqual(alone);
    expect(threaded.atOnce(requests[0].model.components)).toBeGreaterThan(1);
    threaded.dispose();
  });

  test('rows have the labels, shares and densities of float64', async () => {
    const shard = await simdShard(one, 1, 'relaxed', 1024);
    for (const { model } of requests) {
      const tolerance = 4 * toleranceOf({ ...one, apart: 30 }, model.epsilon);
      const [got, expected] = [
        await outputs(shard.rows(model, { responsibilities: true })),
        await outputs(exactShard(one).rows(exactly(model), { responsibilities: true })),
      ];
      expectAllWithin(got.responsibilities, expected.responsibilities, tolerance, 'responsibilities');
      expectAllWithin(got.logLargest, expected.logLargest, tolerance, 'largest');
      if (model.epsilon > 0) expectAllWithin(got.logDensity, expected.logDensity, tolerance, 'log-density');
      // Of components that are equal but for rounding, either label is right.
      got.labels.forEach((label, i) => {
        const share = expected.responsibilities[i * one.k + label];
        expect(share).toBeGreaterThanOrEqual(Math.exp(expected.logLargest[i]) - tolerance);
      });
    }
    shard.dispose();
  });
});

type Outputs = Record<'labels' | 'logDensity' | 'logLargest' | 'responsibilities', number[]>;

async function outputs(blocks: AsyncIterable<RowOutputs>): Promise<Outputs> {
  const all: Outputs = { labels: [], logDensity: [], logLargest: [], responsibilities: [] };
  for await (const block of blocks) {
    for (const name of Object.keys(all) as (keyof Outputs)[]) all[name].push(...block[name]);
  }
  return all;
}
