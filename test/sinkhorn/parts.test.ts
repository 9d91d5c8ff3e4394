/** The parts of the solver by themselves. */
import { describe, expect, test } from 'vitest';
import { AbsorbedKernel, KernelMemory } from '../../src/geometry/absorbed.js';
import { Anderson } from '../../src/sinkhorn/anderson.js';
import { matrixCosts } from '../../src/geometry/cost-rows.js';
import { expOf, LEAST } from '../../src/geometry/exponential.js';
import { Path } from '../../src/sinkhorn/path.js';
import { ladder, sinkhornSettings } from '../../src/sinkhorn/settings.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { add, range } from './setting.js';

test('exponentials are good to 1e-14 over their whole range', () => {
  for (let at = 0; at <= 40_000; at++) {
    const x = (LEAST * at) / 40_000;
    expectWithin(expOf(x) / Math.exp(x), 1, 1e-14, `at ${x}`);
  }
});

describe('Anderson acceleration', () => {
  const rates = [0.99, 0.9, -0.5, 0.3];
  const plain = (x: Float64Array): Float64Array => x.map((value, k) => 1 + rates[k] * (value - 1));

  test('solves a linear problem in few more steps than it has dimensions, where the plain one takes 1400', () => {
    const anderson = new Anderson(new Float64Array(4).fill(1));
    let x = new Float64Array(4);
    for (let step = 0; step < 9; step++) x = Float64Array.from(anderson.next(x, plain(x)));
    expectAllWithin(x, [1, 1, 1, 1], 1e-6);
  });

  test('takes the plain step where there is nothing to learn from', () => {
    const anderson = new Anderson(new Float64Array(2).fill(1));
    const fixed = Float64Array.of(3, 4);
    for (let step = 0; step < 4; step++) expect([...anderson.next(fixed, fixed)]).toEqual([3, 4]);
  });
});

describe('a path', () => {
  const weights = Float64Array.of(1);

  test('goes back to the plain iteration where an accelerated point is worse', () => {
    const path = new Path(weights, true);
    expect([...path.next(Float64Array.of(0), Float64Array.of(1), 1)]).toEqual([1]);
    const [trial] = path.next(Float64Array.of(1), Float64Array.of(1.5), 0.5);
    expectWithin(trial, 2, 1e-9); // where a straight line ends
    expect([...path.next(Float64Array.of(trial), Float64Array.of(9), 0.6)]).toEqual([1.5]);
    // and is plain for one iteration after
    expect([...path.next(Float64Array.of(1.5), Float64Array.of(1.75), 0.4)]).toEqual([1.75]);
  });

  test('waits longer after every failure in a row', () => {
    const path = new Path(weights, true);
    let plain = 0;
    const waits: number[] = [];
    let x = 0;
    for (let step = 0; step < 60 && waits.length < 4; step++) {
      // Every accelerated point is worse: the error falls along the plain iteration alone.
      const reached = (x + 10) / 2;
      const [next] = path.next(Float64Array.of(x), Float64Array.of(reached), 10 - x);
      if (next === reached) plain++;
      else {
        waits.push(plain);
        plain = 0;
        const [back] = path.next(Float64Array.of(next), Float64Array.of(0), 100);
        expect(back).toBe(reached);
        x = back;
        continue;
      }
      x = next;
    }
    expect(waits.slice(1)).toEqual([...waits.slice(1)].sort((u, v) => u - v));
    expect(waits[waits.length - 1]).toBeGreaterThan(waits[1]);
  });

  test('without acceleration is the plain iteration', () => {
    const path = new Path(weights, false);
    expect([...path.next(Float64Array.of(0), Float64Array.of(1), 1)]).toEqual([1]);
    expect([...path.next(Float64Array.of(1), Float64Array.of(1.5), 5)]).toEqual([1.5]);
  });
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
