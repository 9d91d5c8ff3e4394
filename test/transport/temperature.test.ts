import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { temperatures, type EpsilonSchedule } from '../../src/transport/temperature.js';
import { expectWithin } from '../within.js';

describe('temperatures', () => {
  test.each([0, 0.5, 1, 20])('a number is the one temperature: %d', (epsilon) => {
    expect(temperatures(epsilon)).toEqual([epsilon]);
  });

  test('a schedule falls by one factor from stage to stage', () => {
    const stages = temperatures({ from: 16, steps: 5 });
    expect(stages).toHaveLength(5);
    [16, 8, 4, 2, 1].forEach((epsilon, stage) => expectWithin(stages[stage], epsilon, 1e-14));
  });

  test('a schedule has 5 stages unless it says otherwise', () => {
    expect(temperatures({ from: 4 })).toEqual(temperatures({ from: 4, steps: 5 }));
  });

  test('a schedule may rise from below', () => {
    expect(temperatures({ from: 0.25, steps: 3 })).toEqual([0.25, 0.5, 1]);
  });

  test('one stage is at 1', () => {
    expect(temperatures({ from: 4, steps: 1 })).toEqual([1]);
  });

  test('every schedule starts at `from`, ends at exactly 1 and is monotone', () => {
    const from = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(from, fc.integer({ min: 2, max: 30 }), (first, steps) => {
        const stages = temperatures({ from: first, steps });
        expect(stages).toHaveLength(steps);
        expect(stages[0]).toBe(first);
        expect(stages.at(-1)).toBe(1);
        const sign = Math.sign(1 - first);
        stages.slice(1).forEach((epsilon, stage) => {
          expect(sign * (epsilon - stages[stage])).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  test.each([
    [-1, '-1'],
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    ['1', '"1"'],
    [{}, '{}'],
    [{ from: 0 }, '{"from":0}'],
    [{ from: -2, steps: 3 }, '{"from":-2,"steps":3}'],
    [{ from: Infinity }, '{"from":null}'],
    [{ from: '4' }, '{"from":"4"}'],
    [{ from: 4, steps: 0 }, '{"from":4,"steps":0}'],
    [{ from: 4, steps: 2.5 }, '{"from":4,"steps":2.5}'],
    [{ from: 4, steps: NaN }, '{"from":4,"steps":null}'],
  ])('%j is refused', (epsilon, got) => {
    expect(() => temperatures(epsilon as EpsilonSchedule)).toThrow(
      new InputError('option', {
        where: 'epsilon',
        expected: 'a number ≥ 0, or { from, steps } with from > 0 and a whole number of steps ≥ 1',
        got,
        remedy: 'use 1 for maximum likelihood, or a schedule such as { from: 1.5, steps: 5 }',
      }),
    );
  });
});
