/** What callers get told, message by message. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onBackend } from '../../kernels/engine.js';
import {
  InputError,
  logCost,
  responsibilities,
  softmin,
  type InputErrorCode,
  type LogCostOptions,
} from '../../src/index.js';
import { startTfjsWasm } from '../places.js';

let x: tf.Tensor2D;
let cost: tf.Tensor2D;
let elsewhere: tf.Tensor;
let before: number;

beforeAll(async () => {
  await tf.ready();
  await startTfjsWasm();
  before = tf.memory().numTensors;
  x = tf.zeros([5, 2]);
  cost = tf.zeros([5, 3]);
  elsewhere = onBackend(tf.getBackend() === 'wasm' ? 'cpu' : 'wasm', () => tf.zeros([3, 2]));
});

afterAll(() => {
  expect(tf.memory().numTensors - 3, 'tensors left behind').toBe(before);
  tf.dispose([x, cost, elsewhere]);
});

const means = [
  [0, 0],
  [1, 1],
  [2, 2],
];
const unit = [
  [1, 0],
  [0, 1],
];
const lower = [
  [1, 0],
  [2, 1],
];
const full = [unit, unit, unit];

/** What is wrong, the call, the code of its error and the message. */
type Mistake = readonly [string, () => unknown, InputErrorCode, string];

const call = (options: object, rows: unknown = x): unknown => logCost(rows as tf.Tensor, { means, ...options });
const costs = (options: object, value: unknown = cost): unknown => softmin(value as tf.Tensor, options);
/** A call on a tensor of its own, which is disposed. */
const on = (make: () => tf.Tensor, use: (tensor: tf.Tensor) => unknown): unknown => {
  const tensor = make();
  try {
    return use(tensor);
  } finally {
    tensor.dispose();
  }
};

const rowsExpected = 'logCost: x: expected a float32 tensor [n, d] or [B, n, d], got';
const ofRows: readonly Mistake[] = [
  ['rows in an array', () => call({}, [[1, 2]]), 'shape', `${rowsExpected} an array; make a tensor of it`],
  [
    'no rows',
    () => logCost(undefined as unknown as tf.Tensor, { means }),
    'shape',
    `${rowsExpected} undefined; make a tensor of it`,
  ],
  ['a number', () => call({}, 3), 'shape', `${rowsExpected} a number; make a tensor of it`],
  [
    'one row',
    () =>
      on(
        () => tf.zeros([2]),
        (tensor) => call({}, tensor),
      ),
    'shape',
    `${rowsExpected} [2]; reshape it`,
  ],
  [
    'an empty tensor',
    () =>
      on(
        () => tf.zeros([0, 2]),
        (tensor) => call({}, tensor),
      ),
    'shape',
    `${rowsExpected} [0, 2]; reshape it`,
  ],
  [
    'whole numbers',
    () =>
      on(
        () => tf.zeros([5, 2], 'int32'),
        (tensor) => call({}, tensor),
      ),
    'value',
    `${rowsExpected} int32; cast it by tf.cast(tensor, 'float32')`,
  ],
  [
    'a disposed tensor',
    () => {
      const tensor = tf.zeros([5, 2]);
      tensor.dispose();
      return call({}, tensor);
    },
    'value',
    `${rowsExpected} a disposed one; dispose it after this call`,
  ],
];

const ofComponents: readonly Mistake[] = [
  [
    'no options',
    () => logCost(x, undefined as unknown as LogCostOptions),
    'option',
    'logCost: components: expected either covariances or precisionsCholesky, got neither; give one of them',
  ],
  [
    'no means',
    () => call({ means: undefined, covariances: full }),
    'shape',
    'logCost: means: expected a tensor, or nested arrays of equal lengths, got undefined; correct it',
  ],
  [
    'neither covariances nor factors',
    () => call({}),
    'option',
    'logCost: components: expected either covariances or precisionsCholesky, got neither; give one of them',
  ],
  [
    'both covariances and factors',
    () => call({ covariances: full, precisionsCholesky: full }),
    'option',
    'logCost: components: expected either covariances or precisionsCholesky, got both; give one of them',
  ],
  [
    'an unknown type of covariance',
    () => call({ covariances: full, covariance: 'round' }),
    'option',
    'logCost: covariance: expected one of full, tied, diag, spherical, got "round"; choose one of these',
  ],
  [
    'an unknown triangle',
    () => call({ precisionsCholesky: full, triangle: 'left' }),
    'option',
    'logCost: triangle: expected upper or lower, got "left"; choose one of these',
  ],
  [
    'means of other columns',
    () => call({ means: [[1, 2, 3]], covariances: full }),
    'shape',
    'logCost: means: expected [k, d] = [1, 2], or [B, k, d], got [1, 3]; give one value per column of x',
  ],
  [
    'ragged means',
    () => call({ means: [[1, 2], [3]], covariances: full }),
    'shape',
    'logCost: means: expected a tensor, or nested arrays of equal lengths, got arrays of different lengths; correct it',
  ],
  [
    'means that are not finite',
    () => call({ means: [[1, NaN]], covariances: [unit] }),
    'value',
    'logCost: means: expected finite numbers, got NaN; replace it',
  ],
  [
    'covariances of another type',
    () => call({ covariances: unit }),
    'shape',
    "logCost: covariances: expected [k, d, d] = [3, 2, 2], or [B, k, d, d], got [2, 2]; correct it, or name another type than covariance: 'full'",
  ],
  [
    'covariances of another type in a tensor',
    () =>
      on(
        () => tf.ones([3, 2]),
        (covariances) => call({ covariances, covariance: 'spherical' }),
      ),
    'shape',
    "logCost: covariances: expected [k] = [3], or [B, k], got [3, 2]; correct it, or name another type than covariance: 'spherical'",
  ],
  [
    'a covariance that is not symmetric',
    () => call({ covariances: [unit, lower, unit] }),
    'value',
    'logCost: covariances[1]: expected a symmetric positive definite matrix, got one that is not symmetric; correct it, or add a little to its diagonal',
  ],
  [
    'a covariance that is not positive definite, in a batch',
    () => call({ covariances: [full, [unit, unit, [[1, 2], [2, 1]]]] }), // prettier-ignore
    'value',
    'logCost: covariances[1][2]: expected a symmetric positive definite matrix, got one that is not positive definite; correct it, or add a little to its diagonal',
  ],
  [
    'a variance that is not positive',
    () => call({ covariance: 'spherical', covariances: [1, 0, 1] }),
    'value',
    'logCost: covariances[1]: expected variances > 0, got 0; correct it, or add a little to its diagonal',
  ],
  [
    'a variance beyond float32',
    () => call({ covariance: 'spherical', covariances: [1, 1, 1e-90] }),
    'value',
    'logCost: covariances[2]: expected standard deviations that float32 can hold, with their inverses, got larger or smaller ones; scale rows and components',
  ],
  [
    'a factor of lower rank',
    () => call({ covariance: 'diag', precisionsCholesky: [...means.slice(1), [0, 1]] }),
    'value',
    'logCost: precisionsCholesky[2]: expected a factor of full rank, got 0 on its diagonal; correct it',
  ],
  [
    'the other triangle',
    () => call({ covariance: 'tied', precisionsCholesky: lower }),
    'value',
    "logCost: precisionsCholesky: expected a matrix with its upper triangle alone, got one with numbers beside it; say triangle: 'lower' if it is that, or give covariances",
  ],
  [
    'batches that disagree',
    () =>
      on(
        () => tf.zeros([4, 5, 2]),
        (rows) => call({ covariances: [full, full] }, rows),
      ),
    'shape',
    'logCost: expected the same number of batches in all that has them, got 4 in x and 2 in covariances; leave the batch out of what all of them share',
  ],
  [
    'means on another backend',
    () => call({ means: elsewhere, covariances: full }),
    'backend',
    'logCost: expected tensors of one backend, got x on <here> and means on <there>; make means on <here>, or give it as an array',
  ],
];

const ofCosts: readonly Mistake[] = [
  [
    'costs in an array',
    () => costs({}, [[1]]),
    'shape',
    'softmin: cost: expected a float32 tensor [n, k] or [B, n, k], got an array; make a tensor of it',
  ],
  [
    'a negative temperature',
    () => costs({ epsilon: -1 }),
    'option',
    'softmin: epsilon: expected 0, or a number from 1e-30 to 1e30, got -1; take 0 for the minimum itself',
  ],
  [
    'no temperature, of responsibilities',
    () => responsibilities(cost, { epsilon: NaN }),
    'option',
    'responsibilities: epsilon: expected 0, or a number from 1e-30 to 1e30, got NaN; take 0 for the minimum itself',
  ],
  [
    'an axis from the front',
    () => costs({ axis: 1 }),
    'option',
    'softmin: axis: expected -1 or -2, got 1; count from the last dimension, or transpose the costs',
  ],
  [
    'weights of other components',
    () => costs({ weights: [1, 2] }),
    'shape',
    'softmin: weights: expected [k] = [3], or [B, k], got [2]; correct it',
  ],
  [
    'a negative weight',
    () => costs({ weights: [1, -2, 1] }),
    'value',
    'softmin: weights: expected numbers ≥ 0, got -2; correct it',
  ],
  [
    'an infinite potential',
    () => costs({ potential: [1, Infinity, 1] }),
    'value',
    'softmin: potential: expected finite numbers, got Infinity; replace it',
  ],
  [
    'a potential that is batched where costs are not',
    () => costs({ potential: [[1, 2, 3]] }),
    'shape',
    'softmin: potential: expected [k], as the costs have no batches, got B = 1; give one row per batch, or one for all',
  ],
  [
    'other batches than of costs',
    () =>
      on(
        () => tf.zeros([2, 5, 3]),
        (tensor) => costs({ weights: means.map(() => [1, 1, 1]) }, tensor),
      ),
    'shape',
    "softmin: weights: expected [k], or [B, k] with the costs' B = 2, got B = 3; give one row per batch, or one for all",
  ],
  [
    'weights on another backend',
    () => costs({ weights: elsewhere }),
    'backend',
    'softmin: expected tensors of one backend, got cost on <here> and weights on <there>; make weights on <here>, or give it as an array',
  ],
];

describe('says what is wrong', () => {
  test.each(ofRows)('with rows: %s', (_, act, code, message) => expectError(act, code, message));
  test.each(ofComponents)('with components: %s', (_, act, code, message) => expectError(act, code, message));
  test.each(ofCosts)('with costs: %s', (_, act, code, message) => expectError(act, code, message));
});

test('tensors of the caller are neither moved nor read back: a covariance in a tensor that has no factor gives NaN', async () => {
  const bad = tf.tensor2d([
    [1, 2],
    [2, 1],
  ]);
  const result = logCost(x, { means, covariance: 'tied', covariances: bad });
  expect((await result.data()).every(Number.isNaN)).toBe(true);
  tf.dispose([bad, result]);
});

function expectError(act: () => unknown, code: InputErrorCode, message: string): void {
  let caught: unknown;
  try {
    act();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(InputError);
  const here = tf.getBackend();
  const named = message.replaceAll('<here>', here).replaceAll('<there>', here === 'wasm' ? 'cpu' : 'wasm');
  expect((caught as InputError).message).toBe(named);
  expect((caught as InputError).code).toBe(code);
}
