import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/errors.js';
import type { Moments } from '../../src/moments.js';
import { marginalSolver, type Marginal } from '../../src/transport/marginal.js';
import { expectAllWithin, expectWithin } from '../within.js';

const withMass = (mass: Float64Array): Moments => ({
  weight: 1,
  objective: 0,
  mass,
  first: new Float64Array(),
  second: new Float64Array(),
});

describe('free', () => {
  const solver = marginalSolver({ kind: 'free' });
  const start = solver.start(Float64Array.of(0.25, 0.75));

  test('starts at the weights given, with no potential', () => {
    expect(start).toEqual({ weights: Float64Array.of(0.25, 0.75), potential: new Float64Array(2), settled: true });
  });

  test('weights are the column masses over their sum, whatever that is; one sweep settles it', () => {
    const masses = fc.array(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(masses, (mass) => {
        const { weights, potential, settled } = solver.update(withMass(Float64Array.from(mass)), start);
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
        expect(settled).toBe(true);
        expect(potential).toEqual(new Float64Array(mass.length));
      }),
    );
  });

  test('a component without mass has weight 0', () => {
    expect(Array.from(solver.update(withMass(Float64Array.of(0, 3, 1)), start).weights)).toEqual([0, 0.75, 0.25]);
  });
});

describe('what this version does not solve', () => {
  test.each([
    { kind: 'fixed', weights: [0.5, 0.5] },
    { kind: 'relaxed', weights: [0.5, 0.5], rho: 1 },
  ] satisfies Marginal[])('$kind is refused', (marginal) => {
    expect(() => marginalSolver(marginal)).toThrow(
      new InputError('unsupported', {
        where: 'marginal',
        expected: "{ kind: 'free' }, the only marginal this version solves",
        got: `{ kind: '${marginal.kind}' }`,
        remedy: "use 'free'; prescribed proportions come with a later version",
      }),
    );
  });

  test('a kind that does not exist is refused', () => {
    expect(() => marginalSolver({ kind: 'loose' } as unknown as Marginal)).toThrow(
      new InputError('option', {
        where: 'marginal',
        expected: "{ kind: 'free' | 'fixed' | 'relaxed' }",
        got: '{"kind":"loose"}',
        remedy: "use { kind: 'free' }",
      }),
    );
  });
});
