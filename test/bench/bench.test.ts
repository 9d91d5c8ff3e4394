/** The bench's own parts, at sizes that take no time. */
import { beforeAll, describe, expect, test } from 'vitest';
import { checkDevice } from '../../bench/check.js';
import { benchFit, fitTable } from '../../bench/fit.js';
import { median, timeIterations } from '../../bench/iterations.js';
import { operations, problemOf } from '../../bench/problem.js';
import { digits, table } from '../../bench/table.js';
import { startBackend } from '../../kernels/engine.js';
import type { Device } from '../../src/backend/backend.js';
import { constrain, em, type Covariance } from '../oracle/index.js';
import { expectWithin } from '../within.js';
import { simd } from '../devices.js';
import { cpuDevice } from '../../src/backend/cpu.js';

const devices: Record<string, Device> = {
  'SIMD, one thread': simd(1),
  'SIMD, two threads': simd(2),
  'tensors on cpu': cpuDevice(),
};

beforeAll(async () => {
  await startBackend('cpu');
});

describe('what is timed', () => {
  describe.each(Object.entries(devices))('%s', (_, device) => {
    test.each<Covariance>(['full', 'tied', 'diag', 'spherical'])(
      '%s: so many EM iterations from the start, as the oracle makes them',
      async (covariance) => {
        const problem = problemOf({ covariance, n: 400, d: 3, k: 3 });
        const measured = await timeIterations(problem, device, 3, true);
        const x = Array.from({ length: problem.n }, (__, row) => [...problem.data.subarray(row * 3, row * 3 + 3)]);
        const options = { covariance, regularization: 1e-6, maxIterations: 3, tolerance: -Infinity };
        const { objective } = em(x, constrain(problem.start, covariance), options);
        expectWithin(measured.objective, -(objective.at(-1) ?? NaN), 3e-6, 'mean log-likelihood');
        expect(measured.seconds).toBeGreaterThan(0);
        expect(measured.seeding).toBeGreaterThan(0);
      },
    );

    test('passes the check that comes before the clock', () => checkDevice(device));
  });

  test('a problem is the same every time', () => {
    const size = { covariance: 'full', n: 50, d: 2, k: 3 } as const;
    expect(problemOf(size)).toEqual(problemOf(size));
    expect(problemOf(size, 2).data).not.toEqual(problemOf(size).data);
  });

  test('operations: 4 P K a row with P = (D + 1)(D + 2)/2 for matrices, else 8 D K', () => {
    expect(operations({ covariance: 'full', n: 10, d: 16, k: 4 })).toBe(10 * 4 * 153 * 4);
    expect(operations({ covariance: 'diag', n: 10, d: 16, k: 4 })).toBe(10 * 8 * 16 * 4);
  });
});

test('whole fits are timed by phase', async () => {
  const results = await benchFit(2000, 1, () => undefined);
  expect(results.map(({ covariance }) => covariance)).toEqual(['full', 'tied', 'diag', 'spherical']);
  for (const { seconds, iterations, objective } of results) {
    expect(Object.keys(seconds)).toEqual(['load', 'seed', 'fit', 'score']);
    expect(Math.min(...Object.values(seconds))).toBeGreaterThan(0);
    expect(iterations).toBeGreaterThan(0);
    expect(objective).toBeLessThan(0);
  }
  expect(fitTable(results).split('\n')).toHaveLength(6);
});

test('median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('table: names to the left, numbers to the right', () => {
  expect(table(['name', 'ms'], [['full', '12.5']])).toBe('name    ms\n----  ----\nfull  12.5');
});

test('digits: as many as asked for, no exponents, a dash for what is missing', () => {
  expect([digits(1234567), digits(0.0123456), digits(12.345, 2), digits(NaN)]).toEqual([
    '1,230,000',
    '0.0123',
    '12',
    '–',
  ]);
});
