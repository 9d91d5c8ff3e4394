import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as gamma from '../../../src/base/special/gamma.js';
import { expectTable } from '../../golden/special.js';
import { expectWithin } from '../../within.js';

const {
  digamma,
  digammaRise,
  logBeta,
  logFactorial,
  logGamma,
  logMinusDigamma,
  logMinusDigammaSlope,
  logRising,
  trigamma,
  trigammaFall,
} = gamma;

/** Positive numbers of all sizes. */
const positive = fc.double({ min: -12, max: 12, noNaN: true }).map((power) => 10 ** power);
const moderate = fc.double({ min: -3, max: 4, noNaN: true }).map((power) => 10 ** power);

/** Within some units in the last place of what is added, or of 1: arguments are rounded too. */
function expectSum(got: number, terms: readonly number[]): void {
  const sum = terms.reduce((all, one) => all + one, 0);
  expectWithin(got, sum, 1e-14 * Math.max(1, ...terms.map(Math.abs)), `of ${terms.join(' + ')}`);
}

describe('agrees with 60 digits:', () => {
  test.each([
    ['logGamma', { relative: 4e-16 }],
    ['stirlingRemainder', { relative: 4e-16, absolute: 8e-16 }],
    ['digamma', { relative: 1e-15, absolute: 2e-16 }],
    ['trigamma', { relative: 6e-16 }],
    ['logMinusDigamma', { relative: 8e-16 }],
    ['logMinusDigammaSlope', { relative: 8e-16 }],
    ['logRising', { relative: 1e-15, absolute: 1e-15 }],
    ['logBeta', { relative: 1e-15, absolute: 1e-15 }],
    ['digammaRise', { relative: 4e-15 }],
  ] as const)('%s', (name, tolerance) => {
    expectTable(name, gamma[name], () => tolerance);
  });
});

describe('obeys its recurrence:', () => {
  test('log Γ(x + 1) = log x + log Γ(x)', () => {
    fc.assert(fc.property(positive, (x) => expectSum(logGamma(x + 1), [Math.log(x), logGamma(x)])));
  });

  test('ψ(x + 1) = ψ(x) + 1/x', () => {
    fc.assert(fc.property(positive, (x) => expectSum(digamma(x + 1), [digamma(x), 1 / x])));
  });

  test('ψ′(x + 1) = ψ′(x) − 1/x²', () => {
    fc.assert(fc.property(positive, (x) => expectSum(trigamma(x + 1), [trigamma(x), -1 / (x * x)])));
  });

  test('B(a + 1, b) = B(a, b) a/(a + b)', () => {
    fc.assert(
      fc.property(moderate, moderate, (a, b) => expectSum(logBeta(a + 1, b), [logBeta(a, b), Math.log(a / (a + b))])),
    );
  });
});

describe('other laws:', () => {
  test('Legendre’s duplication: log Γ(2x) = log Γ(x) + log Γ(x + ½) + (2x − 1) log 2 − ½ log π', () => {
    fc.assert(
      fc.property(moderate, (x) =>
        expectSum(logGamma(2 * x), [logGamma(x), logGamma(x + 0.5), (2 * x - 1) * Math.LN2, -Math.log(Math.PI) / 2]),
      ),
    );
  });

  test('Euler’s reflection: log Γ(x) + log Γ(1 − x) = log (π / sin πx)', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (x) => {
        const size = Math.max(1, Math.abs(logGamma(x)));
        // 1 − x is rounded, and so is the sine near π.
        expectWithin(logGamma(x) + logGamma(1 - x), Math.log(Math.PI / Math.sin(Math.PI * x)), 1e-9 * size);
      }),
    );
  });

  test('log Γ of whole numbers is the logarithm of factorials', () => {
    let factorial = 1;
    for (let n = 1; n <= 20; factorial *= n++) expectWithin(logGamma(n), Math.log(factorial), 1e-14 * n);
  });

  test('logFactorial(n) is logGamma(n + 1), of small n and of others', () => {
    for (const n of [0, 1, 2, 9, 100, 255, 256, 257, 1e6]) expect(logFactorial(n)).toBe(logGamma(n + 1));
  });

  test('log x − ψ(x) falls, between 1/(2x) and 1/x', () => {
    fc.assert(
      fc.property(positive, (x) => {
        const value = logMinusDigamma(x);
        expect(value).toBeGreaterThan((0.5 / x) * (1 - 1e-15));
        expect(value).toBeLessThan((1 / x) * (1 + 1e-15));
        expect(logMinusDigamma(x * 1.001)).toBeLessThan(value);
        expect(logMinusDigammaSlope(x)).toBeLessThan(0);
      }),
    );
  });

  test('a slope is that of its function', () => {
    fc.assert(
      fc.property(moderate, (x) => {
        const h = x * 1e-4;
        const slope = (logMinusDigamma(x + h) - logMinusDigamma(x - h)) / (2 * h);
        expectWithin(slope / logMinusDigammaSlope(x), 1, 1e-7);
        expectWithin((digamma(x + h) - digamma(x - h)) / (2 * h) / trigamma(x), 1, 1e-7);
      }),
    );
  });

  test('rises of whole numbers are sums: log (a (a + 1) (a + 2)) and 1/a + 1/(a + 1) + 1/(a + 2)', () => {
    fc.assert(
      fc.property(positive, (a) => {
        expectSum(logRising(a, 3), [Math.log(a), Math.log(a + 1), Math.log(a + 2)]);
        expectSum(digammaRise(a, 3), [1 / a, 1 / (a + 1), 1 / (a + 2)]);
        const falls = [a, a + 1, a + 2].map((x) => 1 / x / x).reduce((sum, one) => sum + one, 0);
        expectWithin(trigammaFall(a, 3) / falls, 1, 1e-14);
      }),
    );
  });

  test('log B is symmetric', () => {
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        expect(logBeta(a, b)).toBe(logBeta(b, a));
      }),
    );
  });
});

describe('at the ends of their domains', () => {
  test('limits are infinite or zero, never NaN', () => {
    expect([logGamma(Infinity), digamma(Infinity), trigamma(Infinity)]).toEqual([Infinity, Infinity, 0]);
    expect([logMinusDigamma(Infinity), gamma.stirlingRemainder(Infinity)]).toEqual([0, 0]);
    expect([logRising(2, 0), logRising(2, Infinity), digammaRise(2, 0)]).toEqual([0, Infinity, 0]);
    expectWithin(logGamma(5e-324), 744.4400719213812, 1e-12);
  });

  test.each([
    ['logGamma', [0], 'logGamma: expected x > 0, got 0'],
    ['logGamma', [NaN], 'logGamma: expected x > 0, got NaN'],
    ['digamma', [-1], 'digamma: expected x > 0, got -1'],
    ['trigamma', [-0.5], 'trigamma: expected x > 0, got -0.5'],
    ['stirlingRemainder', [0], 'stirlingRemainder: expected x > 0, got 0'],
    ['logMinusDigamma', [0], 'logMinusDigamma: expected x > 0, got 0'],
    ['logMinusDigammaSlope', [NaN], 'logMinusDigammaSlope: expected x > 0, got NaN'],
    ['logRising', [0, 1], 'logRising: expected a finite a > 0, got 0'],
    ['logRising', [1, -1], 'logRising: expected x ≥ 0, got -1'],
    ['digammaRise', [Infinity, 1], 'digammaRise: expected a finite a > 0, got Infinity'],
    ['trigammaFall', [0, 1], 'trigammaFall: expected a finite a > 0, got 0'],
    ['trigammaFall', [1, NaN], 'trigammaFall: expected x ≥ 0, got NaN'],
    ['digammaRise', [1, NaN], 'digammaRise: expected x ≥ 0, got NaN'],
    ['logBeta', [1, NaN], 'logBeta: expected finite a > 0 and b > 0, got 1 and NaN'],
    ['logBeta', [0, Infinity], 'logBeta: expected finite a > 0 and b > 0, got 0 and Infinity'],
  ] as const)('%s of %j is refused', (name, given, message) => {
    const compute: (...given: readonly number[]) => number = gamma[name];
    expect(() => compute(...given)).toThrow(new RangeError(message));
  });
});
