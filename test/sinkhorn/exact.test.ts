import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { exactTransport } from '../../src/sinkhorn/exact.js';
import { expectAllWithin, expectWithin } from '../within.js';

interface Problem {
  readonly costs: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** Costs between points of the plane, and weights; `whole` costs and weights have ties everywhere. */
function problem(n: number, m: number, seed: number, whole: boolean): Problem {
  const random = seededRandom(seed);
  const draw = (): number => (whole ? Math.floor(4 * random.uniform()) : random.uniform());
  const [x, y] = [n, m].map((size) => Array.from({ length: size }, () => [draw(), draw()]));
  const costs = Float64Array.from(x.flatMap(([u, v]) => y.map(([s, t]) => (u - s) ** 2 + (v - t) ** 2)));
  const weights = (size: number): Float64Array => {
    const drawn = Float64Array.from({ length: size }, (_, at) => (at % 4 === 3 ? 0 : draw() + 0.25));
    const sum = drawn.reduce((p, q) => p + q, 0);
    return drawn.map((value) => value / sum);
  };
  return { costs, a: weights(n), b: weights(m) };
}

/** Margins hold, and potentials prove that no plan is cheaper. */
function expectOptimal({ costs, a, b }: Problem): void {
  const { plan, cost, f, g } = exactTransport(costs, a, b);
  const m = b.length;
  expectAllWithin(a.map((_, i) => plan.subarray(i * m, (i + 1) * m).reduce((p, q) => p + q, 0)), a, 1e-14); // prettier-ignore
  expectAllWithin(
    b.map((_, j) => a.reduce((sum, __, i) => sum + plan[i * m + j], 0)),
    b,
    1e-14,
  );
  expect(plan.every((mass) => mass >= 0)).toBe(true);
  costs.forEach((price, at) => expect(price - f[Math.floor(at / m)] - g[at % m]).toBeGreaterThan(-1e-12));
  const dual = a.reduce((sum, mass, i) => sum + mass * f[i], 0) + b.reduce((sum, mass, j) => sum + mass * g[j], 0);
  expectWithin(cost, dual, 1e-12 * Math.max(1, cost));
}

describe('exact transport has a dual of the same value', () => {
  const sizes = [[1, 1], [1, 5], [4, 2], [7, 7], [30, 41], [120, 90]]; // prettier-ignore
  test.each(sizes.flatMap(([n, m]) => [false, true].map((whole) => [n, m, whole] as const)))('%i × %i, whole: %s', (n, m, whole) => {
    for (let seed = 0; seed < (n < 50 ? 10 : 1); seed++) expectOptimal(problem(n, m, seed, whole));
  }); // prettier-ignore

  test('of costs that are all equal, and of far larger ones', () => {
    const { a, b } = problem(6, 5, 1, false);
    expectOptimal({ costs: new Float64Array(30).fill(2), a, b });
    const { costs } = problem(6, 5, 2, false);
    const { plan } = exactTransport(costs, a, b);
    expect(exactTransport(costs.map((cost) => cost * 2 ** 60), a, b).plan).toEqual(plan); // prettier-ignore
  });
});

test('between three points worked by hand', () => {
  const { plan, cost } = exactTransport(Float64Array.of(0, 1, 4, 1, 0, 1), [0.5, 0.5], [0.25, 0.25, 0.5]);
  expect(Array.from(plan)).toEqual([0.25, 0.25, 0, 0, 0, 0.5]);
  expect(cost).toBe(0.75);
});

test('of ones is an assignment: the cheapest of all permutations', () => {
  const { costs } = problem(5, 5, 3, false);
  const permutations = (rest: readonly number[]): number[][] =>
    rest.length === 0 ? [[]] : rest.flatMap((one) => permutations(rest.filter((other) => other !== one)).map((more) => [one, ...more])); // prettier-ignore
  const price = (order: readonly number[]): number => order.reduce((sum, j, i) => sum + costs[5 * i + j], 0);
  const { plan, cost } = exactTransport(costs, [1, 1, 1, 1, 1], [1, 1, 1, 1, 1]);
  expectWithin(cost, Math.min(...permutations([0, 1, 2, 3, 4]).map(price)), 1e-15);
  expect(Array.from(plan).sort().slice(-6)).toEqual([0, 1, 1, 1, 1, 1]);
});
