/** Clouds by the SIMD kernel: the suite of every place, and what it begins with in float32. */
import { describe, expect, test } from 'vitest';
import { sinkhorn, sinkhornAt, sinkhornDivergence } from '../../src/sinkhorn/sinkhorn.js';
import { size } from '../cases.js';
import { simd } from '../devices.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { cloud, range, weights } from './setting.js';
import { describeSinkhorn } from './parity.js';

const one = simd(1, 'simd');
const two = simd(2, 'relaxed');
describeSinkhorn('simd', { device: () => one, precision: 1e-15 });
describeSinkhorn('relaxed simd, two threads', { device: () => two, precision: 1e-15 });

/** Two clouds of more than a million pairs. */
const x = cloud(1100, 2, 1);
const y = cloud(1000, 2, 2, 0.5);
const [a, b] = [weights(1100, 3, true), weights(1000, 4)];
/** Plain JavaScript takes fewer iterations at a higher temperature. */
const epsilon = size(1, 10);

describe('large clouds on the CPU', () => {
  test('go to SIMD unless JavaScript is asked for, and come to the same', async () => {
    for (const options of [
      { epsilon, tolerance: 1e-10 },
      { epsilon: epsilon / 2, rhoB: 2, tolerance: 1e-9 },
    ]) {
      const plain = await sinkhorn({ x, y }, { a, b, ...options, backend: 'cpu' });
      expect([plain.backend, plain.precision, plain.status]).toEqual(['cpu', 'float64', 'converged']);
      for (const backend of ['auto', 'wasm'] as const) {
        const got = await sinkhorn({ x, y }, { a, b, ...options, backend });
        expect([got.backend, got.precision, got.status]).toEqual(['wasm', 'float64', 'converged']);
        expectWithin(got.objective, plain.objective, 1e-11 * plain.objective);
        expectWithin(got.cost, plain.cost, 1e-8 * plain.cost);
        expectAllWithin(got.masses.a, plain.masses.a, 1e-11);
      }
    }
  });

  test('meet the tolerance in float64, by plain JavaScript’s measure', async () => {
    for (const tolerance of [1e-4, 1e-6, 1e-12]) {
      const got = await sinkhorn({ x, y }, { a, b, epsilon: 1, tolerance });
      expect(got.status).toBe('converged');
      expect(got.marginalErrors.b[0]).toBeLessThanOrEqual(tolerance);
      // The columns' masses of the plan at these potentials, in float64 and as they are defined.
      const masses = y.map((point, j) =>
        x.reduce((sum, row, i) => {
          const cost = (row[0] - point[0]) ** 2 + (row[1] - point[1]) ** 2;
          return sum + a[i] * b[j] * Math.exp(got.f[i] + got.g[j] - cost);
        }, 0),
      );
      const error = masses.reduce((sum, mass, j) => sum + Math.abs(mass - b[j]), 0);
      expect(error).toBeLessThanOrEqual(tolerance * (1 + 1e-6) + 1e-13);
    }
  });

  test('take as many iterations in float32 and float64 as in float64 alone, or few more', async () => {
    const options = { epsilon: 0.3, tolerance: 1e-9 };
    const [plain, got] = [
      await sinkhorn({ x, y }, { ...options, backend: 'cpu' }),
      await sinkhorn({ x, y }, { ...options, backend: 'wasm' }),
    ];
    expect(got.iterations[0]).toBeLessThanOrEqual(plain.iterations[0] + 10);
  });

  test('are solved where float32 has not their range, or hardly any digits', async () => {
    const scaled = (points: number[][], by: number): number[][] => points.map((row) => row.map((value) => value * by));
    const near = await sinkhorn({ x, y }, { epsilon: 1, tolerance: 1e-9 });
    for (const scale of [1e30, 1e-30]) {
      const clouds = { x: scaled(x, scale), y: scaled(y, scale) };
      // ε has bounds of its own.
      const epsilon = Math.min(1e30, Math.max(1e-30, scale ** 2));
      const got = await sinkhorn(clouds, { epsilon, tolerance: 1e-9, maxIterations: 3 });
      expect([...got.f, ...got.g].every(Number.isFinite)).toBe(true);
    }
    // Two groups so far apart that float32 does not tell the points of one from another.
    const apart = (points: number[][]): number[][] => points.map((row, i) => [row[0] + (i % 2) * 1e9, row[1]]);
    const got = await sinkhorn({ x: apart(x), y: apart(y) }, { epsilon: 1, tolerance: 1e-6, epsilonScaling: false });
    expect(got.status).toBe('converged');
    expect(got.cost).toBeLessThan(2 * near.cost + 100);
  });

  test('aborted, out of iterations, and with one iteration', async () => {
    const controller = new AbortController();
    const onProgress = ({ iteration }: { iteration: number }): void => {
      if (iteration === 2) controller.abort();
    };
    const aborted = await sinkhorn({ x, y }, { epsilon: 1, tolerance: 1e-9, signal: controller.signal, onProgress });
    expect([aborted.status, aborted.backend]).toEqual(['aborted', 'wasm']);
    expectAllWithin(aborted.masses.a, new Float64Array(1100).fill(1 / 1100), 1e-15);
    for (const maxIterations of [1, 4]) {
      const got = await sinkhorn({ x, y }, { epsilon: 1, tolerance: 1e-9, maxIterations });
      const plain = await sinkhorn({ x, y }, { epsilon: 1, tolerance: 1e-9, maxIterations, backend: 'cpu' });
      expect([got.status, got.iterations]).toEqual(['maxIterations', [maxIterations]]);
      expectAllWithin(got.g, plain.g, 1e-4);
    }
  });

  test('averages of many columns', async () => {
    const got = await sinkhornAt(two, { x: x.slice(0, 50), y: y.slice(0, 40) }, { epsilon: 1 });
    const v = range(40).map((j) => range(130).map((c) => Math.sin(j * c)));
    const plan = (await got.plan()).data;
    const { data, shape } = await got.apply(v);
    expect(shape).toEqual([50, 130]);
    for (const i of range(50)) {
      const expected = range(130).map((c) => range(40).reduce((sum, j) => sum + plan[i * 40 + j] * v[j][c], 0));
      expectAllWithin(data.subarray(i * 130, (i + 1) * 130), expected, 1e-14);
    }
  });

  test('a batch of them is one after the other', async () => {
    const batch = { x: [x, x.map(([u, v]) => [v, u])], y: [y, y] };
    const got = await sinkhorn(batch, { epsilon: 1 });
    const second = await sinkhorn({ x: batch.x[1], y }, { epsilon: 1 });
    expect(got.backend).toBe('wasm');
    expect(got.f.subarray(1100)).toEqual(second.f);
    expect(got.costs[1]).toBe(second.cost);
  });

  test('their divergence', async () => {
    const options = { epsilon, tolerance: 1e-9 };
    const got = await sinkhornDivergence(x, y.concat(y.slice(0, 100)), options);
    const plain = await sinkhornDivergence(x, y.concat(y.slice(0, 100)), { ...options, backend: 'cpu' });
    expect([got.backend, plain.backend]).toEqual(['wasm', 'cpu']);
    expectWithin(got.value, plain.value, 1e-10);
  });
});
