import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { onBackend } from '../../kernels/engine.js';
import { logCost, responsibilities, softmin } from '../../src/tensors/tensors.js';
import { sum } from '../oracle/index.js';
import { expectWithin } from '../within.js';
import { compareGradients, mix } from './differences.js';
import { range, rowOf, using, values } from './setting.js';

const absent = Infinity;

export function softminGradients(backend: string): void {
  const cost = [
    [1, 2, 0.5],
    [3, 2.5, 4],
  ];
  const ofCosts = (numbers: number[][], epsilon: number): { value: number; r: number[] }[] =>
    [0, 1].map((i) => rowOf(numbers[0].slice(3 * i, 3 * i + 3), numbers[1], numbers[2], epsilon));
  const inputs = { cost, weights: [1, 0.5, 2], potential: [0.1, -0.2, 0.3] };

  test.each([0, 0.4, 2])('of softmin, epsilon %d', async (epsilon) => {
    await compareGradients(
      backend,
      {
        inputs,
        of: ([costs, weights, potential]) =>
          tf.sum(tf.mul(softmin(costs, { weights, potential, epsilon }), tf.tensor1d([1, -2]))),
        exactly: (numbers) => sum(ofCosts(numbers, epsilon).map(({ value }, i) => value * [1, -2][i])),
      },
      1e-5,
    );
  });

  test.each([0.4, 2])('of responsibilities, epsilon %d', async (epsilon) => {
    await compareGradients(
      backend,
      {
        inputs,
        of: ([costs, weights, potential]) => {
          const r = responsibilities(costs, { weights, potential, epsilon });
          return tf.sum(tf.mul(r, tf.tensor(range(6).map(mix), [2, 3])));
        },
        exactly: (numbers) =>
          sum(ofCosts(numbers, epsilon).flatMap(({ r }, i) => r.map((value, c) => value * mix(3 * i + c)))),
      },
      1e-5,
    );
  });

  test('second derivatives of the density of a mixture', async () => {
    // −log Σ_k w_k N(x | μ_k, 1) in one dimension: the second derivative is 1 − Var(μ_k | x).
    const [means, weights] = [
      [[0], [3]],
      [0.5, 0.5],
    ];
    await using(
      backend,
      () => ({ rows: tf.tensor2d([[1.2]]) }),
      async ({ rows }) => {
        const density = (r: tf.Tensor): tf.Tensor =>
          tf.sum(softmin(logCost(r, { means, covariance: 'spherical', covariances: [1, 1] }), { weights }));
        const second = onBackend(backend, () => tf.grad((r: tf.Tensor) => tf.sum(tf.grad(density)(r)))(rows));
        const r = 1 / (1 + Math.exp(-(1.2 ** 2 - 1.8 ** 2) / -2));
        expectWithin((await values(second))[0], 1 - 9 * r * (1 - r), 1e-5);
      },
    );
  });

  test('are 0, and not NaN, in rows without components and for weights of 0', async () => {
    const make = () => ({
      costs: tf.tensor2d([
        [1, 2],
        [absent, absent],
      ]),
      weights: tf.tensor1d([1, 0]),
    });
    await using(backend, make, async ({ costs, weights }) => {
      for (const of of [
        (c: tf.Tensor, w: tf.Tensor) => tf.sum(tf.slice(softmin(c, { weights: w }), [0], [1])),
        (c: tf.Tensor, w: tf.Tensor) =>
          tf.sum(
            tf.mul(
              responsibilities(c, { weights: w }),
              tf.tensor2d([
                [1, 2],
                [3, 4],
              ]),
            ),
          ),
        (c: tf.Tensor, w: tf.Tensor) => tf.sum(softmin(c, { weights: w })),
      ]) {
        const found = onBackend(backend, () => tf.grads(of)([costs, weights]));
        const [byCost, byWeight] = await Promise.all(found.map(values));
        expect([...byCost.slice(2), byWeight[1]].map(Math.abs)).toEqual([0, 0, 0]);
        expect([...byCost, ...byWeight].every(Number.isFinite)).toBe(true);
      }
    });
  });

  test('of responsibilities at epsilon 0 are refused', () => {
    const ask = (): tf.Tensor =>
      onBackend(backend, () =>
        tf.grad((c: tf.Tensor) => tf.sum(responsibilities(c, { epsilon: 0 })))(tf.tensor2d([[1, 2]])),
      );
    const scope = tf.engine();
    scope.startScope(); // a gradient that throws leaves tensors behind in tfjs
    expect(ask).toThrow(
      'responsibilities: expected epsilon > 0 where a gradient is asked for, got 0, where they are steps; ' +
        'take epsilon small but positive, or keep them out of the gradient',
    );
    scope.endScope();
  });
}
