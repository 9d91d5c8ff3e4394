/** What is no number is refused in every array of the interface, in one line that names the place and the value. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../kernels/engine.js';
import {
  fitMixture,
  loadMixture,
  logCost,
  Mixture,
  gaussian,
  responsibilities,
  selectMixture,
  sinkhorn,
  softmin,
  type ModelFile,
} from '../../src/index.js';
import { renderReport } from '../../src/report/index.js';
import { reportInput } from '../report/fixture.js';

beforeAll(async () => expect(await startBackend('cpu')).toBe(true));

/** One of everything that a caller in JavaScript may take for a number, and how messages show it. */
const strangers: readonly (readonly [unknown, string])[] = [
  ['1', '"1"'],
  ['', '""'],
  [true, 'true'],
  [1n, '1n'],
  [{ x: 1 }, '{"x":1}'],
  [[1], '[1]'],
  [Symbol('1'), 'Symbol(1)'],
];
const holes: readonly (readonly [unknown, string])[] = [
  [null, 'null'],
  [undefined, 'undefined'],
  [NaN, 'NaN'],
];
const infinite: readonly (readonly [unknown, string])[] = [
  [Infinity, 'Infinity'],
  [-Infinity, '-Infinity'],
];
const all: readonly (readonly [unknown, string])[] = [...strangers, ...holes, ...infinite];

const rows = [[0, 0], [1, 1], [0.2, 0.1], [5, 5], [5.1, 5.2], [4, 4.5]]; // prettier-ignore
const eye = [[1, 0], [0, 1]]; // prettier-ignore
const start = { weights: [0.5, 0.5], means: [[0, 0], [5, 5]], covariances: [eye, eye] }; // prettier-ignore
const fit = (options: object, data: unknown = rows): Promise<unknown> =>
  fitMixture(data as number[][], { components: 2, backend: 'cpu', ...options });
const family = gaussian();
const mixture = new Mixture({
  family,
  weights: Float64Array.of(0.5, 0.5),
  components: family.fromParameters(start, 'start'),
});
const cost = [[0, 1], [1, 0]]; // prettier-ignore
const report = reportInput(2, 2, 4);
const x = (): tf.Tensor => tf.tensor2d(rows);
const dense = { covariances: [eye, eye], means: start.means };

/** An array of the interface: its name, the place of the bad entry, and a call with that. */
type Entry = readonly [
  where: string,
  place: string,
  call: (bad: unknown) => unknown,
  bad?: readonly (readonly [unknown, string])[],
];

const ofFits: readonly Entry[] = [
  ['seeding.weights', 'got 2: 0.5, ', (bad) => fit({ seeding: { ...start, weights: [0.5, bad] } })],
  ['seeding: means', 'at [1][0]', (bad) => fit({ seeding: { ...start, means: [[0, 0], [bad, 5]] } })],
  ['seeding: covariances[1]', 'at [0][1]', (bad) => fit({ seeding: { ...start, covariances: [eye, [[1, bad], [0, 1]]] } })],
  ['marginal.weights', 'got 2: ', (bad) => fit({ marginal: { kind: 'fixed', weights: [bad, 0.5] } })],
  ['sampleWeights', 'at row 2', (bad) => fit({ sampleWeights: [1, 1, bad, 1, 1, 1] }), [...strangers, ...infinite, [-1, '-1']]],
  ['data', 'in row 1, column x1', (bad) => fit({}, [[0, 0], [1, bad], [2, 2]]), strangers],
  ['components', 'got ', (bad) => fit({ components: bad }), [...all.filter(([bad]) => bad !== null), ['3', '"3"'], [-0, '-0'], [1.5, '1.5']]],
  ['restarts', 'got ', (bad) => fit({ restarts: bad }), [...strangers, ...infinite, [NaN, 'NaN']]],
  ['epsilon', 'got ', (bad) => fit({ epsilon: bad }), [...strangers, ...infinite, [NaN, 'NaN']]],
  ['tolerance', 'got ', (bad) => fit({ tolerance: bad }), [...strangers, ...infinite, [NaN, 'NaN']]],
  ['components[1]', 'got ', (bad) => selectMixture(rows, { components: [1, bad as number] })],
]; // prettier-ignore

const ofMixtures: readonly Entry[] = [
  ['data', 'in row 0, column x0', (bad) => mixture.predict([[bad as number, 0]]), strangers],
  ['sampleWeights', 'at row 1', (bad) => mixture.score([[0, 0], [1, 1]], { sampleWeights: [1, bad as number] }), strangers],
  ['sample', 'got ', (bad) => mixture.sample(bad as number)],
  ['seed', 'got ', (bad) => mixture.sample(1, { seed: bad as number }), all.filter(([bad]) => bad !== undefined)],
  ['report weights[1]', 'got ', (bad) => renderReport({ ...report, weights: [0.5, bad as number] })],
  ['report means[0][1]', 'got ', (bad) => renderReport({ ...report, means: [[0, bad as number], [0, 0]] })],
  ['report objective[1]', 'got ', (bad) => renderReport({ ...report, objective: [1, bad as number] })],
  ['report sample.labels[2]', 'got ', (bad) => renderReport({ ...report, sample: { ...report.sample, labels: [0, 1, bad as number, 0] } })],
]; // prettier-ignore

const ofTransport: readonly Entry[] = [
  ['sinkhorn: cost', 'at [0][1]', (bad) => sinkhorn([[0, bad as number], [1, 0]], { epsilon: 1 }), [...strangers, ...holes, [-Infinity, '-Infinity']]],
  ['sinkhorn: x', 'at [1][0]', (bad) => sinkhorn({ x: [[0], [bad as number]], y: [[1]] }, { epsilon: 1 })],
  ['sinkhorn: y', 'at [1][0]', (bad) => sinkhorn({ x: [[0]], y: [[1], [bad as number]] }, { epsilon: 1 })],
  ['sinkhorn: a', 'at [1]', (bad) => sinkhorn(cost, { epsilon: 1, a: [1, bad as number] })],
  ['sinkhorn: b', 'at [1]', (bad) => sinkhorn(cost, { epsilon: 1, b: [1, bad as number] })],
  ['sinkhorn: start.g', 'at [1]', (bad) => sinkhorn(cost, { epsilon: 1, start: { g: [0, bad as number] } })],
  ['sinkhorn: epsilon', 'got ', (bad) => sinkhorn(cost, { epsilon: bad as number }), all.filter(([bad]) => bad !== null)],
  ['logCost: means', 'at [0][1]', (bad) => logCost(x(), { ...dense, means: [[0, bad as number], [5, 5]] }), [...all, [1e39, '1e+39']]],
  ['logCost: covariances', 'at [0][1][0]', (bad) => logCost(x(), { ...dense, covariances: [[[1, 0], [bad as number, 1]], eye] })],
  ['softmin: weights', 'at [1]', (bad) => softmin(x(), { weights: [1, bad as number] }), [...all, [-1, '-1'], [1e39, '1e+39']]],
  ['softmin: potential', 'at [1]', (bad) => softmin(x(), { potential: [0, bad as number] })],
  ['responsibilities: weights', 'at [1]', (bad) => responsibilities(x(), { weights: [1, bad as number] })],
  ['softmin: epsilon', 'got ', (bad) => softmin(x(), { epsilon: bad as number }), all.filter(([bad]) => bad !== undefined)],
]; // prettier-ignore

for (const [where, place, call, bad = all] of [...ofFits, ...ofMixtures, ...ofTransport]) {
  describe(where, () => {
    test.each(bad)('%s is refused', async (value, shown) => {
      const error = (await tf.tidy(() => attempt(() => call(value)))) as Error;
      expect(error).toMatchObject({ name: 'InputError' });
      expect(error.message.startsWith(`${where}: expected `), error.message).toBe(true);
      expect(error.message).toContain(shown);
      expect(error.message).toContain(place);
      expect(error.message).not.toContain('\n');
    });
  });
}

/** What a call throws or rejects with; the call itself is made at once. */
function attempt(call: () => unknown): Promise<unknown> & tf.TensorContainer {
  const answer = (async () => call())().then(
    () => new Error('it was accepted'),
    (error: unknown) => error,
  );
  return answer as typeof answer & tf.TensorContainer;
}

describe('what is no array', () => {
  const lists = [['0.5, 0.7', '"0.5, 0.7"'], [3, '3'], [{}, '{}']] as const; // prettier-ignore
  test.each(lists)('%j', async (bad, shown) => {
    const given = bad as unknown as number[];
    const refused = (message: string): object => ({ name: 'InputError', message: expect.stringContaining(message) });
    await expect(fit({ sampleWeights: bad })).rejects.toMatchObject(
      refused(`sampleWeights: expected an array of numbers, one per row, got ${shown}; give every row its weight`),
    );
    await expect(fit({ marginal: { kind: 'fixed', weights: bad } })).rejects.toMatchObject(
      refused(`marginal.weights: expected 2 positive numbers that sum to 1, one per component, got ${shown}; `),
    );
    await expect(fit({ seeding: { ...start, covariances: [bad, eye] } })).rejects.toMatchObject(
      refused(`seeding: covariances[0]: expected an array [2][2], got ${shown}; `),
    );
    await expect(sinkhorn(cost, { epsilon: 1, a: given })).rejects.toMatchObject(
      refused(`sinkhorn: a: expected a tensor, or nested arrays of equal lengths, got ${shown}; correct it`),
    );
    await expect(selectMixture(rows, { components: given })).rejects.toMatchObject(
      refused(`select: expected at least one number of components and one covariance type, got components ${shown}`),
    );
    await expect(fit({}, { data: Float64Array.of(1, 2), shape: bad })).rejects.toMatchObject(
      refused(`data: expected shape [rows, columns] with rows · columns values, got shape ${shown} and 2 values; `),
    );
  });

  test('sizes that are no numbers, and values that are none, in a matrix', async () => {
    await expect(fit({}, { data: new Float64Array(4), shape: ['2', 2] })).rejects.toThrow('got shape ["2", 2] and 4');
    await expect(fit({}, { data: BigInt64Array.of(1n, 2n), shape: [2, 1] })).rejects.toThrow(
      'data: expected number[][], { data: Float32Array | Float64Array, shape: [n, d] }',
    );
  });

  test('arrays nested without end', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 200_000; level++) deep = [deep];
    const circle: unknown[] = [];
    circle.push(circle);
    for (const bad of [deep, circle]) {
      await expect(sinkhorn(bad as number[][], { epsilon: 1 })).rejects.toThrow(
        'sinkhorn: cost: expected a tensor, or nested arrays of equal lengths, got arrays nested more than 4 deep; ',
      );
      await expect(fit({ seeding: bad })).rejects.toMatchObject({ name: 'InputError' });
    }
  });
});

test.each([
  ['family', 'gaussian', 'family: expected a family such as gaussian(), got "gaussian"; '],
  ['onProgress', 'log', 'onProgress: expected a function, got "log"; correct it'],
  ['signal', {}, 'signal: expected an AbortSignal, got {}; give the signal of an AbortController'],
])('an option that must do something: %s', async (name, bad, message) => {
  await expect(fit({ [name]: bad })).rejects.toMatchObject({
    name: 'InputError',
    message: expect.stringContaining(message) as string,
  });
});

test('numbers of a model file', async () => {
  const file = mixture.toJSON();
  for (const [bad] of all) {
    const broken = { ...file, weights: [0.5, bad] } as unknown as ModelFile;
    await expect(loadMixture(broken)).rejects.toMatchObject({ name: 'InputError', code: 'format' });
  }
});
