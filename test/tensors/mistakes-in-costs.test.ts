import * as tf from '@tensorflow/tfjs';
import { responsibilities, softmin } from '../../src/index.js';
import { cost, elsewhere, means, on, testMistakes, type Mistake } from './mistakes.js';

const costs = (options: object, value: unknown = cost): unknown => softmin(value as tf.Tensor, options);

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
    'softmin: weights: expected numbers ≥ 0 that float32 can hold, got -2 at [1]; correct it',
  ],
  [
    'an infinite potential',
    () => costs({ potential: [1, Infinity, 1] }),
    'value',
    'softmin: potential: expected finite numbers that float32 can hold, got Infinity at [1]; replace it',
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

testMistakes('costs', ofCosts);
