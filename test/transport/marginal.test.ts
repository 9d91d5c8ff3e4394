import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Moments } from '../../src/sweep/moments.js';
import { marginalSolver, type Marginal } from '../../src/transport/marginal.js';
import { expectAllWithin, expectWithin } from '../within.js';

const withMass = (mass: Float64Array, objective = 0): Moments => ({
  weight: 1,
  objective,
  mass,
  quadratic: [],
});

describe('free', () => {
  const solver = marginalSolver({ kind: 'free' }, 2);
  const side = solver.start(Float64Array.of(0.25, 0.75));

  test('starts at the weights given, with no potential', () => {
    expect(side).toEqual({ weights: Float64Array.of(0.25, 0.75), potential: new Float64Array(2) });
  });

  test('one sweep is enough: F is what the sweep found', async () => {
    const moments = { ...withMass(Float64Array.of(3, 1), 8), weight: 4 };
    const inner = { sweep: () => expect.fail('swept again'), epsilon: 1, tolerance: 0 };
    expect(await solver.solve({ side, moments }, inner)).toEqual({ side, moments, objective: 2, error: 0 });
  });

  test('weights are the column masses over their sum, whatever that is', () => {
    const masses = fc.array(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(masses, (mass) => {
        const { weights, potential } = solver.advance({ side, moments: withMass(Float64Array.from(mass)) }, []);
        const total = mass.reduce((sum, one) => sum + one, 0);
        expectWithin(
          weights.reduce((sum, one) => sum + one, 0),
          1,
          1e-14,
        );
        expectAllWithin(
          weights,
          mass.map((one) => one / total),
          1e-15,
        );
        expect(potential).toEqual(new Float64Array(mass.length));
      }),
    );
  });

  test('a component without mass has weight 0, one that starts again half an equal share', () => {
    const swept = { side, moments: withMass(Float64Array.of(0, 3, 1)) };
    expect(Array.from(solver.advance(swept, []).weights)).toEqual([0, 0.75, 0.25]);
    expectAllWithin(solver.advance(swept, [0]).weights, [1 / 6, (0.75 * 5) / 6, (0.25 * 5) / 6], 1e-15);
  });
});

describe('mistakes are one clear line', () => {
  const wrong = (weights: unknown): Marginal => ({ kind: 'fixed', weights: weights as number[] });
  const expected = 'marginal.weights: expected 2 positive numbers that sum to 1, one per component, got ';
  test.each<[string, Marginal, string]>([
    [
      'too many proportions',
      wrong([0.5, 0.3, 0.2]),
      `${expected}3: 0.5, 0.3, 0.2, sum 1; give every component its share`,
    ],
    ['too few', wrong([1]), `${expected}1: 1, sum 1; give every component its share`],
    ['a negative one', wrong([1.5, -0.5]), `${expected}2: 1.5, -0.5, sum 1.5; fit fewer components`],
    ['one that is 0', wrong([1, 0]), `${expected}2: 1, 0, sum 1; fit fewer components where one is to hold nothing`],
    ['NaN', wrong([0.5, NaN]), `${expected}2: 0.5, NaN, sum 0.5; fit fewer`],
    ['text', wrong(['0.5', '0.5']), `${expected}2: "0.5", "0.5", sum 0; fit fewer`],
    ['a sum that is not 1', wrong([0.5, 0.6]), `${expected}2: 0.5, 0.6, sum 1.1; give every`],
    ['none at all', wrong(undefined), `${expected}none; give every component its share`],
    [
      'no rho',
      { kind: 'relaxed', weights: [0.5, 0.5] } as unknown as Marginal,
      'marginal.rho: expected a finite number > 0, nats, got undefined; use 1 to begin with',
    ],
    [
      'rho 0',
      { kind: 'relaxed', weights: [0.5, 0.5], rho: 0 },
      'marginal.rho: expected a finite number > 0, nats, got 0;',
    ],
    ['a negative rho', { kind: 'relaxed', weights: [0.5, 0.5], rho: -1 }, 'got -1; use 1'],
    ['NaN for rho', { kind: 'relaxed', weights: [0.5, 0.5], rho: NaN }, 'got NaN; use 1'],
    [
      'infinite rho',
      { kind: 'relaxed', weights: [0.5, 0.5], rho: Infinity },
      "got Infinity; use 1 to begin with, more to draw harder, or { kind: 'fixed' } for the limit",
    ],
    [
      'an unknown kind',
      { kind: 'loose' } as unknown as Marginal,
      "marginal: expected { kind: 'free' | 'fixed' | 'relaxed' }, got {\"kind\":\"loose\"}; use { kind: 'free' }",
    ],
  ])('%s', (_, marginal, message) => {
    expect(() => marginalSolver(marginal, 2)).toThrow(message);
  });

  test('a sum within 1e-6 of 1 is made 1', () => {
    const { weights } = marginalSolver(wrong([0.25, 0.7500005]), 2).start(Float64Array.of(0.5, 0.5));
    expectWithin(weights[0] + weights[1], 1, 1e-15);
    expectWithin(weights[1] / weights[0], 0.7500005 / 0.25, 1e-14);
  });
});
