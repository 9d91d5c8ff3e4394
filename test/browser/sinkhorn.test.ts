/** Transport in the browser: on WebGL, whose tensors nothing else here solves, and on the page's own threads. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../kernels/engine.js';
import { sinkhorn, sinkhornAt, sinkhornDivergence } from '../../src/sinkhorn/sinkhorn.js';
import { divergence, entropicTransport, squaredDistances } from '../oracle/sinkhorn.js';
import { cloud, watched, weights } from '../sinkhorn/setting.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { simd } from '../devices.js';

beforeAll(async () => {
  await tf.ready();
  expect(await startBackend('webgl')).toBe(true);
});

const [x, y] = [cloud(33, 3, 1), cloud(40, 3, 2, 0.5)];
const [a, b] = [weights(33, 3, true), weights(40, 4)];
const problem = { cost: squaredDistances(x, y), a, b, epsilon: 1 };
const options = { a, b, epsilon: 1, tolerance: 1e-5 };
/** Of float32 masses: costs are up to 100 times ε. */
const error = 1e-4;

test.each(['matrix', 'points', 'features'] as const)('tensors on webgl, %s: the oracle’s solution', async (kind) => {
  await watched(async () => {
    const cost =
      kind === 'features' ? x.map((u) => y.map((v) => u.reduce((s, c, k) => s + c * v[k], 0))) : problem.cost;
    const expected = entropicTransport({ ...problem, cost });
    const tensors = tf.tidy(() =>
      kind === 'matrix' ? [tf.keep(tf.tensor2d(cost))] : [tf.keep(tf.tensor2d(x)), tf.keep(tf.tensor2d(y))],
    );
    const metric = kind === 'features' ? 'dot' : 'squaredEuclidean';
    const got = await sinkhorn(kind === 'matrix' ? tensors[0] : { x: tensors[0], y: tensors[1], metric }, options);
    expect([got.backend, got.precision, got.status]).toEqual(['webgl', 'float32', 'converged']);
    expectWithin(got.objective, expected.objective, error * Math.abs(expected.objective), 'objective');
    expectWithin(got.cost, expected.cost, error * Math.abs(expected.cost), 'cost');
    const most = Math.max(...expected.plan.flat());
    expectAllWithin((await got.plan()).data, expected.plan.flat(), error * most, 'plan');
    const ones = tf.ones([40]);
    const pushed = await got.apply(ones);
    expectAllWithin(await pushed.data(), a, error, 'P 1');
    got.dispose();
    tf.dispose([tensors, ones, pushed]);
  });
});

test('a batch on webgl, unbalanced', async () => {
  await watched(async () => {
    const moved = x.map((row) => row.map((value) => value + 1));
    const tensors = { x: tf.tensor3d([x, moved]), y: tf.tensor3d([y, y]) };
    const rho = { rhoA: 1.5, rhoB: 0.4 };
    const got = await sinkhorn(tensors, { ...options, ...rho });
    [x, moved].forEach((own, s) => {
      const expected = entropicTransport({ ...problem, ...rho, cost: squaredDistances(own, y) });
      expectWithin(got.objectives[s], expected.objective, error * expected.objective, `problem ${s}`);
    });
    got.dispose();
    tf.dispose(tensors);
  });
});

test('the divergence of tensors on webgl', async () => {
  await watched(async () => {
    const tensors = [tf.tensor2d(x), tf.tensor2d(y)];
    const got = await sinkhornDivergence(tensors[0], tensors[1], options);
    expect([got.backend, got.status]).toEqual(['webgl', 'converged']);
    expectWithin(got.value, divergence(x, y, { a, b, epsilon: 1 }), 1e-3);
    tf.dispose(tensors);
  });
});

test('large clouds in arrays, by SIMD on the page’s thread and on two others', async () => {
  const [u, v] = [cloud(1100, 2, 1), cloud(1000, 2, 2, 0.5)];
  const on = { epsilon: 1, tolerance: 1e-9 };
  const plain = await sinkhorn({ x: u, y: v }, { ...on, backend: 'cpu' });
  const own = await sinkhorn({ x: u, y: v }, on);
  const two = await sinkhornAt(simd(2), { x: u, y: v }, on);
  expect([plain, own, two].map(({ backend }) => backend)).toEqual(['cpu', 'wasm', 'wasm']);
  expectWithin(own.objective, plain.objective, 1e-10);
  expect(two.f).toEqual(own.f);
});
