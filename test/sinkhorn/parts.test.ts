/** The parts of the solver by themselves. */
import { expect, test } from 'vitest';
import { AbsorbedKernel, KernelMemory } from '../../src/geometry/absorbed.js';
import { matrixCosts } from '../../src/geometry/cost-rows.js';
import { expOf, LEAST } from '../../src/geometry/exponential.js';
import { ladder, sinkhornSettings } from '../../src/sinkhorn/settings.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { add, range } from './setting.js';

test('exponentials are good to 1e-14 over their whole range', () => {
  for (let at = 0; at <= 40_000; at++) {
    const x = (LEAST * at) / 40_000;
    expectWithin(expOf(x) / Math.exp(x), 1, 1e-14, `at ${x}`);
  }
});

test('the absorbed kernel is as exact as logarithms, however far potentials jump', () => {
  const [n, m] = [7, 5];
  const cost = Float64Array.from({ length: n * m }, (_, at) => 50 * Math.sin(at * at));
  const [a, b] = [new Float64Array(n).fill(1 / n), Float64Array.of(0.3, 0, 0.2, 0.25, 0.25)];
  const kernel = new AbsorbedKernel(matrixCosts(cost, n, m), a, b, new KernelMemory());
  const exactly = (i: number, g: Float64Array, epsilon: number): number => {
    const gaps = range(m).map((j) => (b[j] > 0 ? cost[i * m + j] - g[j] - epsilon * Math.log(b[j]) : Infinity));
    const least = Math.min(...gaps);
    return least - epsilon * Math.log(add(gaps.map((gap) => Math.exp((least - gap) / epsilon))));
  };
  for (const epsilon of [1, 0.01]) {
    for (const size of [0, 1, 2, 300, 5, 5.001]) {
      const g = Float64Array.from({ length: m }, (_, j) => size * Math.cos(7 * j));
      const got = kernel.rows(g, epsilon);
      expectAllWithin(
        got,
        range(n).map((i) => exactly(i, g, epsilon)),
        1e-11,
        `at ${size}, ε ${epsilon}`,
      );
      const back = kernel.columns(got, epsilon);
      expect(back.every(Number.isFinite)).toBe(true);
    }
  }
});

test('the ladder: from the range down where epsilon is small, unless there is a start', () => {
  const given = (options: object, range: number): number[] =>
    ladder(sinkhornSettings({ epsilon: 1, ...options }, 'sinkhorn'), range);
  expect(given({}, 100)).toEqual([1]);
  expect(given({}, 256)).toEqual([256, 64, 16, 4, 1]);
  expect(given({ start: { g: [0] } }, 256)).toEqual([1]);
  expect(given({ epsilonScaling: false }, 256)).toEqual([1]);
  expect(given({ epsilonScaling: { from: 9, factor: 3 } }, 0)).toEqual([9, 3, 1]);
});
