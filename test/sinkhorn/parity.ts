/**
 * One suite for every place: solutions against the float64 oracle. A float32 softmin of costs of size R is wrong by
 * 6e-8 R or so, and masses, exponentials of that over ε, by 6e-8 R/ε relative: tolerances say which.
 */
import { describe, expect, test } from 'vitest';
import { sinkhornAt } from '../../src/sinkhorn/sinkhorn.js';
import { divergenceAt } from '../../src/sinkhorn/divergence.js';
import { divergence, entropicTransport, squaredDistances, type TransportProblem } from '../oracle/sinkhorn.js';
import { cases, combinations, grouped, size } from '../cases.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { add, cloud, range, rowsOf, turned, watched, weights, type Where } from './setting.js';

type Solution = Awaited<ReturnType<typeof sinkhornAt>>;

const largest = (cost: readonly (readonly number[])[]): number => Math.max(...cost.flat().map(Math.abs));

/** Holds a solution to the oracle's: all it says, and what `apply` and `plan` make of it. */
async function expectSolved(got: Solution, problem: TransportProblem, precision: number, of = 0): Promise<void> {
  const { cost, a, b, epsilon } = problem;
  const expected = entropicTransport(problem);
  const [n, m] = [a.length, b.length];
  // The oracle's own iterations end 1e-13 of a potential from the solution, or more where they are slow.
  const error = Math.max(1e-9, (40 * precision * largest(cost)) / epsilon);
  const mass = Math.max(1, add(expected.plan.flat()));
  expectWithin(got.costs[of], expected.cost, error * mass * (largest(cost) + epsilon), 'cost');
  expectWithin(got.objectives[of], expected.objective, error * mass * epsilon, 'objective');
  const plan = rowsOf(await got.plan()).slice(of * n, (of + 1) * n);
  const most = Math.max(...expected.plan.flat());
  range(n).forEach((i) => expectAllWithin(plan[i], expected.plan[i], error * most, `plan of row ${i}`));
  const [rows, columns] = [expected.plan.map(add), turned(expected.plan).map(add)];
  expectAllWithin(got.masses.a.subarray(of * n, (of + 1) * n), rows, error * Math.max(...rows), 'row sums');
  expectAllWithin(got.masses.b.subarray(of * m, (of + 1) * m), columns, error * Math.max(...columns), 'column sums');
}

async function expectApplies(got: Solution, precision: number, epsilon: number, reach: number): Promise<void> {
  const plan = rowsOf(await got.plan());
  const [n, m] = got.shape.slice(-2);
  const v = range(m).map((j) => [Math.sin(j), 1, j / m, Math.cos(3 * j), -1, j % 2]);
  const error =
    Math.max(1e-12, (40 * precision * reach) / epsilon) * Math.max(...plan.map(add), ...turned(plan).map(add));
  const forward = await got.apply(v);
  expect(forward.shape).toEqual([n, 6]);
  plan.forEach((row, i) => {
    const expected = range(6).map((c) => add(row.map((p, j) => p * v[j][c])));
    expectAllWithin(forward.data.subarray(6 * i, 6 * i + 6), expected, error, `P v, row ${i}`);
  });
  const u = range(n).map((i) => 1 + Math.sin(2 * i));
  const back = await got.applyTransposed(u);
  expect(back.shape).toEqual([m]);
  const expected = turned(plan).map((column) => add(column.map((p, i) => p * u[i])));
  expectAllWithin(back.data, expected, 3 * error, 'transposed');
}

const marginals = [
  ['balanced', {}],
  ['semi-relaxed', { rhoB: 0.7 }],
  ['semi-relaxed on the other side', { rhoA: 2 }],
  ['free columns', { rhoB: 0 }],
  ['unbalanced', { rhoA: 1.5, rhoB: 0.4 }],
] as const;

interface Problem {
  readonly title: string;
  readonly n: number;
  readonly m: number;
  /** Of points; a matrix of costs has none. */
  readonly d?: number;
  readonly epsilon: number;
}

const matrix = (n: number, m: number, epsilon: number): Problem => ({
  title: `a matrix ${n} × ${m} at epsilon ${epsilon}`,
  ...{ n, m, epsilon },
});

const points = (n: number, m: number, d: number, epsilon: number): Problem => ({
  title: `points ${n} × ${m} in ${d} dimensions at epsilon ${epsilon}`,
  ...{ n, m, d, epsilon },
});

const problems: readonly Problem[] = [
  ...[matrix(1, 1, 0.5), matrix(3, 5, 0.3), matrix(33, 40, 1), matrix(70, 129, 2)],
  ...[points(1, 4, 1, 0.5), points(40, 33, 3, 1), points(65, 300, 2, 1), points(33, 31, 70, 60)],
];

/** Solves a problem of one kind of marginals, and holds all it gives to the oracle. */
async function solves(
  { device, precision }: Where,
  { n, m, d, epsilon }: Problem,
  rho: (typeof marginals)[number][1],
): Promise<void> {
  const [x, y] = [cloud(n, d ?? 2, 1), cloud(m, d ?? 2, 2, 0.5)];
  const cost = squaredDistances(x, y);
  const [a, b] = [weights(n, 3, n > 3), weights(m, 4, d === undefined && m > 3)];
  const got = await sinkhornAt(device(), d === undefined ? cost : { x, y }, {
    a,
    b,
    epsilon,
    tolerance: toleranceOf(precision),
    ...rho,
  });
  expect(got.remedy).toBe('');
  await expectSolved(got, { cost, a, b, epsilon, ...rho }, precision);
  await expectApplies(got, precision, epsilon, largest(cost));
  got.dispose();
}

const toleranceOf = (precision: number): number => (precision < 1e-10 ? 1e-11 : 1e-5);

export function describeSinkhorn(name: string, { device, precision }: Where): void {
  const tolerance = toleranceOf(precision);

  describe(`${name}: published values`, () => {
    test('two points each', async () => {
      const cost = [
        [0, 1],
        [1, 0],
      ];
      const got = await sinkhornAt(device(), cost, { epsilon: 1, tolerance });
      expectAllWithin((await got.plan()).data, [0.36552929, 0.13447071, 0.13447071, 0.36552929], 5e-9 + 4 * precision);
      expectWithin(got.cost, 0.26894142137, 5e-12 + 4 * precision);
      got.dispose();
    });

    test('five points and three', async () => {
      const [a, b] = [
        [0.3, 0.4, 0.1, 0.1, 0.1],
        [0.4, 0.5, 0.1],
      ];
      const cost = [
        [0.1, 0.2, 0.3],
        [0.2, 0.3, 0.4],
        [0.4, 0.3, 0.2],
        [0.3, 0.2, 0.1],
        [0.5, 0.5, 0.4],
      ];
      const got = await sinkhornAt(device(), cost, { a, b, epsilon: 0.1, tolerance });
      const expected = [
        [0.15387266, 0.13773501, 0.00839232],
        [0.20516355, 0.18364669, 0.01118977],
        [0.00944114, 0.06244482, 0.02811404],
        [0.00944114, 0.06244482, 0.02811404],
        [0.0220815, 0.05372866, 0.02418983],
      ];
      expectAllWithin((await got.plan()).data, expected.flat(), 5e-9 + 20 * precision);
      expectWithin(got.cost, 0.2399010252, 5e-11 + 20 * precision);
      got.dispose();
    });
  });

  const table = combinations({ marginal: marginals, problem: problems });
  const chosen = cases(
    table,
    ({ marginal, problem }) => [marginal[0], problem.title],
    ({ problem }) => problem.n * problem.m,
    ({ marginal, problem }) => [marginal[0], problem.d === undefined],
  );
  for (const { level: marginal, cases: some } of grouped(chosen, 'marginal')) {
    describe(`${name}: ${marginal[0]}`, () => {
      for (const { problem } of some) {
        test(problem.title, () => watched(() => solves({ device, precision }, problem, marginal[1])));
      }
    });
  }

  describe(`${name}: besides`, () => {
    test('costs given as features', async () => {
      const [x, y] = [cloud(20, 5, 1), cloud(35, 5, 2)];
      const cost = x.map((row) => y.map((point) => add(row.map((value, k) => value * point[k]))));
      const [a, b] = [weights(20, 3), weights(35, 4, true)];
      const got = await sinkhornAt(device(), { x, y, metric: 'dot' }, { a, b, epsilon: 2, tolerance });
      await expectSolved(got, { cost, a, b, epsilon: 2 }, precision);
      got.dispose();
    });

    test('a batch is its problems, each with weights of its own', async () => {
      const [batches, n, m] = [3, 9, 14];
      const x = range(batches).map((s) => cloud(n, 2, s));
      const y = range(batches).map((s) => cloud(m, 2, 10 + s, s));
      const a = range(batches).map((s) => weights(n, 20 + s, s === 1));
      const b = weights(m, 30);
      const costs = x.map((_, s) => squaredDistances(x[s], y[s]));
      for (const given of [{ x, y }, costs]) {
        const got = await sinkhornAt(device(), given, { a, b, epsilon: 1, tolerance });
        expect([got.shape, got.statuses.length, got.f.length]).toEqual([[batches, n, m], batches, batches * n]);
        for (const s of range(batches))
          await expectSolved(got, { cost: costs[s], a: a[s], b, epsilon: 1 }, precision, s);
        const ones = await got.apply(range(batches).map(() => range(m).map(() => 1)));
        expectAllWithin(ones.data, a.flat(), 1e-12 + 20 * precision);
        expect(() => got.cost).toThrow(
          'sinkhorn: cost: expected one problem, got 3; read costs, which has one of each',
        );
        got.dispose();
      }
    });

    test('far from the origin', async () => {
      const [x, y] = [cloud(30, 3, 1), cloud(20, 3, 2)];
      const away = (points: number[][], by: number): number[][] => points.map((row) => row.map((value) => value + by));
      const near = await sinkhornAt(device(), { x, y }, { epsilon: 1, tolerance });
      const far = await sinkhornAt(device(), { x: away(x, 1e6), y: away(y, 1e6) }, { epsilon: 1, tolerance });
      // Float64 holds coordinates there to 1e-10.
      expectWithin(far.cost, near.cost, 1e-7 + 1e3 * precision);
      expectAllWithin((await far.plan()).data, (await near.plan()).data, 1e-9 + precision, 'plan');
      near.dispose();
      far.dispose();
    });

    test('epsilon hundreds of times below the range of costs: no NaN, and marginals to what the precision resolves', async () => {
      const n = size(60, 24);
      const [x, y] = [cloud(n, 2, 1), cloud(n, 2, 2, 0.5)];
      const cost = squaredDistances(x, y);
      const epsilon = largest(cost) / size(1000, 250);
      const expected = entropicTransport({ cost, a: weights(n, 3, true), b: weights(n, 4), epsilon });
      for (const given of [cost, { x, y }]) {
        const options = { a: weights(n, 3, true), b: weights(n, 4), epsilon, tolerance: 1e-7 };
        const got = await sinkhornAt(device(), given, options);
        expect(['converged', 'precision']).toContain(got.status);
        expect([...got.f, ...got.g, ...(await got.plan()).data].every(Number.isFinite)).toBe(true);
        expect(Math.max(...got.marginalErrors.a, ...got.marginalErrors.b)).toBeLessThan(1e-7 + 4e3 * precision);
        expectWithin(got.cost, expected.cost, expected.cost * (1e-6 + 4e3 * precision));
        got.dispose();
      }
    });

    test('the divergence of two clouds', async () => {
      const [x, y] = [cloud(25, 2, 1), cloud(40, 2, 2, 1)];
      const [a, b] = [weights(25, 3, true), weights(40, 4)];
      for (const rho of [Infinity, 3]) {
        await watched(async () => {
          const got = await divergenceAt(device(), x, y, { a, b, epsilon: 1, rho, tolerance });
          expect(got.status).toBe('converged');
          expectWithin(got.value, divergence(x, y, { a, b, epsilon: 1, rho }), 1e-8 + 400 * precision);
        });
      }
    });
  });
}
