/** What holds of any transport problem, on random ones; the seed is printed where one fails. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sinkhorn, sinkhornDivergence } from '../../src/sinkhorn/sinkhorn.js';
import { entropicTransport, exactAssignment, objectiveOf, squaredDistances } from '../oracle/sinkhorn.js';
import { size } from '../cases.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { add, cloud, range, rowsOf, turned, weights } from './setting.js';

const some = { numRuns: size(25, 10), seed: 11 };
const side = fc.integer({ min: 1, max: 12 });
const seed = fc.integer({ min: 1, max: 1000 });
const epsilon = fc.constantFrom(0.1, 0.5, 2, 20);
const problem = fc.record({ n: side, m: side, s: seed, epsilon });
const made = ({
  n,
  m,
  s,
}: {
  n: number;
  m: number;
  s: number;
}): { x: number[][]; y: number[][]; a: number[]; b: number[] } => ({
  x: cloud(n, 2, s),
  y: cloud(m, 2, s + 5000, 0.3),
  a: weights(n, s, n > 3),
  b: weights(m, s + 1),
});

describe('sinkhorn', () => {
  test('keeps prescribed marginals, to the tolerance', async () => {
    await fc.assert(
      fc.asyncProperty(problem, fc.constantFrom(1e-3, 1e-6, 1e-9), async (size, tolerance) => {
        const { x, y, a, b } = made(size);
        const got = await sinkhorn({ x, y }, { a, b, epsilon: size.epsilon, tolerance, maxIterations: 20_000 });
        expect(got.status).toBe('converged');
        const plan = rowsOf(await got.plan());
        expectAllWithin(plan.map(add), a, 1e-13);
        const columns = turned(plan).map(add);
        expect(add(columns.map((mass, j) => Math.abs(mass - b[j])))).toBeLessThanOrEqual(
          tolerance * (1 + 1e-6) + 1e-13,
        );
        expectAllWithin(got.masses.b, columns, 1e-12);
      }),
      some,
    );
  });

  test('x and y exchanged exchange f and g', async () => {
    await fc.assert(
      fc.asyncProperty(problem, fc.constantFrom(Infinity, 2), async (size, rhoA) => {
        const { x, y, a, b } = made(size);
        const shared = { epsilon: size.epsilon, tolerance: 1e-11, maxIterations: 20_000 };
        const one = await sinkhorn({ x, y }, { ...shared, a, b, rhoA });
        const two = await sinkhorn({ x: y, y: x }, { ...shared, a: b, b: a, rhoB: rhoA });
        const error = 1e-7 * Math.max(1, ...one.f.map(Math.abs), ...one.g.map(Math.abs));
        expectAllWithin(one.f, two.g, error, 'f');
        expectAllWithin(one.g, two.f, error, 'g');
        expectWithin(one.cost, two.cost, 1e-8 * (1 + one.cost));
      }),
      some,
    );
  });

  test('no plan with these marginals is better', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async (size) => {
        const { x, y, a, b } = made(size);
        const cost = squaredDistances(x, y);
        const given = { cost, a, b, epsilon: size.epsilon };
        const got = await sinkhorn(cost, { a, b, epsilon: size.epsilon, tolerance: 1e-10, maxIterations: 20_000 });
        expectWithin(got.objective, objectiveOf(given, rowsOf(await got.plan())), 1e-7);
        const independent = a.map((p) => b.map((q) => p * q));
        expect(got.objective).toBeLessThanOrEqual(objectiveOf(given, independent) + 1e-9);
      }),
      some,
    );
  });

  test('a constant added to all costs is added to the cost, and to the sum of the potentials alone', async () => {
    await fc.assert(
      fc.asyncProperty(problem, fc.double({ min: -1e3, max: 1e3, noNaN: true }), async (size, constant) => {
        const { x, y, a, b } = made(size);
        const cost = squaredDistances(x, y);
        const options = { a, b, epsilon: size.epsilon, tolerance: 1e-10, maxIterations: 20_000 };
        const one = await sinkhorn(cost, options);
        const two = await sinkhorn(
          cost.map((row) => row.map((c) => c + constant)),
          options,
        );
        expectWithin(two.objective, one.objective + constant, 1e-8 * (1 + Math.abs(constant)));
        expectAllWithin((await two.plan()).data, (await one.plan()).data, 1e-8);
        expectAllWithin(
          two.f.map((value) => value - constant / 2),
          one.f,
          1e-6 * (1 + Math.max(...cost.flat())),
        );
      }),
      some,
    );
  });

  test('potentials have equal means where both marginals are prescribed', async () => {
    const { x, y, a, b } = made({ n: 9, m: 7, s: 3 });
    const got = await sinkhorn({ x, y }, { a, b, epsilon: 1 });
    expectWithin(add(a.map((w, i) => w * got.f[i])), add(b.map((w, j) => w * got.g[j])), 1e-12);
  });

  test('epsilon to 0 tends to the exact optimum from above, by no more than ε log n', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 7 }), seed, async (n, s) => {
        const cost = squaredDistances(cloud(n, 2, s), cloud(n, 2, s + 1));
        const exact = exactAssignment(cost);
        let before = Infinity;
        for (const e of [1, 0.1, 0.02]) {
          const got = await sinkhorn(cost, { epsilon: e, tolerance: 1e-9, maxIterations: 100_000 });
          expect(got.status).toBe('converged');
          expect(got.cost).toBeGreaterThan(exact - 1e-6);
          expect(got.cost).toBeLessThanOrEqual(exact + e * Math.log(n) + 1e-6);
          expect(got.cost).toBeLessThanOrEqual(before + 1e-6);
          before = got.cost;
        }
      }),
      { ...some, numRuns: size(10, 4) },
    );
  });

  test('rho to infinity tends to the prescribed marginal, rho to 0 to the free one', async () => {
    const { x, y, a, b } = made({ n: 8, m: 6, s: 4 });
    const shared = { a, b, epsilon: 1, tolerance: 1e-10, maxIterations: 100_000 };
    const [fixed, free] = [await sinkhorn({ x, y }, shared), await sinkhorn({ x, y }, { ...shared, rhoB: 0 })];
    const large = await sinkhorn({ x, y }, { ...shared, rhoB: 1e6 });
    const small = await sinkhorn({ x, y }, { ...shared, rhoB: 1e-6 });
    expectAllWithin(large.masses.b, fixed.masses.b, 1e-5);
    expectAllWithin(small.masses.b, free.masses.b, 1e-5);
    expectWithin(large.cost, fixed.cost, 1e-4);
    expectWithin(small.cost, free.cost, 1e-4);
    // Free columns: every row goes its own way, the potential of columns is 0.
    expect(Math.max(...free.g.map(Math.abs))).toBe(0);
  });

  test('a batch is its problems one by one', async () => {
    const problems = range(4).map((s) => made({ n: 6, m: 9, s: s + 1 }));
    const options = { epsilon: 0.5, tolerance: 1e-9 };
    const [x, y, a, b] = (['x', 'y', 'a', 'b'] as const).map((name) => problems.map((one) => one[name]));
    const all = await sinkhorn({ x, y }, { ...options, a, b });
    for (const [s, one] of problems.entries()) {
      const alone = await sinkhorn({ x: one.x, y: one.y }, { ...options, a: one.a, b: one.b });
      expect([...all.f.subarray(6 * s, 6 * s + 6)]).toEqual([...alone.f]);
      expect([all.costs[s], all.iterations[s]]).toEqual([alone.cost, alone.iterations[0]]);
    }
  });

  test('acceleration and larger epsilons first end at the same solution, and are not behind', async () => {
    await fc.assert(
      fc.asyncProperty(seed, fc.constantFrom(Infinity, 5), async (s, rhoB) => {
        const { x, y, a, b } = made({ n: 30, m: 25, s });
        const options = { a, b, epsilon: 0.15, rhoB, tolerance: 1e-8, maxIterations: 100_000 };
        const fast = await sinkhorn({ x, y }, options);
        const plain = await sinkhorn({ x, y }, { ...options, acceleration: 'none', epsilonScaling: false });
        expect([fast.status, plain.status]).toEqual(['converged', 'converged']);
        expectWithin(fast.objective, plain.objective, 1e-6);
        expect(fast.iterations[0]).toBeLessThan(plain.iterations[0] + 40);
      }),
      { ...some, numRuns: size(10, 4) },
    );
  });

  test('a warm start from a solution takes one iteration', async () => {
    const { x, y, a, b } = made({ n: 30, m: 20, s: 8 });
    const cold = await sinkhorn({ x, y }, { a, b, epsilon: 0.2 });
    const warm = await sinkhorn({ x, y }, { a, b, epsilon: 0.2, start: cold });
    expect(cold.iterations[0]).toBeGreaterThan(5);
    expect([warm.status, warm.iterations]).toEqual(['converged', [1]]);
    expectAllWithin(warm.g, cold.g, 1e-9);
  });

  test('points of no weight change nothing', async () => {
    const { x, y, b } = made({ n: 5, m: 6, s: 9 });
    const options = { b, epsilon: 0.3, tolerance: 1e-10 };
    const without = await sinkhorn({ x, y }, options);
    const far = [...x, [0.1, 0.2], [1e4, -1e4]];
    const got = await sinkhorn({ x: far, y }, { ...options, a: [0.2, 0.2, 0.2, 0.2, 0.2, 0, 0] });
    expectWithin(got.cost, without.cost, 1e-9);
    expect([...got.f, ...got.g].every(Number.isFinite)).toBe(true);
    expect([...(await got.plan()).data.subarray(30)]).toEqual(new Array(12).fill(0));
  });

  test('large clouds are streamed to the same solution', async () => {
    const [n, m] = [1100, 1000]; // more than 2²⁰ pairs
    const [x, y] = [cloud(n, 3, 1), cloud(m, 3, 2, 0.5)];
    const b = weights(m, 3, true);
    const options = { b, epsilon: 2, tolerance: 1e-11 };
    const streamed = await sinkhorn({ x, y }, options);
    const stored = await sinkhorn(squaredDistances(x, y), options);
    expectWithin(streamed.cost, stored.cost, 1e-9);
    expectAllWithin(streamed.g, stored.g, 1e-7);
  });
});

describe('the Sinkhorn divergence', () => {
  test('is not negative, and 0 of a cloud and itself, whatever the order of its points', async () => {
    await fc.assert(
      fc.asyncProperty(problem, fc.constantFrom(Infinity, 3), async (size, rho) => {
        const { x, y, a, b } = made(size);
        const options = { epsilon: size.epsilon, rho, tolerance: 1e-10, maxIterations: 20_000 };
        const apart = await sinkhornDivergence(x, y, { ...options, a, b });
        expect(apart.value).toBeGreaterThan(-1e-9);
        const same = await sinkhornDivergence(x, [...x].reverse(), { ...options, a, b: [...a].reverse() });
        expectWithin(same.value, 0, 1e-8);
      }),
      some,
    );
  });

  test('of two points is their squared distance, whatever epsilon', async () => {
    for (const epsilon of [0.01, 1, 100]) {
      const { value } = await sinkhornDivergence([[1, 2]], [[4, 6]], { epsilon });
      expectWithin(value, 25, 1e-10);
    }
  });

  test('of a cloud moved by t is |t|², where the plan follows', async () => {
    const x = cloud(40, 2, 1);
    const { value } = await sinkhornDivergence(
      x,
      x.map(([p, q]) => [p + 3, q - 4]),
      { epsilon: 0.5, tolerance: 1e-10 },
    );
    expectWithin(value, 25, 1e-7);
  });

  test('symmetric problems agree with ones that are solved as any other', async () => {
    const [x, a] = [cloud(30, 2, 1), weights(30, 2)];
    const own = entropicTransport({ cost: squaredDistances(x, x), a, b: a, epsilon: 0.5 });
    const got = await sinkhornDivergence(x, [[0, 0]], { a, epsilon: 0.5, tolerance: 1e-11 });
    const toPoint = entropicTransport({ cost: squaredDistances(x, [[0, 0]]), a, b: [1], epsilon: 0.5 });
    expectWithin(got.value, toPoint.objective - own.objective / 2, 1e-8);
  });
});
