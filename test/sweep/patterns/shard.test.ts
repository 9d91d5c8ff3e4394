import { describe, expect, test } from 'vitest';
import { isMatrix, type CovarianceForm } from '../../../kernels/form.js';
import { simdModule } from '../../../kernels/simd/module.js';
import { wasm } from '../../../src/backend/wasm.js';
import { HostBuilder } from '../../../src/sweep/exact/host.js';
import type { ShardBuilder } from '../../../src/sweep/builder.js';
import type { Columns, Encoding } from '../../../src/sweep/encode.js';
import type { PlanModel, QuadraticTerm } from '../../../src/sweep/model.js';
import type { Moments } from '../../../src/sweep/moments.js';
import type { RowOutputs, Shard } from '../../../src/sweep/shard.js';
import { patternShardBuilder } from '../../../src/sweep/patterns/builder.js';
import { union } from '../../../src/sweep/union.js';
import { taskForce } from '../../../src/threads/pool.js';
import { mulberry32, normal } from '../../oracle/index.js';

const random = mulberry32(3);

function quadratic(form: CovarianceForm, d: number, k: number): QuadraticTerm {
  const count = form === 'tied' ? 1 : k;
  const size = isMatrix(form) ? d * d : form === 'diag' ? d : 1;
  const whitening = new Float32Array(count * size).map((_, at) => {
    if (!isMatrix(form)) return 0.5 + random();
    const [i, j] = [Math.floor((at % size) / d), at % d];
    return i > j ? 0 : i === j ? 0.7 + random() : 0.4 * normal(random);
  });
  return { form, d, means: new Float32Array(k * d).map(() => 1.5 * normal(random)), whitening };
}

interface Scene {
  readonly k: number;
  readonly terms: readonly (readonly [form: CovarianceForm, d: number, radial?: 'student'])[];
  /** Whether the last component has the same density everywhere. */
  readonly noise?: boolean;
  readonly linear?: { readonly dense: number; readonly levels: readonly number[] };
  readonly epsilon: number;
}

/** A Student-t term, whose second component is Gaussian. */
function student(term: QuadraticTerm, k: number): QuadraticTerm {
  return { ...term, radial: 'student', degrees: new Float64Array(k).map((_, c) => (c === 1 ? Infinity : 0.5 + 3 * c)) };
}

/** The same with a last component that has the same density everywhere. */
function flattened(term: QuadraticTerm, k: number): QuadraticTerm {
  const { d, whitening, degrees } = term;
  const flat = new Float64Array(d).map(() => normal(random));
  const own = { degrees: degrees?.map((nu, c) => (c === k - 1 ? Infinity : nu)) };
  return { ...term, ...own, flat, whitening: whitening.slice().fill(0, (whitening.length / k) * (k - 1)) };
}

function modelOf({ k, terms, noise, linear, epsilon }: Scene): PlanModel {
  const weights = new Float64Array(k).map(() => 0.5 + random());
  const sum = weights.reduce((a, b) => a + b);
  const width = linear ? linear.levels.reduce((a, b) => a + b, linear.dense) : 0;
  return {
    components: {
      k,
      logNormalizers: new Float64Array(k).map(() => normal(random)),
      quadratic: terms.map(([form, d, radial]) => {
        const gaussian = quadratic(form, d, k);
        const term = radial ? student(gaussian, k) : gaussian;
        return noise ? flattened(term, k) : term;
      }),
      linear: linear && { ...linear, natural: new Float32Array(k * width).map(() => normal(random)) },
    },
    weights: weights.map((weight) => weight / sum),
    potential: new Float64Array(k).map(() => 0.3 * normal(random)),
    epsilon,
  };
}

/** Rows, of which a fifth of what can be missing is. */
function rowsOf({ terms, linear }: Scene, n: number, share = 0.2): { block: Columns; encoding: Encoding; d: number } {
  const measured = terms.reduce((sum, [, d]) => sum + d, 0);
  const d = measured + (linear ? linear.dense + linear.levels.length : 0);
  const columns = Array.from({ length: d }, (_, j) => {
    const level = linear?.levels[j - measured - linear.dense];
    const values = new Float64Array(n).map(() => {
      if (level !== undefined) return Math.floor(random() * (level + 1)) - 1;
      return j < measured && random() < share ? NaN : 2 * normal(random) + 1;
    });
    return { values, start: 0, stride: 1 };
  });
  const encoding = { shift: new Float64Array(d).fill(0.5), scale: new Float64Array(d).fill(2), weightUnit: 1 };
  for (let j = measured; j < d; j++) [encoding.shift[j], encoding.scale[j]] = [0, 1];
  const block = { rows: n, columns, weights: new Float64Array(n).map(() => random() + 0.1) };
  return { block, encoding, d };
}

async function built({ block, encoding }: ReturnType<typeof rowsOf>, builder: ShardBuilder): Promise<Shard> {
  await builder.add(block, encoding);
  return builder.finish();
}

/** The same rows in both shards. */
async function shardsOf(scene: Scene, n: number, share?: number): Promise<[pattern: Shard, host: Shard]> {
  const rows = rowsOf(scene, n, share);
  const device = await wasm.open({ notes: [], threads: 2 });
  return [await built(rows, device.gappedRows!(rows.d)), await built(rows, new HostBuilder(rows.d))];
}

/** Every number of both within a share of the largest. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const size = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-300);
  for (let at = 0; at < expected.length; at++) {
    if (!(Math.abs(actual[at] - expected[at]) <= tolerance * size)) throw new Error(`${what}[${at}]: expected ${expected[at]}, got ${actual[at]}`); // prettier-ignore
  }
}

function expectAlike(actual: Moments, expected: Moments, tolerance: number): void {
  expectClose([actual.weight, actual.objective], [expected.weight, expected.objective], tolerance, 'objective');
  expectClose(actual.mass, expected.mass, tolerance, 'mass');
  if (expected.coupling) expectClose(actual.coupling!, expected.coupling, tolerance, 'coupling');
  for (const [q, { first, second, radial }] of expected.quadratic.entries()) {
    if (radial) {
      expectClose(actual.quadratic[q].radial!.weight, radial.weight, tolerance, `weights of ${q}`);
      expectClose(actual.quadratic[q].radial!.logarithm, radial.logarithm, tolerance, `logarithms of ${q}`);
    }
    expectClose(actual.quadratic[q].first, first, tolerance, `first of ${q}`);
    expectClose(actual.quadratic[q].second, second, tolerance, `second of ${q}`);
  }
  if (expected.linear) expectClose(actual.linear!, expected.linear, tolerance, 'linear');
}

async function outputsOf(shard: Shard, model: PlanModel): Promise<RowOutputs[]> {
  const blocks: RowOutputs[] = [];
  for await (const block of shard.rows(model, { responsibilities: true })) blocks.push(block);
  return blocks;
}

const scenes: readonly (readonly [string, Scene])[] = [
  ['full', { k: 3, terms: [['full', 5]], epsilon: 1 }],
  ['full of one component', { k: 1, terms: [['full', 4]], epsilon: 1 }],
  ['full of one column', { k: 2, terms: [['full', 1]], epsilon: 0.5 }],
  ['full, wide', { k: 9, terms: [['full', 40]], epsilon: 2 }],
  ['tied', { k: 4, terms: [['tied', 6]], epsilon: 1 }],
  ['tied of one component', { k: 1, terms: [['tied', 6]], epsilon: 1 }],
  ['diag', { k: 3, terms: [['diag', 7]], epsilon: 1 }],
  ['spherical', { k: 3, terms: [['spherical', 3]], epsilon: 0.3 }],
  ['hard', { k: 3, terms: [['full', 5]], epsilon: 0 }],
  ['a product', { k: 5, terms: [['full', 3], ['diag', 2], ['tied', 4]], linear: { dense: 3, levels: [4, 2] }, epsilon: 0.7 }], // prettier-ignore
  ['Student-t, full', { k: 3, terms: [['full', 5, 'student']], epsilon: 1 }],
  ['Student-t, tied', { k: 4, terms: [['tied', 6, 'student']], epsilon: 0.5 }],
  ['Student-t, diag', { k: 3, terms: [['diag', 7, 'student']], epsilon: 1 }],
  ['Student-t, spherical, hard', { k: 3, terms: [['spherical', 3, 'student']], epsilon: 0 }],
  ['Student-t beside Gaussians', { k: 5, terms: [['full', 3, 'student'], ['full', 4], ['diag', 2, 'student']], linear: { dense: 1, levels: [3] }, epsilon: 2 }], // prettier-ignore
  ['noise, full', { k: 4, terms: [['full', 5]], noise: true, epsilon: 1 }],
  [
    'noise, diag and spherical',
    {
      k: 3,
      terms: [
        ['diag', 4],
        ['spherical', 2],
      ],
      noise: true,
      epsilon: 1,
    },
  ],
  ['noise beside Student-t', { k: 4, terms: [['full', 4, 'student'], ['diag', 2, 'student']], noise: true, epsilon: 1 }], // prettier-ignore
  ['statistics alone', { k: 3, terms: [], linear: { dense: 2, levels: [3] }, epsilon: 1 }],
];

describe.each(scenes)('%s: rows by their patterns are', (_, scene) => {
  test('summed as one by one', async () => {
    const [pattern, host] = await shardsOf(scene, 700);
    const model = modelOf(scene);
    const request = { model, coupling: true, tails: true };
    const [[actual], [expected]] = await Promise.all([pattern.sweep([request]), host.sweep([request])]);
    expectAlike(actual, expected, 1e-11);
    pattern.dispose();
  });

  test('summed over shards that lack unlike shares of their columns', async () => {
    const device = await wasm.open({ notes: [], threads: 2 });
    const parts = [0.02, 0.9, 0.3].map((share, at) => rowsOf(scene, 100 + 150 * at, share));
    const whole = device.gappedRows!(parts[0].d);
    for (const { block, encoding } of parts) await whole.add(block, encoding);
    const units: Shard[] = [];
    for (const part of parts) {
      units.push(await built(part, units.length === 1 ? new HostBuilder(part.d) : device.gappedRows!(part.d)));
    }
    const request = { model: modelOf(scene), coupling: true, tails: true };
    const alone = await whole.finish();
    const [expected] = await alone.sweep([request]);
    for (const joined of [union(units), union([units[0], union(units.slice(1))])]) {
      const [actual] = await joined.sweep([request]);
      expectAlike(actual, expected, 1e-11);
      expect(actual.quadratic.filter(({ missing }) => missing)).toEqual([]);
    }
    for (const shard of [alone, ...units]) shard.dispose();
  });

  test('told of in their order', async () => {
    const [pattern, host] = await shardsOf(scene, 700);
    const model = modelOf(scene);
    const [[actual], [expected]] = await Promise.all([outputsOf(pattern, model), outputsOf(host, model)]);
    expect(Array.from(actual.labels)).toEqual(Array.from(expected.labels));
    expectClose(actual.logDensity, expected.logDensity, 1e-12, 'log-density');
    expectClose(actual.logLargest, expected.logLargest, 1e-12, 'log of the largest share');
    expectClose(actual.responsibilities, expected.responsibilities, 1e-6, 'responsibilities');
    expect(actual.weights).toEqual(expected.weights);
    pattern.dispose();
  });
});

describe('rows by their patterns', () => {
  const scene: Scene = { k: 3, terms: [['full', 6]], linear: { dense: 2, levels: [3] }, epsilon: 1 };

  test('have the same sums, bit for bit, whatever the number of threads', async () => {
    const rows = rowsOf(scene, 5000);
    const request = { model: modelOf(scene), coupling: true };
    const module = await simdModule('simd');
    const shards = await Promise.all(
      [1, 2, 3].map((threads) =>
        built(
          rows,
          patternShardBuilder(rows.d, () => Promise.resolve(taskForce(threads, module, 0))),
        ),
      ),
    );
    const sums: Moments[] = [];
    for (const shard of shards) {
      await shard.sweep([request]); // threads start
      await new Promise((done) => setTimeout(done, 300));
      sums.push(...(await shard.sweep([request])));
      shard.dispose();
    }
    expect(sums[1]).toEqual(sums[0]);
    expect(sums[2]).toEqual(sums[0]);
  });

  test('are of some 10,000 patterns, most of one row', async () => {
    const many: Scene = { k: 4, terms: [['full', 20]], epsilon: 1 };
    const [pattern, host] = await shardsOf(many, 10_500, 0.4);
    const request = { model: modelOf(many), tails: true };
    const [[actual], [expected]] = await Promise.all([pattern.sweep([request]), host.sweep([request])]);
    expectAlike(actual, expected, 1e-10);
    pattern.dispose();
  }, 60_000);

  test('leave out shares that decide nothing, unless tails are asked for', async () => {
    const [pattern, host] = await shardsOf(scene, 3000);
    const model = modelOf(scene);
    const [[actual], [expected]] = await Promise.all([pattern.sweep([{ model }]), host.sweep([{ model }])]);
    expectAlike(actual, expected, 1e-8);
    pattern.dispose();
  });

  test('take means of columns where they lack them, in their order', async () => {
    const [pattern, host] = await shardsOf(scene, 300);
    const some = [0, 17, 299, 4];
    expect(await pattern.take(some)).toEqual(await host.take(some));
    pattern.dispose();
  });

  test('far beyond what squares can be of are swept one by one', async () => {
    const rows = rowsOf(scene, 100);
    (rows.block.columns[0].values as Float64Array)[3] = 1e200;
    const device = await wasm.open({ notes: [], threads: 1 });
    const shard = await built(rows, device.gappedRows!(rows.d));
    const [{ objective, mass }] = await shard.sweep([{ model: modelOf(scene) }]);
    expect(Number.isFinite(objective)).toBe(true);
    expect(mass.every(Number.isFinite)).toBe(true);
    shard.dispose();
  });
});
