import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_DISTINCT, NumberTally, type NumberFacts } from '../../src/families/column-facts.js';
import { expectWithin } from '../within.js';

function factsOf(...batches: readonly (readonly number[])[]): NumberFacts {
  const tally = new NumberTally();
  for (const batch of batches) tally.add(batch);
  return tally.facts('x');
}

test('counts values, missing ones, and those that differ', () => {
  expect(factsOf([1, NaN, 3], [3, NaN])).toMatchObject({
    kind: 'number', name: 'x', values: 3, missing: 0.4, distinct: 2, whole: true, min: 1, max: 3,
  }); // prettier-ignore
  expect(factsOf([1, 2.5]).whole).toBe(false);
  expect(factsOf([12, 0, -30], [18, 0])).toMatchObject({ step: 6, zeros: 2 });
  expect(factsOf([12, 7])).toMatchObject({ step: 1, zeros: 0 });
  const many = Array.from({ length: 2 * MOST_DISTINCT }, (_, i) => i);
  expect(factsOf(many).distinct).toBe(MOST_DISTINCT);
});

test('of no values, and of values that are all alike, all is finite but the range', () => {
  expect(factsOf([])).toMatchObject({ values: 0, missing: 0, distinct: 0, mean: 0, variance: 0, skewness: 0 });
  expect(factsOf([NaN])).toMatchObject({ values: 0, missing: 1, distinct: 0 });
  expect(factsOf([7, 7, 7])).toMatchObject({ distinct: 1, mean: 7, variance: 0, skewness: 0, min: 7, max: 7 });
});

test('moments are those of two passes, also far from 0, and logarithms are of positive values alone', () => {
  const value = fc.double({ min: -3, max: 8, noNaN: true }).map((x) => (Math.abs(x) < 1e-100 ? 0 : x)); // squares are exact to rounding
  const values = fc.array(value, { minLength: 2, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.constantFrom(0, 10, 1e6), fc.nat(49), (some, shift, cut) => {
      const all = some.map((x) => x + shift);
      const { mean, variance, skewness, logs, min } = factsOf(all.slice(0, cut), all.slice(cut));
      const moment = (list: readonly number[], about: number, order: number): number =>
        list.reduce((sum, x) => sum + (x - about) ** order, 0) / list.length;
      const expected = moment(all, 0, 1);
      const second = moment(all, expected, 2);
      expectWithin(mean, expected, 1e-14 * (10 + shift));
      expectWithin(variance, second, 1e-12 * second + 1e-15 * shift ** 2);
      if (second > 1e-3) expectWithin(skewness, moment(all, expected, 3) / second ** 1.5, shift > 10 ? 1e-4 : 1e-8);
      expect(min).toBe(Math.min(...all));
      expect(logs === undefined).toBe(min <= 0);
      if (!logs) return;
      const logarithms = all.map(Math.log);
      expectWithin(logs.mean, moment(logarithms, 0, 1), 1e-12 * Math.max(...logarithms.map(Math.abs)));
      expectWithin(logs.variance, moment(logarithms, logs.mean, 2), 1e-10 * (1 + logs.variance));
    }),
  );
});
