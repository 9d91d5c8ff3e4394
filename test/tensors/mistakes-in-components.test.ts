import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { logCost, type LogCostOptions } from '../../src/index.js';
import { call, elsewhere, means, on, testMistakes, x, type Mistake } from './mistakes.js';

const unit = [
  [1, 0],
  [0, 1],
];
const lower = [
  [1, 0],
  [2, 1],
];
const full = [unit, unit, unit];

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
    'logCost: means: expected finite numbers that float32 can hold, got NaN at [0][1]; replace it',
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

testMistakes('components', ofComponents);

test('tensors of the caller are neither moved nor read back: a covariance in a tensor that has no factor gives NaN', async () => {
  const bad = tf.tensor2d([
    [1, 2],
    [2, 1],
  ]);
  const result = logCost(x, { means, covariance: 'tied', covariances: bad });
  expect((await result.data()).every(Number.isNaN)).toBe(true);
  tf.dispose([bad, result]);
});
