/**
 * One suite for every backend: models with a linear term or a Student-t one, against float64 sweeps of the same float32 rows
 * and model.
 */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { Device } from '../../src/backend/backend.js';
import { ExactShard } from '../../src/sweep/exact/shard.js';
import { whitened } from '../../src/sweep/frames.js';
import { linearWidth, type PlanModel } from '../../src/sweep/model.js';
import type { Moments } from '../../src/sweep/moments.js';
import type { RowOutputs, Shard, SweepRequest, SweptRows } from '../../src/sweep/shard.js';
import { cases, combinations, grouped, type Kinds } from '../cases.js';
import { sum } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { columnsOf, exactly, modelOf, rowsOf } from './linear-problem.js';
import { linearCases, linearTitle, studentCases, studentTitle, type LinearCase } from './parity-cases.js';

const temperatures = [0, 0.5, 1, 3];

/** Kinds of cases that are shown, by default every case, and those of `npm test`. */
interface Shown {
  readonly kinds?: Kinds<LinearCase> | undefined;
  readonly few?: Kinds<LinearCase> | undefined;
}

/** Sweeps at each temperature and row outputs of each case, or what a quick run shows of them. */
export function describeLinear(name: string, device: Device, given = linearCases, few?: Kinds<LinearCase>): void {
  describeTerms(`linear term, ${name}`, device, given, linearTitle, { few });
}

/** The same of models with a Student-t term; a quick run shows kinds of them, by default every case. */
export function describeStudent(
  name: string,
  device: Device,
  given = studentCases,
  kinds?: Kinds<LinearCase>,
  few?: Kinds<LinearCase>,
): void {
  describeTerms(`Student-t term, ${name}`, device, given, studentTitle, { kinds, few });
}

/** Every form, order of sizes, and kind of tails and statistics: where each case takes seconds to compile. */
export const shapesOf: Kinds<LinearCase> = ({ n, k, quadratic, dense, levels }) => {
  const { form, d = 0, far, degrees = [] } = quadratic ?? {};
  const tails = degrees.length === 1 ? `all ${degrees[0]}` : 'several';
  const sizes = [k, d, dense, Math.max(0, ...levels)].map((size) => Math.ceil(Math.log2(1 + Math.log2(1 + size))));
  return [form, far, tails, levels.length, n < 64, Math.ceil(n / 1024), ...sizes];
};

/** Every form, also beside statistics that are dense, and that are levels: where others run every shape. */
export const termsOf: Kinds<LinearCase> = ({ quadratic, dense, levels }) => {
  const { form = 'none', far = 1 } = quadratic ?? {};
  return [form, far > 1, `dense ${dense > 0}, levels ${levels.length > 0}`];
};

function describeTerms(
  name: string,
  device: Device,
  given: readonly LinearCase[],
  titleOf: (one: LinearCase) => string,
  { kinds = (one) => [titleOf(one), one.quadratic?.form], few = kinds }: Shown,
): void {
  const checks = [
    ...temperatures.map((epsilon) => ({ title: `sweep at temperature ${epsilon}`, run: sweepParity(epsilon) })),
    { title: 'several sweeps at once', run: jointParity },
    { title: 'row outputs', run: rowParity },
  ];
  const table = combinations({ one: given, check: checks });
  const chosen = cases(
    table,
    ({ one, check }) => [check.title, ...kinds(one)],
    ({ one: { n, k, ...shape } }) => 1e4 + n * k * (linearWidth(shape) + (shape.quadratic?.d ?? 0)),
    ({ one, check }) => [check.title, ...few(one)],
  );
  for (const { level: one, cases: ofOne } of grouped(chosen, 'one')) {
    describe(`${name}: ${titleOf(one)}`, () => {
      for (const { check } of ofOne) test(check.title, () => withRows(device, one, check.run));
    });
  }
}

interface Setting {
  readonly one: LinearCase;
  readonly shard: Shard;
  /** The rows as the shard has them, in float64. */
  readonly exact: SweptRows<Float64Array>;
  /** Σ_i a_i. */
  readonly weight: number;
}

/** Loads the rows of a case as they are, and frees them and whatever tensors they took. */
export async function withRows(
  device: Device,
  one: LinearCase,
  use: (setting: Setting) => Promise<void>,
): Promise<void> {
  const before = tf.memory().numTensors;
  const { n } = one;
  const d = columnsOf(one);
  const values = rowsOf(one);
  const weights = Float64Array.from({ length: n }, (_, i) => (i % 5 === 4 ? 0.5 : 1 + (i % 3)));
  const builder = device.rows(d);
  const names = Array.from({ length: d }, (_, j) => `column ${j}`);
  const encoding = { names, shift: new Float64Array(d), scale: new Float64Array(d).fill(1), weightUnit: 1 };
  await builder.add({ rows: n, columns: names.map((_, j) => ({ values, start: j, stride: d })), weights }, encoding);
  const shard = await builder.finish();
  const exact = new ExactShard(d, [{ start: 0, values, weights }]);
  try {
    await use({ one, shard, exact, weight: sum([...weights]) });
  } finally {
    shard.dispose();
  }
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
}

/**
 * Float32 rounds a logit of a few nats by some 1e-6, and more where many statistics add up or rows are far out; sums are as
 * wrong as the shares that they add, relative to all the weight there is.
 */
const toleranceOf = (one: LinearCase, epsilon: number): number =>
  (3e-6 * Math.sqrt(columnsOf(one)) * farNats(one)) / (epsilon || 1);

/** Of rows far out, (ν + d)/2 log(1 + q / ν) in tens of nats. */
function farNats({ quadratic }: LinearCase): number {
  const { d, far = 1, degrees = [] } = quadratic ?? { d: 0 };
  const nats = degrees.map((nu) => (far > 1 ? ((nu + d) / 2) * Math.log1p((d * far ** 2) / nu) : 0));
  return Math.max(1, ...nats.map((one) => one / 10));
}

function sweepParity(epsilon: number): (setting: Setting) => Promise<void> {
  return async ({ one, shard, exact, weight }) => {
    const model = modelOf(one, epsilon);
    const besides = { coupling: true, tails: true, objectiveNear: 1 };
    const [got] = await shard.sweep([{ model, ...besides }]);
    const [expected] = await exact.sweep([{ model: exactly(model), ...besides }]);
    expectMoments(one, whitened(got, model.components), expected, weight * toleranceOf(one, epsilon));
  };
}

function expectMoments(one: LinearCase, got: Moments, expected: Moments, tolerance: number): void {
  expect(got.weight).toBe(expected.weight);
  const size = Math.max(1, Math.abs(expected.objective / expected.weight));
  expectWithin(got.objective, expected.objective, tolerance * size, 'objective');
  expectAllWithin(got.mass, expected.mass, tolerance, 'mass');
  expectAllWithin(got.coupling!, expected.coupling!, tolerance, 'coupling');
  expect(got.linear?.length).toBe(expected.linear?.length);
  expectAllWithin(got.linear ?? [], expected.linear ?? [], tolerance, 'linear');
  expect(got.quadratic.length).toBe(expected.quadratic.length);
  for (const [q, { first, second, radial }] of expected.quadratic.entries()) {
    const own = got.quadratic[q];
    // u z zᵀ is ν + d at the most, of rows however far out.
    const scale = Math.max(1, ...second.map((value) => value / expected.weight));
    expectAllWithin(own.first, first, 2 * tolerance * scale, 'first');
    expectAllWithin(seconds(one, own.second), seconds(one, second), 4 * tolerance * scale, 'second');
    expect(own.radial === undefined).toBe(radial === undefined);
    if (!radial || !own.radial) continue;
    const heaviest = Math.max(1, ...radial.weight.map((value) => value / expected.weight));
    expectAllWithin(own.radial.weight, radial.weight, 2 * tolerance * heaviest, 'weight');
    expectAllWithin(own.radial.logarithm, radial.logarithm, 2 * tolerance * heaviest, 'logarithm');
  }
}

/** Second moments as they are, of spherical components their traces, which are all that shards promise of them. */
function seconds({ quadratic, k }: LinearCase, second: Float64Array): Float64Array {
  if (quadratic?.form !== 'spherical') return second;
  const { d } = quadratic;
  return Float64Array.from({ length: k }, (_, c) => sum([...second.subarray(c * d, (c + 1) * d)]));
}

/** Requests of all kinds have together the moments that they have alone, bit for bit. */
async function jointParity({ one, shard }: Setting): Promise<void> {
  const requests: SweepRequest[] = [
    { model: modelOf(one) },
    { model: modelOf(one, 0.5, 6), coupling: true },
    { model: modelOf(one, 0, 7) },
    { model: modelOf(one, 2, 8), tails: true, objectiveNear: 3 },
  ];
  const alone: Moments[] = [];
  for (const request of requests) alone.push(...(await shard.sweep([request])));
  expect(await shard.sweep(requests)).toEqual(alone);
  expect(shard.atOnce(requests[0].model.components)).toBeGreaterThanOrEqual(1);
}

async function rowParity({ one, shard, exact }: Setting): Promise<void> {
  const { n, k } = one;
  for (const epsilon of [1, 3, 0]) {
    const model = modelOf(one, epsilon);
    const tolerance = toleranceOf(one, epsilon);
    const [got, expected] = [await allRows(shard, model), await allRows(exact, exactly(model))];
    expect(got.labels.length).toBe(n);
    // At 0 there is no density: places differ in what they say then.
    if (epsilon > 0) expectAllWithin(got.logDensity, expected.logDensity, 4 * tolerance, 'log-density');
    expectAllWithin(got.logLargest, expected.logLargest, 4 * tolerance, 'largest');
    expectAllWithin(got.responsibilities, expected.responsibilities, tolerance, 'responsibilities');
    // Of components that are equal but for rounding, either label is right.
    got.labels.forEach((label, i) => {
      expect(expected.responsibilities[i * k + label]).toBeGreaterThanOrEqual(
        Math.exp(expected.logLargest[i]) - tolerance,
      );
    });
  }
  const taken = await shard.take([n - 1, 0]);
  expect(taken).toEqual(await exact.take([n - 1, 0]));
}

type Outputs = Record<'labels' | 'logDensity' | 'logLargest' | 'responsibilities', number[]>;

/** Row outputs of all blocks together. */
async function allRows<Values extends Float32Array | Float64Array>(
  rows: SweptRows<Values>,
  model: PlanModel<Values>,
): Promise<Outputs> {
  const all: Outputs = { labels: [], logDensity: [], logLargest: [], responsibilities: [] };
  const names = Object.keys(all) as (keyof Outputs)[];
  for await (const outputs of rows.rows(model, { responsibilities: true })) {
    const { start, rows: count }: RowOutputs = outputs;
    expect(start).toBe(all.labels.length);
    for (const name of names) for (const value of outputs[name]) all[name].push(value);
    expect(all.labels.length).toBe(start + count);
  }
  return all;
}
