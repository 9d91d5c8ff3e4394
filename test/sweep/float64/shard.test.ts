import { describe, expect, test } from 'vitest';
import { isMatrix, type CovarianceForm } from '../../../kernels/form.js';
import { simdModule, simdSupport } from '../../../kernels/simd/module.js';
import { wasm } from '../../../src/backend/wasm.js';
import { loadDataset, toSource } from '../../../src/data/dataset.js';
import { gaussian } from '../../../src/families/gaussian.js';
import { logVolume } from '../../../src/families/scaling.js';
import type { Columns, Encoding } from '../../../src/sweep/encode.js';
import { ExactShard } from '../../../src/sweep/exact/shard.js';
import { asExactBlock, encodedTiles } from '../../../src/sweep/float64/rows.js';
import { MemoryFloat64 } from '../../../src/sweep/float64/held.js';
import { Float64Shard } from '../../../src/sweep/float64/shard.js';
import type { PlanModel, QuadraticTerm } from '../../../src/sweep/model.js';
import type { Moments } from '../../../src/sweep/moments.js';
import type { RowOutputs, SweptRows } from '../../../src/sweep/shard.js';
import { holdThreads } from '../../../src/threads/common.js';
import { taskForce } from '../../../src/threads/pool.js';
import { constrain, mStep, mulberry32, normal, problem, sweep, type Covariance } from '../../oracle/index.js';
import { expectWithin } from '../../within.js';

const random = mulberry32(11);

interface Term {
  readonly form: CovarianceForm;
  readonly d: number;
  readonly degrees?: readonly number[];
  /** Whether the last component is the same everywhere, as noise is. */
  readonly flat?: true;
}

interface Scene {
  readonly k: number;
  readonly terms: readonly Term[];
  readonly linear?: { readonly dense: number; readonly levels: readonly number[] };
  readonly epsilon: number;
  /** How many times rows lie as far out; default 1. */
  readonly apart?: number;
}

function quadratic({ form, d, degrees, flat }: Term, k: number, apart: number): QuadraticTerm<Float64Array> {
  const count = form === 'tied' ? 1 : k;
  const size = isMatrix(form) ? d * d : form === 'diag' ? d : 1;
  const whitening = new Float64Array(count * size).map((_, at) => {
    if (flat && Math.floor(at / size) === k - 1) return 0;
    if (!isMatrix(form)) return 0.5 + random();
    const [i, j] = [Math.floor((at % size) / d), at % d];
    return i > j ? 0 : i === j ? 0.7 + random() : 0.4 * normal(random);
  });
  const means = new Float64Array(k * d).map(() => 1.5 * apart * normal(random));
  const student = degrees && { radial: 'student' as const, degrees: new Float64Array(k).map((_, c) => degrees[c % degrees.length]) }; // prettier-ignore
  return { form, d, means, whitening, ...student, ...(flat && { flat: new Float64Array(d) }) };
}

function modelOf({ k, terms, linear, epsilon, apart = 1 }: Scene): PlanModel<Float64Array> {
  const weights = new Float64Array(k).map(() => 0.5 + random());
  const sum = weights.reduce((a, b) => a + b);
  const width = linear ? linear.levels.reduce((a, b) => a + b, linear.dense) : 0;
  return {
    components: {
      k,
      logNormalizers: new Float64Array(k).map(() => normal(random)),
      quadratic: terms.map((term) => quadratic(term, k, apart)),
      linear: linear && { ...linear, natural: new Float64Array(k * width).map(() => normal(random)) },
    },
    weights: weights.map((weight) => weight / sum),
    potential: new Float64Array(k).map(() => 0.3 * normal(random)),
    epsilon,
  };
}

function rowsOf(
  { terms, linear, apart = 1 }: Scene,
  n: number,
): { block: Columns & { base: Float64Array }; encoding: Encoding; d: number } {
  // prettier-ignore
  const measured = terms.reduce((sum, { d }) => sum + d, 0);
  const d = measured + (linear ? linear.dense + linear.levels.length : 0);
  const columns = Array.from({ length: d }, (_, j) => {
    const level = linear?.levels[j - measured - linear.dense];
    const values = new Float64Array(n).map(() =>
      level === undefined ? 2 * apart * normal(random) + 1 : Math.floor(random() * (level + 1)) - 1,
    );
    return { values, start: 0, stride: 1 };
  });
  const encoding = { shift: new Float64Array(d).fill(0.5), scale: new Float64Array(d).fill(2), weightUnit: 1 };
  for (let j = measured; j < d; j++) [encoding.shift[j], encoding.scale[j]] = [0, 1];
  const weights = new Float64Array(n).map((_, i) => (i % 9 === 4 ? 0 : random() + 0.1));
  return { block: { rows: n, columns, weights, base: new Float64Array(n).map(() => normal(random)) }, encoding, d };
}

/** The same rows, in two blocks, by the kernel and in plain TypeScript. */
function shardsOf(scene: Scene, n: number): [simd: Float64Shard, plain: ExactShard] {
  const { encoding, d, ...first } = rowsOf(scene, n);
  const second = rowsOf(scene, 130);
  const blocks = [encodedTiles(0, first.block, encoding), encodedTiles(n, second.block, encoding)];
  const shard = new Float64Shard(d, new MemoryFloat64(d, blocks), () => holdThreads(2, simdSupport()!));
  return [shard, new ExactShard(d, blocks.map((block) => asExactBlock(block, d)))]; // prettier-ignore
}

/** Every number of both within a share of the largest. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const size = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-300);
  for (let at = 0; at < expected.length; at++) {
    if (!(Math.abs(actual[at] - expected[at]) <= tolerance * size)) throw new Error(`${what}[${at}]: expected ${expected[at]}, got ${actual[at]}`); // prettier-ignore
  }
}

/** Of spherical terms the traces: any diagonal that has them will do. */
function secondOf(second: Float64Array, { form, d }: Term): Float64Array {
  if (form !== 'spherical') return second;
  return new Float64Array(second.length / d).map((_, c) => second.subarray(c * d, (c + 1) * d).reduce((a, b) => a + b));
}

function expectAlike(actual: Moments, expected: Moments, { terms }: Scene, tolerance: number): void {
  expectClose([actual.weight, actual.objective], [expected.weight, expected.objective], tolerance, 'objective');
  expectClose(actual.mass, expected.mass, tolerance, 'mass');
  if (expected.coupling) expectClose(actual.coupling!, expected.coupling, tolerance, 'coupling');
  for (const [q, { first, second, radial }] of expected.quadratic.entries()) {
    const own = actual.quadratic[q];
    expectClose(own.first, first, tolerance, `first of ${q}`);
    expectClose(secondOf(own.second, terms[q]), secondOf(second, terms[q]), tolerance, `second of ${q}`);
    if (!radial) continue;
    expectClose(own.radial!.weight, radial.weight, tolerance, `weights of ${q}`);
    expectClose(own.radial!.logarithm, radial.logarithm, tolerance, `logarithms of ${q}`);
  }
  if (expected.linear) expectClose(actual.linear!, expected.linear, tolerance, 'linear');
}

async function outputsOf(shard: SweptRows<Float64Array>, model: PlanModel<Float64Array>): Promise<RowOutputs[]> {
  const blocks: RowOutputs[] = [];
  for await (const block of shard.rows(model, { responsibilities: true })) blocks.push(block);
  return blocks;
}

const scenes: readonly (readonly [string, Scene])[] = [
  ['full', { k: 3, terms: [{ form: 'full', d: 5 }], epsilon: 1 }],
  ['full of one component', { k: 1, terms: [{ form: 'full', d: 4 }], epsilon: 1 }],
  ['full of one column', { k: 2, terms: [{ form: 'full', d: 1 }], epsilon: 0.5 }],
  ['full, wide', { k: 9, terms: [{ form: 'full', d: 40 }], epsilon: 2 }],
  ['full, apart', { k: 7, terms: [{ form: 'full', d: 9 }], epsilon: 1, apart: 9 }],
  ['full, more than is kept', { k: 80, terms: [{ form: 'full', d: 100 }], epsilon: 1 }],
  ['tied', { k: 4, terms: [{ form: 'tied', d: 6 }], epsilon: 1 }],
  ['tied of many', { k: 30, terms: [{ form: 'tied', d: 19 }], epsilon: 1, apart: 2 }],
  ['tied of one component', { k: 1, terms: [{ form: 'tied', d: 6 }], epsilon: 1 }],
  ['diag', { k: 3, terms: [{ form: 'diag', d: 7 }], epsilon: 1 }],
  ['diag of nine', { k: 9, terms: [{ form: 'diag', d: 4 }], epsilon: 1, apart: 5 }],
  ['spherical', { k: 6, terms: [{ form: 'spherical', d: 3 }], epsilon: 0.3 }],
  ['hard', { k: 3, terms: [{ form: 'full', d: 5 }], epsilon: 0 }],
  ['very cold', { k: 3, terms: [{ form: 'diag', d: 2 }], epsilon: 1e-13 }],
  ['Student-t, full', { k: 5, terms: [{ form: 'full', d: 8, degrees: [0.7, 5, 150, 1e4] }], epsilon: 1, apart: 4 }],
  ['Student-t, tied', { k: 5, terms: [{ form: 'tied', d: 8, degrees: [3] }], epsilon: 1 }],
  ['Student-t, diag', { k: 4, terms: [{ form: 'diag', d: 3, degrees: [2, 40] }], epsilon: 0.8 }],
  ['Student-t, spherical', { k: 4, terms: [{ form: 'spherical', d: 3, degrees: [2, Infinity] }], epsilon: 1 }],
  ['noise', { k: 4, terms: [{ form: 'full', d: 3, flat: true }], epsilon: 1 }],
  ['noise beside diagonal ones', { k: 3, terms: [{ form: 'diag', d: 3, flat: true }], epsilon: 1 }],
  ['a product', { k: 5, terms: [{ form: 'full', d: 3 }, { form: 'diag', d: 2 }, { form: 'tied', d: 4 }, { form: 'full', d: 2, degrees: [4] }], linear: { dense: 3, levels: [4, 2] }, epsilon: 0.7 }], // prettier-ignore
  ['statistics alone', { k: 3, terms: [], linear: { dense: 2, levels: [3] }, epsilon: 1 }],
  ['many statistics', { k: 9, terms: [], linear: { dense: 31, levels: [7, 100] }, epsilon: 1 }],
];

describe.each(scenes)('%s: float64 rows by the kernel are', (_, scene) => {
  const n = scene.k * (scene.terms.at(0)?.d ?? 1) > 1000 ? 150 : 1500;

  test('summed as in plain TypeScript', async () => {
    const [simd, plain] = shardsOf(scene, n);
    const model = modelOf(scene);
    for (const request of [
      { model, coupling: true, tails: true },
      { model, objectiveNear: 3 },
    ]) {
      const [[actual], [expected]] = await Promise.all([simd.sweep([request]), plain.sweep([request])]);
      expectAlike(actual, expected, scene, 1e-12);
    }
  });

  test('told of as in plain TypeScript', async () => {
    const [simd, plain] = shardsOf(scene, n);
    const model = modelOf(scene);
    const [actual, expected] = await Promise.all([outputsOf(simd, model), outputsOf(plain, model)]);
    expect(actual.map(({ start, rows }) => [start, rows])).toEqual([[0, n], [n, 130]]); // prettier-ignore
    for (const [at, block] of expected.entries()) {
      expect(Array.from(actual[at].labels)).toEqual(Array.from(block.labels));
      expectClose(actual[at].logDensity, block.logDensity, 1e-13, 'log-density');
      expectClose(actual[at].logLargest, block.logLargest, 1e-12, 'log of the largest share');
      expectClose(actual[at].responsibilities, block.responsibilities, 1e-6, 'responsibilities'); // of float32
      expect(Array.from(actual[at].weights)).toEqual(Array.from(block.weights));
    }
    expect(await simd.take([n, 3])).toEqual(await plain.take([n, 3]));
  });
});

const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];

describe.each(forms)('%s: a float64 sweep and its M-step are the oracle’s', (form) => {
  test.each(['overlapping', 'separated', 'offset', 'scales', 'anisotropic'] as const)('%s', async (name) => {
    const { x, start } = problem(name, { n: 600, d: 4, k: 3, seed: 7 });
    const mixture = constrain(start, form);
    const expected = sweep(x, undefined, mixture);
    const device = await wasm.open({ notes: [], threads: 2 });
    const family = gaussian({ covariance: form });
    const dataset = await loadDataset(toSource(x), { device, missing: 'error', commonScale: family.commonScale });
    try {
      const components = family.toShard(family.fromParameters(mixture, 'start'), dataset.scaling);
      const at = { weights: Float64Array.from(mixture.weights), potential: new Float64Array(3), epsilon: 1 };
      const model = { ...at, components: family.packExactly(components) };
      const [moments] = await (await dataset.exact.load()).sweep([{ model }]);
      const objective = moments.objective / 600 + logVolume(dataset.scaling);
      // An offset of 1e6 leaves the rows ten digits.
      const tolerance = name === 'offset' ? 1e-9 : 1e-12;
      expectWithin(objective, expected.objective, tolerance * Math.abs(expected.objective));
      const estimated = family.estimate(moments, model.components, { regularization: new Float64Array(4) }).components;
      const actual = family.toParameters(family.toData(estimated, dataset.scaling));
      const wanted = mStep(expected, form);
      for (let c = 0; c < 3; c++) {
        expectClose(actual.means[c], wanted.means[c], 10 * tolerance, 'mean');
        expectClose(actual.covariances[c].flat(), wanted.covariances[c].flat(), 100 * tolerance, 'covariance');
      }
    } finally {
      dataset.shard.dispose();
    }
  });
});

test('sums are the same, bit for bit, whatever the number of threads', async () => {
  const scene: Scene = {
    k: 4,
    terms: [{ form: 'full', d: 7 }],
    linear: { dense: 2, levels: [3] },
    epsilon: 1,
    apart: 4,
  };
  const { block, encoding, d } = rowsOf(scene, 9000);
  const request = { model: modelOf(scene), coupling: true };
  const module = await simdModule('simd');
  const sums: Moments[] = [];
  for (const threads of [1, 2, 3]) {
    const force = taskForce(threads, module, 0);
    const held = { ...force, run: force.run.bind(force), stop: () => undefined };
    const shard = new Float64Shard(d, new MemoryFloat64(d, [encodedTiles(0, block, encoding)]), () =>
      Promise.resolve(held),
    );
    for (let round = 0; round < 3; round++) sums.push(...(await shard.sweep([request])));
    force.stop();
  }
  for (const one of sums) expect(one).toEqual(sums[0]);
});

test('rows so far out that their squares are infinite are swept in plain TypeScript', async () => {
  const scene: Scene = { k: 2, terms: [{ form: 'full', d: 2 }], epsilon: 1 };
  const { block, encoding, d } = rowsOf(scene, 300);
  (block.columns[0].values as Float64Array)[7] = 1e200;
  const shard = new Float64Shard(d, new MemoryFloat64(d, [encodedTiles(0, block, encoding)]), () =>
    holdThreads(1, simdSupport()!),
  );
  const model = modelOf(scene);
  const [{ mass }] = await shard.sweep([{ model }]);
  expect(mass.every(Number.isFinite)).toBe(true);
});
