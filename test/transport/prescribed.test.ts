import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anderson } from '../../src/transport/anderson.js';
import { newton } from '../../src/transport/newton.js';
import { prescribed } from '../../src/transport/prescribed.js';
import { pointAt, type Point, type Prescription } from '../../src/transport/semi-dual.js';
import { mulberry32, normal, sum, transport, uniform } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { sweepsOf, type CountedSolve } from './sweeps.js';

const solvers = { newton, anderson };

/** Rows around centres a distance apart on a line, as costs; proportions that are not theirs. */
function clusters(n: number, k: number, distance: number, seed: number): { cost: number[][]; b: number[] } {
  const random = mulberry32(seed);
  const cost = Array.from({ length: n }, (_, i) => {
    const x = distance * (i % k) + normal(random);
    return Array.from({ length: k }, (__, c) => (x - distance * c) ** 2 / 2);
  });
  const raw = Array.from({ length: k }, () => 0.5 - Math.log(1 - random()));
  return { cost, b: raw.map((value) => value / sum(raw)) };
}

async function solve(solver: typeof newton, inner: CountedSolve, b: number[], rho = Infinity): Promise<Point> {
  const prescription: Prescription = { weights: Float64Array.from(b), rho };
  const side = { weights: prescription.weights, potential: new Float64Array(b.length) };
  return solver(pointAt(prescription, await inner.sweep(side)), prescription, inner);
}

const planOf = ({ side }: Point, cost: number[][], a: number[], epsilon: number): number[][] =>
  cost.map((row, i) => {
    const shares = row.map((c, k) => side.weights[k] * Math.exp((side.potential[k] - c) / epsilon));
    return shares.map((share) => (a[i] * share) / sum(shares));
  });

describe.each(Object.entries(solvers))('%s', (name, solver) => {
  test('finds what POT prints for two points and for five', async () => {
    const half = [0.5, 0.5];
    const square = [[0, 1], [1, 0]]; // prettier-ignore
    const two = await solve(solver, sweepsOf(square, half), half);
    expectAllWithin(planOf(two, square, half, 1).flat(), [0.36552929, 0.13447071, 0.13447071, 0.36552929], 5e-9);

    const a = [0.3, 0.4, 0.1, 0.1, 0.1];
    const cost = [[0.1, 0.2, 0.3], [0.2, 0.3, 0.4], [0.4, 0.3, 0.2], [0.3, 0.2, 0.1], [0.5, 0.5, 0.4]]; // prettier-ignore
    const five = await solve(solver, sweepsOf(cost, a, { epsilon: 0.1, tolerance: 1e-12 }), [0.4, 0.5, 0.1]);
    const plan = planOf(five, cost, a, 0.1);
    const printed = [
      ...[0.15387266, 0.13773501, 0.00839232, 0.20516355, 0.18364669, 0.01118977, 0.00944114, 0.06244482],
      ...[0.02811404, 0.00944114, 0.06244482, 0.02811404, 0.0220815, 0.05372866, 0.02418983],
    ];
    expectAllWithin(plan.flat(), printed, 5e-9);
    expectWithin(sum(plan.map((row, i) => sum(row.map((p, k) => p * cost[i][k])))), 0.2399010252, 5e-11);
  });

  test('meets the proportions and finds the oracle’s F and potential, at any temperature and ρ', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(0.5, 2),
        fc.constantFrom(0.5, 1, 3),
        fc.constantFrom(0.01, 0.3, 1, 30, Infinity),
        async (seed, k, distance, epsilon, rho) => {
          const { cost, b } = clusters(40, k, distance, seed);
          const a = uniform(40);
          const found = await solve(solver, sweepsOf(cost, a, { epsilon, tolerance: 1e-9 }), b, rho);
          const oracle = transport(cost, a, b, { epsilon, rho });
          expect(found.error).toBeLessThanOrEqual(1e-9);
          expectWithin(found.value, oracle.objective, 1e-8, 'F');
          expectAllWithin(found.mass, oracle.mass, 1e-8, 'mass');
          expectAllWithin(found.side.potential, oracle.g, 1e-5, 'potential');
        },
      ),
      { numRuns: 40 },
    ));

  test('starts from sweeps of any weight, and leaves a potential that is right alone', async () => {
    const { cost, b } = clusters(50, 3, 2, 3);
    const inner = sweepsOf(cost, uniform(50).map((share) => share * 1e4)); // prettier-ignore
    const found = await solve(solver, inner, b);
    const before = inner.count();
    expect(await solver(found, { weights: found.side.weights, rho: Infinity }, inner)).toBe(found);
    expect(inner.count()).toBe(before);
    expect(found.error).toBeLessThanOrEqual(1e-10);
  });

  test('a component that no row is anywhere near gets its rows', async () => {
    // 5000 nats away: its mass is 0 in floating point.
    const cost = clusters(60, 2, 3, 4).cost.map(([one, two], i) => [one, two, 5000 + (i % 7)]);
    const b = [0.5, 0.3, 0.2];
    const inner = sweepsOf(cost, uniform(60), { tolerance: 1e-7 });
    const found = await solve(solver, inner, b);
    expect(found.error).toBeLessThanOrEqual(1e-7);
    expect(inner.count(), name).toBeLessThan(name === 'newton' ? 40 : 400);
  });
});

describe('newton', () => {
  test.each([2, 5, 8, 12])('takes few sweeps where Sinkhorn takes hundreds, clusters %d apart', async (distance) => {
    const { cost, b } = clusters(300, 6, distance, 5);
    const inner = sweepsOf(cost, uniform(300), { tolerance: 1e-6 });
    const { error } = await solve(newton, inner, b);
    expect(error).toBeLessThanOrEqual(1e-6);
    expect(inner.count()).toBeLessThanOrEqual(25);
  });

  test('never lowers D by more than rounding, from any potential', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1000 }),
        fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 4, maxLength: 4 }),
        async (seed, g) => {
          const { cost, b } = clusters(60, 4, 4, seed);
          const prescription = { weights: Float64Array.from(b), rho: Infinity };
          const inner = sweepsOf(cost, uniform(60), { tolerance: 1e-8 });
          const start = await inner.sweep({ weights: prescription.weights, potential: Float64Array.from(g) });
          const from = pointAt(prescription, start);
          const to = await newton(from, prescription, inner);
          expect(to.error).toBeLessThanOrEqual(1e-8);
          expect(to.value).toBeGreaterThanOrEqual(from.value - 1e-6 * Math.max(1, Math.abs(from.value)));
        },
      ),
      { numRuns: 40 },
    ));

  test('stops where mending a bearable error would gain no more than the tolerance, and says where it would go', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(1, 2), async (seed, distance) => {
        const { cost, b } = clusters(200, 4, distance, seed);
        const prescription = { weights: Float64Array.from(b), rho: Infinity };
        const loose = { ...sweepsOf(cost, uniform(200), { tolerance: 1e-4 }), bearable: 1e-2 };
        const found = await solve(newton, loose, b);
        expect(found.error).toBeLessThanOrEqual(1e-2);
        const { objective } = transport(cost, uniform(200), b);
        expectWithin(found.value, objective, 2e-4, 'F'); // D is not quite quadratic
        if (found.error <= 1e-4) return;
        const potential = found.ahead ?? expect.fail('no step ahead');
        const next = pointAt(prescription, await loose.sweep({ weights: prescription.weights, potential }));
        expect(next.error).toBeLessThan(found.error / 2);
      }),
      { numRuns: 40 },
    ));

  test('gives up where sweeps resolve no more, with the best it saw', async () => {
    const { cost, b } = clusters(60, 3, 2, 6);
    const exact = sweepsOf(cost, uniform(60), { tolerance: 0 });
    const random = mulberry32(1);
    const blurred: CountedSolve = {
      ...exact,
      async sweep(side) {
        const { moments } = await exact.sweep(side);
        return { side, moments: { ...moments, mass: moments.mass.map((m) => m * (1 + 1e-6 * (random() - 0.5))) } };
      },
    };
    const { error } = await solve(newton, blurred, b);
    expect(error).toBeLessThan(1e-6);
    expect(exact.count()).toBeLessThan(30);
  });
});

describe('prescribed', () => {
  const weights = Float64Array.of(0.7, 0.2, 0.1);
  const solver = prescribed(weights, Infinity);

  test('starts at b whatever the start’s weights, and keeps to it', () => {
    const side = solver.start(Float64Array.of(0.1, 0.1, 0.8));
    expect(side).toEqual({ weights, potential: new Float64Array(3) });
  });

  test('a component that starts again forgets its potential; b stays', async () => {
    const { cost } = clusters(30, 3, 2, 7);
    const inner = sweepsOf(cost, uniform(30));
    const swept = await inner.sweep({ weights, potential: Float64Array.of(1, -2, 3) });
    expect(solver.advance(swept, [])).toEqual({ weights, potential: Float64Array.of(1, -2, 3) });
    expect(solver.advance(swept, [1])).toEqual({ weights, potential: Float64Array.of(1, 0, 3) });
    const ahead = Float64Array.of(2, -1, 4);
    expect(solver.advance({ ...swept, ahead }, [1])).toEqual({ weights, potential: Float64Array.of(2, 0, 4) });
  });

  test('asks for coupling up to 256 components, and for no error as large as the smallest share', () => {
    const uniformly = (k: number) => prescribed(new Float64Array(k).fill(1 / k), Infinity);
    expect([uniformly(256).coupling, uniformly(257).coupling]).toEqual([true, false]);
    expect([uniformly(2).loosest, uniformly(256).loosest]).toEqual([1e-2, 1 / 512]);
  });
});
