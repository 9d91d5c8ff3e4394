import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digammaRise, logGamma, logMinusDigamma, logRising } from '../../src/base/special/gamma.js';
import {
  betaShapes,
  gammaShape,
  negativeBinomialSize,
  studentDegrees,
} from '../../src/families/likelihood-equations.js';
import { expectTable } from '../golden/special.js';
import { expectWithin } from '../within.js';

const sizes = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true }).map((power) => 10 ** power);

describe('gammaShape', () => {
  test('agrees with 60 digits', () => {
    expectTable('gammaShape', gammaShape, () => ({ relative: 4e-15 }));
  });

  test('solves its equation', () => {
    fc.assert(fc.property(sizes(-6, 8), (a) => expectWithin(gammaShape(logMinusDigamma(a)) / a, 1, 4e-15)));
  });

  test('is ∞ of values that are all alike, and refuses what no values have', () => {
    expect([gammaShape(0), gammaShape(Infinity)]).toEqual([Infinity, 0]);
    expect(() => gammaShape(-1e-20)).toThrow('gammaShape: expected a difference of logarithms ≥ 0, got -1e-20');
    expect(() => gammaShape(NaN)).toThrow(RangeError);
  });
});

describe('studentDegrees', () => {
  test('agrees with 60 digits', () => {
    const anywhere = { low: 0, high: Infinity };
    expectTable(
      'studentDegrees',
      (c) => studentDegrees(c, anywhere),
      (c) => ({ relative: 1e-15 / (-1 - c) + 4e-15 }),
    );
  });

  test('keeps within its bounds, also where there is no solution', () => {
    expect([studentDegrees(-1.0001), studentDegrees(-1), studentDegrees(3)]).toEqual([200, 200, 200]);
    expect(studentDegrees(-100)).toBe(0.05);
    expect(() => studentDegrees(NaN)).toThrow('studentDegrees: expected a number, got NaN');
  });
});

describe('betaShapes', () => {
  test('solves its equations', () => {
    fc.assert(
      fc.property(sizes(-3, 5), sizes(-3, 5), (a, b) => {
        const [x, y] = betaShapes(-digammaRise(a, b), -digammaRise(b, a));
        // The equations say how wide the distribution is by 1 − e^m − e^n, which is about 1/(2 (a + b)).
        const tolerance = 1e-12 + 1e-13 * (a + b);
        expectWithin(x / a, 1, tolerance, `${a}, ${b}`);
        expectWithin(y / b, 1, tolerance, `${a}, ${b}`);
      }),
      { numRuns: 1000 },
    );
  });

  test('solves them where all values are near 0 or near 1, as deep as the least number', () => {
    fc.assert(
      fc.property(sizes(-2, 2), sizes(2, 200), fc.boolean(), (a, b, swapped) => {
        const [m, n] = [-digammaRise(a, b), -digammaRise(b, a)];
        const [x, y] = swapped ? betaShapes(n, m).toReversed() : betaShapes(m, n);
        // e^m has an error of |m| roundings, and the width is about e^m / (2 a).
        const tolerance = 1e-12 + 1e-14 * -m * (1 + a);
        expectWithin(x / a, 1, tolerance, `${a}, ${b}`);
        expectWithin(y / b, 1, tolerance, `${a}, ${b}`);
      }),
      { numRuns: 1000 },
    );
  });

  test('changes sides with its arguments', () => {
    fc.assert(
      fc.property(sizes(-2, 2), sizes(-2, 2), (a, b) => {
        const [m, n] = [-digammaRise(a, b), -digammaRise(b, a)];
        const [there, back] = [betaShapes(m, n), betaShapes(n, m)];
        expectWithin(there[0] / back[1], 1, 1e-10);
      }),
    );
  });

  test('of uniform values is (1, 1): their mean logarithms are −1', () => {
    const [a, b] = betaShapes(-1, -1);
    expectWithin(a, 1, 1e-14);
    expectWithin(b, 1, 1e-14);
  });

  test.each([
    ['alike', Math.log(0.25), Math.log(0.75)],
    ['positive logarithms', 0, -1],
    ['no numbers', NaN, -1],
  ])('refuses the means of values that are %s', (_, m, n) => {
    expect(() => betaShapes(m, n)).toThrow(
      /^betaShapes: expected means of log x and log \(1 − x\) of values that differ/,
    );
  });
});

describe('negativeBinomialSize', () => {
  /** Probabilities of counts from 0 until hardly any is left. */
  function distribution(mean: number, size: number): { readonly counts: number[]; readonly weights: number[] } {
    const counts: number[] = [];
    const weights: number[] = [];
    for (let x = 0, left = 1; left > 1e-14 && x < 20_000; x++) {
      const log = logRising(size, x) - logGamma(x + 1) - size * Math.log1p(mean / size);
      counts.push(x);
      weights.push(Math.exp(log + x * Math.log(mean / (mean + size))));
      left -= weights[x];
    }
    return { counts, weights };
  }

  test.each([
    [0.3, 0.1],
    [3, 1],
    [100, 3],
    [20, 50],
    [100, 1e3],
  ])('gives mean %d, size %d back from its probabilities', (mean, size) => {
    const { counts, weights } = distribution(mean, size);
    expectWithin(negativeBinomialSize(counts, weights) / size, 1, 1e-7);
  });

  test('only the shares of weights count, and rows in any order', () => {
    const { counts, weights } = distribution(5, 2);
    const size = negativeBinomialSize(counts, weights);
    const other = negativeBinomialSize(counts.toReversed(), weights.toReversed().map((one) => 1000 * one)); // prettier-ignore
    expectWithin(other / size, 1, 1e-12);
  });

  test('is the upper bound where counts vary no more than Poisson’s, the lower where one count is extreme', () => {
    expect(negativeBinomialSize([3], [1])).toBe(1e7);
    expect(negativeBinomialSize([0], [2])).toBe(1e7);
    expect(negativeBinomialSize([2, 3, 4], [1, 2, 1])).toBe(1e7);
    expect(negativeBinomialSize([0, 1e7], [1e6, 1], { low: 0.01, high: 100 })).toBe(0.01);
  });

  test('refuses counts of no weight', () => {
    const message = 'negativeBinomialSize: expected counts ≥ 0 of positive weight, got weight 0';
    expect(() => negativeBinomialSize([1], [0])).toThrow(new RangeError(message));
  });
});
