import * as tf from '@tensorflow/tfjs';
import { logCost } from '../../src/index.js';
import { call, means, on, testMistakes, type Mistake } from './mistakes.js';

const rowsExpected = 'logCost: x: expected a float32 tensor [n, d] or [B, n, d], got';
const ofRows: readonly Mistake[] = [
  ['rows in an array', () => call({}, [[1, 2]]), 'shape', `${rowsExpected} an array; make a tensor of it`],
  [
    'no rows',
    () => logCost(undefined as unknown as tf.Tensor, { means }),
    'shape',
    `${rowsExpected} undefined; make a tensor of it`,
  ],
  ['a number', () => call({}, 3), 'shape', `${rowsExpected} 3; make a tensor of it`],
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

testMistakes('rows', ofRows);
