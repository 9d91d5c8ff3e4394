/** What callers rely on besides numbers: messages, ends, progress, and whose tensors are whose. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { onBackend, startBackend } from '../../kernels/engine.js';
import { sinkhorn, sinkhornAt, sinkhornDivergence, type SinkhornOptions } from '../../src/sinkhorn/sinkhorn.js';
import type { SinkhornProgress } from '../../src/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { cloud, range, watched } from './setting.js';
import { tensors } from '../devices.js';

const x = cloud(6, 2, 1);
const y = cloud(5, 2, 2);
const options = { epsilon: 1 };
const cost = [
  [0, 1, 2],
  [1, 0, 1],
];

describe('a mistake is an InputError that says what to do', () => {
  const scale = 'take a hundredth of the range of costs to begin with; for the limit 0, a thousandth';
  test.each<[string, Partial<Record<keyof SinkhornOptions, unknown>>, string]>([
    ['no epsilon', { epsilon: undefined }, `epsilon: expected a number from 1e-30 to 1e30, got undefined; ${scale}`],
    ['epsilon 0', { epsilon: 0 }, `epsilon: expected a number from 1e-30 to 1e30, got 0; ${scale}`],
    ['rhoA', { rhoA: -1 }, 'rhoA: expected a number ≥ 0, or Infinity, got -1; correct it'],
    ['rhoB', { rhoB: NaN }, 'rhoB: expected a number ≥ 0, or Infinity, got NaN; correct it'],
    ['tolerance', { tolerance: -1 }, 'tolerance: expected a finite number ≥ 0, got -1; correct it'],
    ['maxIterations', { maxIterations: 0.5 }, 'maxIterations: expected a whole number ≥ 1, got 0.5; correct it'],
    ['acceleration', { acceleration: 'fast' }, 'acceleration: expected anderson or none, got "fast"; correct it'],
    [
      'epsilonScaling',
      { epsilonScaling: 4 },
      'epsilonScaling: expected true, false or { from, factor }, got 4; correct it',
    ],
    [
      'a ladder from below',
      { epsilonScaling: { from: 0.5 } },
      'epsilonScaling.from: expected a number from epsilon, 1, on, got 0.5; correct it',
    ],
    [
      'a ladder that does not descend',
      { epsilonScaling: { from: 5, factor: 1 } },
      'epsilonScaling.factor: expected a number > 1, got 1; correct it',
    ],
    ['a of another length', { a: [0.5, 0.3, 0.2] }, 'a: expected [length] = [2], or [B, length], got [3]; correct it'],
    ['a negative weight', { a: [1.5, -0.5] }, 'a: expected weights ≥ 0, one of them > 0, got -0.5; correct it'],
    ['no weight at all', { b: [0, 0, 0] }, 'b: expected weights ≥ 0, one of them > 0, got zeros only; correct it'],
    [
      'a batch of weights',
      {
        a: [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
      },
      "a: expected [length], or [B, length] with the costs' B = 1, got B = 2; give one row per batch, or one for all",
    ],
    [
      'masses that differ',
      { a: [0.5, 0.6] },
      'a and b: expected the same sums, where both are prescribed, got 1.1 and 1; ' +
        'divide each by its sum, or set rhoA or rhoB to a finite price',
    ],
    ['start', { start: { g: [1] } }, 'start.g: expected [length] = [3], or [B, length], got [1]; correct it'],
  ])('%s', async (_, wrong, message) => {
    await expect(sinkhorn(cost, { ...options, ...wrong } as SinkhornOptions)).rejects.toMatchObject({
      name: 'InputError',
      message: `sinkhorn: ${message}`,
    });
  });

  test.each<[string, unknown, string]>([
    [
      'a vector',
      [1, 2],
      'cost: expected [n, m] or [B, n, m], got [2]; give arrays nested that deep, or { data, shape }',
    ],
    [
      'rows of different lengths',
      [[1, 2], [3]],
      'cost: expected a tensor, or nested arrays of equal lengths, got arrays of different lengths; correct it',
    ],
    [
      'NaN',
      { data: new Float32Array([1, NaN]), shape: [1, 2] },
      `cost: expected finite numbers, or Infinity for a pair that is forbidden, got NaN at [0][1]; replace it`,
    ],
    [
      'a shape that is not the data’s',
      { data: new Float32Array(5), shape: [2, 3] },
      'cost: expected data, a Float32Array or Float64Array, of as many numbers as shape says, ' +
        'got shape [2, 3] and 5 values; give the shape that the values have',
    ],
    [
      'other columns',
      { x, y: cloud(3, 3, 1) },
      'points: expected as many columns in x as in y, got 2 and 3; give both the same coordinates',
    ],
    [
      'another metric',
      { x, y, metric: 'cosine' },
      'metric: expected squaredEuclidean or dot, got "cosine"; choose one of these, or give the costs themselves',
    ],
    [
      'other batches',
      { x: [x, x], y: [y, y, y] },
      'points: expected the same number of batches in x and y, got 2 and 3; leave the batch out of what all of them share',
    ],
  ])('%s', async (_, wrong, message) => {
    await expect(sinkhorn(wrong as number[][], options)).rejects.toMatchObject({
      name: 'InputError',
      message: `sinkhorn: ${message}`,
    });
  });

  test('values that do not fit the plan', async () => {
    const got = await sinkhorn({ x, y }, options);
    await expect(got.apply([1, 2])).rejects.toThrow(
      'apply: expected [5], or that with columns, got [2]; give one value, or one row of values, per point',
    );
    await expect(got.applyTransposed(y)).rejects.toThrow(
      'applyTransposed: expected [6], or that with columns, got [5, 2]',
    );
  });

  test('one of x and y a tensor; tensors with NaN, which are not read', async () => {
    expect(await startBackend('cpu')).toBe(true);
    await watched(async () => {
      const given = onBackend('cpu', () => ({ x: tf.tensor2d(x), y: tf.tensor2d(y), bad: tf.tensor2d([[1, NaN]]) }));
      await expect(sinkhorn({ x: given.x, y }, options)).rejects.toThrow(
        'sinkhorn: points: expected x and y both as arrays, or both as tensors, got x alone as a tensor; ' +
          'make a tensor of the other, or read this one',
      );
      await expect(sinkhornAt(tensors('cpu'), given.bad, options)).rejects.toThrow(
        'sinkhorn: costs: expected finite numbers, got NaN',
      );
      tf.dispose(given);
    });
  });
});

describe('how it ends', () => {
  test('out of iterations: with what is there, and what to do', async () => {
    const got = await sinkhorn({ x, y }, { epsilon: 0.05, maxIterations: 3 });
    expect([got.status, got.iterations]).toEqual(['maxIterations', [3]]);
    expect(got.remedy).toMatch(
      /^the marginals are off by 0\.\d+ of the mass; raise maxIterations or epsilon, or start from this solution$/,
    );
    expectAllWithin(got.masses.a, new Float64Array(6).fill(1 / 6), 1e-15);
  });

  test('a tolerance that nothing resolves', async () => {
    expect(await startBackend('cpu')).toBe(true);
    const far = range(8).map((i) => range(8).map((j) => 1000 + Math.fround(((i * 7 + j * 5) % 11) * 1.1)));
    const tight = { epsilon: 0.05, tolerance: 1e-14 };
    const single = await sinkhornAt(tensors('cpu'), far, tight);
    expect([single.status, single.precision]).toEqual(['precision', 'float32']);
    expect(single.remedy).toMatch(/^float32 resolves these marginals to .* give arrays with backend: 'cpu', which is/);
    const double = await sinkhorn(far, { ...tight, tolerance: 1e-20 });
    expect(double.remedy).toMatch(
      /^float64 resolves these marginals to \S+ of the mass at this epsilon; raise epsilon/,
    );
    expectWithin(single.cost, double.cost, 1e-3);
  });

  test('aborted: with what is there; before anything is, by rejecting', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const got = await sinkhorn(
      { x, y },
      {
        epsilon: 0.05,
        tolerance: 1e-12,
        signal: controller.signal,
        onProgress: ({ iteration }) => {
          seen.push(iteration);
          if (iteration === 4) controller.abort();
        },
      },
    );
    expect([got.status, got.remedy.split(';')[1]]).toEqual(['aborted', ' start from this solution to go on']);
    expect(seen.length).toBeLessThan(7);
    expect((await got.plan()).data.every(Number.isFinite)).toBe(true);
    await expect(sinkhorn({ x, y }, { ...options, signal: controller.signal })).rejects.toThrow('aborted');
  });

  test('progress tells of every iteration, larger epsilons first', async () => {
    const steps: SinkhornProgress[] = [];
    const ladder = { from: 1, factor: 2 };
    const got = await sinkhorn(
      { x, y },
      { epsilon: 0.2, epsilonScaling: ladder, onProgress: (step) => steps.push(step) },
    );
    expect(steps.map(({ iteration }) => iteration)).toEqual(range(got.iterations[0]).map((at) => at + 1));
    expect([...new Set(steps.map(({ epsilon }) => epsilon))]).toEqual([1, 0.5, 0.25, 0.2]);
    expect(steps.at(-1)).toMatchObject({ remaining: 0 });
    expect(steps.at(-1)!.error).toBeLessThanOrEqual(1e-6);
  });

  test('of the divergence progress says of which problem', async () => {
    const of: string[] = [];
    await sinkhornDivergence(x, y, { ...options, onProgress: (step) => of.push(step.of) });
    expect([...new Set(of)]).toEqual(['xy', 'xx', 'yy']);
  });
});

describe('forms of input', () => {
  test('typed arrays, nested ones and tensors in the host’s memory are the same problem, in float64', async () => {
    expect(await startBackend('cpu')).toBe(true);
    await watched(async () => {
      const nested = await sinkhorn({ x, y }, options);
      const flat = (rows: number[][]): { data: Float32Array; shape: number[] } => ({
        data: Float32Array.from(rows.flat()),
        shape: [rows.length, 2],
      });
      const typed = await sinkhorn({ x: flat(x), y: flat(y) }, options);
      const tensors = onBackend('cpu', () => ({ x: tf.tensor2d(x), y: tf.tensor2d(y), a: tf.fill([6], 1 / 6) }));
      const read = await sinkhorn({ x: tensors.x, y: tensors.y }, { ...options, a: tensors.a });
      expect(typed.f).toEqual(nested.f);
      expect([read.precision, read.backend]).toEqual(['float64', 'cpu']);
      expectAllWithin(read.f, nested.f, 1e-5);
      const v = onBackend('cpu', () => tf.ones([5]));
      const pushed = await read.apply(v);
      expect(pushed.shape).toEqual([6]);
      expectAllWithin(await pushed.data(), read.masses.a, 1e-7);
      tf.dispose([tensors, v, pushed]);
    });
  });

  test('what was given may change afterwards', async () => {
    const data = Float64Array.from(cost.flat());
    const got = await sinkhorn({ data, shape: [2, 3] }, options);
    const before = await got.plan();
    data.fill(7);
    expect(await got.plan()).toEqual(before);
  });

  test('the backend webgpu or one that is unknown is refused as everywhere', async () => {
    await expect(sinkhorn(cost, { ...options, backend: 'abacus' as never })).rejects.toThrow(
      'backend: expected a usable one of auto',
    );
  });
});
