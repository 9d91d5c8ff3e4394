/** Transport on WebGPU: the suite of every place, and the sizes at which its shaders take other ways. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { onBackend } from '../../kernels/engine.js';
import { pointAveragesKernel, pointSoftminKernel } from '../../kernels/points.js';
import type { Device } from '../../src/backend/backend.js';
import { sinkhorn } from '../../src/sinkhorn/sinkhorn.js';
import { cases } from '../cases.js';
import { onGpu } from '../devices.js';
import { describeSinkhorn } from '../sinkhorn/parity.js';
import { add, cloud, range } from '../sinkhorn/setting.js';
import { rowOf, using, values } from '../tensors/setting.js';
import { expectAllWithin } from '../within.js';

let backend: string;
let device: Device;

beforeAll(async () => {
  await tf.ready();
  ({ device, backend } = await onGpu());
});

describeSinkhorn('webgpu', { device: () => device, precision: 1e-7 });

// Rows come by 32, points by 128 in few dimensions and by 32 in many, coordinates by 64.
const shapes = [
  [1, 1, 1, 1, 'squaredEuclidean'],
  [1, 33, 127, 3, 'squaredEuclidean'],
  [2, 32, 129, 4, 'squaredEuclidean'],
  [1, 31, 600, 5, 'dot'],
  [3, 64, 33, 64, 'squaredEuclidean'],
  [2, 65, 31, 65, 'squaredEuclidean'],
  [1, 7, 70, 131, 'dot'],
] as const;
const some = cases(
  shapes,
  ([b, , , d, metric]) => [b > 1, d > 64, metric],
  ([b, n, m, d]) => b * n * m * d,
);
test.each(some)('kernels: %d × (%d, %d) points in %d dimensions, %s', async (b, n, m, d, metric) => {
  const epsilon = 0.7;
  const p = 6;
  const clouds = range(b).map((s) => ({ x: cloud(n, d, s), y: cloud(m, d, 9 + s) }));
  const scale = 1 / Math.sqrt(d);
  const cost = (x: number[], y: number[]): number =>
    add(x.map((value, k) => (metric === 'dot' ? value * y[k] : (value - y[k]) ** 2))) * scale ** 2;
  const offsets = range(b).map((s) => range(m).map((j) => (m > 1 && j % 7 === 3 ? -1e38 : Math.sin(j + s))));
  const v = range(b).map((s) => range(m).map((j) => range(p).map((c) => Math.cos(j + 2 * c + s))));
  const expected = clouds.map(({ x, y }, s) =>
    x.map((row) => {
      const costs = y.map((point) => cost(row, point));
      const present = offsets[s].map((o) => Number(o > -1e37));
      const { value, r } = rowOf(costs, present, offsets[s], epsilon);
      const averages = range(p).map((c) => add(r.map((share, j) => share * v[s][j][c])));
      return { value, averages: [...averages, add(r.map((share, j) => share * costs[j]))] };
    }),
  );
  await using(
    backend,
    () =>
      tf.tidy(() => ({
        x: tf.mul<tf.Tensor3D>(tf.tensor3d(clouds.map(({ x }) => x)), scale),
        y: tf.mul<tf.Tensor3D>(tf.tensor3d(clouds.map(({ y }) => y)), scale),
        offsets: tf.tensor2d(offsets),
        values: tf.tensor3d(v),
      })),
    async (inputs) => {
      const [softmins] = onBackend(backend, () => pointSoftminKernel(inputs, { epsilon, metric }));
      const read = Array.from(await softmins.data());
      expectAllWithin(
        read,
        expected.flat().map(({ value }) => value),
        1e-5,
        'softmins',
      );
      const averages = onBackend(
        backend,
        () => pointAveragesKernel({ ...inputs, softmins: softmins as tf.Tensor2D }, { epsilon, metric })[0],
      );
      softmins.dispose();
      expect(averages.shape).toEqual([b, n, p + 1]);
      expectAllWithin(
        await values(averages),
        expected.flat().flatMap(({ averages: row }) => row),
        5e-5,
        'averages',
      );
    },
  );
});

test('a problem without any weight in one of many', async () => {
  await using(
    backend,
    () =>
      tf.tidy(() => ({
        x: tf.zeros<tf.Rank.R3>([40, 2, 1]),
        y: tf.ones<tf.Rank.R3>([40, 1, 1]),
        offsets: tf.concat<tf.Tensor2D>([tf.fill([39, 1], 0.25), tf.fill([1, 1], -1e38)]),
      })),
    async (inputs) => {
      const [softmins] = onBackend(backend, () =>
        pointSoftminKernel(inputs, { epsilon: 1, metric: 'squaredEuclidean' }),
      );
      const got = await values(softmins);
      expect(got.slice(-2)).toEqual([Infinity, Infinity]);
      expect(new Set(got.slice(0, -2))).toEqual(new Set([0.75]));
    },
  );
});

test('tensors stay on their device and stay the caller’s, clouds never make an n × m', async () => {
  const [n, m] = [500, 700];
  const { x, y } = onBackend(backend, () => ({ x: tf.tensor2d(cloud(n, 3, 1)), y: tf.tensor2d(cloud(m, 3, 2)) }));
  try {
    const before = tf.memory().numTensors;
    const sizes: number[] = [];
    const got = await sinkhorn(
      { x, y },
      { epsilon: 1, tolerance: 1e-4, onProgress: () => sizes.push(tf.memory().numBytes) },
    );
    expect([got.backend, got.precision, got.status]).toEqual(['webgpu', 'float32', 'converged']);
    expect(Math.max(...sizes) - sizes[0]).toBeLessThan(4 * n * m);
    const v = onBackend(backend, () => tf.ones([m, 2]));
    const pushed = await got.apply(v);
    expect(pushed.shape).toEqual([n, 2]);
    expectAllWithin(await values(pushed), new Float64Array(2 * n).fill(1 / n), 1e-6 / n);
    v.dispose();
    got.dispose();
    got.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect([x.isDisposed, y.isDisposed]).toEqual([false, false]);
  } finally {
    tf.dispose([x, y]);
  }
});

test('arrays go to the GPU where it is asked for by name', async () => {
  const [x, y] = [cloud(20, 2, 1), cloud(30, 2, 2)];
  const before = tf.memory().numTensors;
  const got = await sinkhorn({ x, y }, { epsilon: 1, tolerance: 1e-5, backend: 'webgpu' });
  expect([got.backend, got.precision]).toEqual(['webgpu', 'float32']);
  const onHost = await sinkhorn({ x, y }, { epsilon: 1, tolerance: 1e-5 });
  expect([onHost.backend, onHost.precision]).toEqual(['cpu', 'float64']);
  expectAllWithin([got.cost], [onHost.cost], 1e-4);
  got.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
