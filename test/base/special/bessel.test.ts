import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { besselRatio, logBesselI, logNormalizedBesselI } from '../../../src/base/special/bessel.js';
import { logGamma } from '../../../src/base/special/gamma.js';
import { expectTable } from '../../golden/special.js';
import { expectWithin } from '../../within.js';

const order = fc.double({ min: -0.99, max: 3000, noNaN: true });
const low = fc.double({ min: -0.99, max: 40, noNaN: true });
const argument = fc.double({ min: -6, max: 6, noNaN: true }).map((power) => 10 ** power);

describe('agrees with 60 digits:', () => {
  test('the logarithm of the normalised I_ν', () => {
    expectTable('logNormalizedBesselI', logNormalizedBesselI, (nu, x) => ({
      relative: 1e-15,
      absolute: x * x <= 4 * (nu + 1) ? 0 : 1e-15 * (nu + x),
    }));
  });

  test('log I_ν', () => {
    expectTable('logBesselI', logBesselI, (nu, x) => ({
      relative: 1e-15,
      absolute: 1e-15 * Math.max(x, nu * Math.abs(Math.log(x)), logGamma(nu + 1)),
    }));
  });

  test('I_{ν+1}/I_ν', () => {
    expectTable('besselRatio', besselRatio, () => ({ relative: 1e-15 }));
  });
});

describe('laws:', () => {
  test('1/r_ν = 2(ν + 1)/x + r_{ν+1}', () => {
    const law = (nu: number, x: number): void => {
      const expected = (2 * (nu + 1)) / x + besselRatio(nu + 1, x);
      expectWithin(besselRatio(nu, x) * expected, 1, 4e-15);
    };
    fc.assert(fc.property(order, argument, law));
    fc.assert(fc.property(low, argument, law));
  });

  test('the ratio lies within Amos’ bounds, and falls as the order rises', () => {
    fc.assert(
      fc.property(order, argument, (nu, x) => {
        const ratio = besselRatio(nu, x);
        expect(ratio).toBeGreaterThan((x / (nu + 1 + Math.hypot(nu + 1, x))) * (1 - 1e-14) * (nu < -0.5 ? 0 : 1));
        expect(ratio).toBeLessThan((x / (nu + Math.hypot(nu + 2, x))) * (1 + 1e-14) + (nu < 0 ? 1 : 0));
        expect(besselRatio(nu + 1, x)).toBeLessThanOrEqual(ratio);
      }),
    );
  });

  test('the slope of the normalised logarithm is the ratio', () => {
    fc.assert(
      fc.property(low, fc.double({ min: 0.01, max: 300, noNaN: true }), (nu, x) => {
        const h = 1e-4 * x;
        const slope = (logNormalizedBesselI(nu, x + h) - logNormalizedBesselI(nu, x - h)) / (2 * h);
        expectWithin(slope / besselRatio(nu, x), 1, 1e-7);
      }),
    );
  });

  test('orders are joined by the ratio: log I_{ν+1} − log I_ν = log r_ν', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), argument, (nu, x) => {
        const difference = logBesselI(nu + 1, x) - logBesselI(nu, x);
        expectWithin(difference, Math.log(besselRatio(nu, x)), 4e-15 * (x + (nu + 1) * 20));
      }),
    );
  });

  test('of order −½ and ½ the normalised functions are cosh x and sinh x / x', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 700, noNaN: true }), (x) => {
        expectWithin(logNormalizedBesselI(-0.5, x), Math.log(Math.cosh(x)), 1e-14 * Math.max(1, x));
        expectWithin(logNormalizedBesselI(0.5, x), Math.log(Math.sinh(x) / x), 1e-14 * Math.max(1, x));
        expectWithin(besselRatio(-0.5, x), Math.tanh(x), 4e-15);
      }),
    );
  });
});

describe('at the ends of the domain', () => {
  test('limits are what they should be', () => {
    expect([logNormalizedBesselI(3, 0), logNormalizedBesselI(3, Infinity)]).toEqual([0, Infinity]);
    expect([logBesselI(0, 0), logBesselI(2, 0), logBesselI(2, Infinity)]).toEqual([0, -Infinity, Infinity]);
    expect([besselRatio(2, 0), besselRatio(2, Infinity)]).toEqual([0, 1]);
    expect(besselRatio(50, 1e300)).toBe(1);
    expect(logNormalizedBesselI(50, 1e300) / 1e300).toBe(1);
  });

  test.each([
    [-1, 1],
    [Infinity, 1],
    [NaN, 1],
    [0, -1],
    [0, NaN],
  ])('order %d at %d is refused', (nu, x) => {
    const message = `expected a finite order > -1 and x ≥ 0, got order ${nu} and x ${x}`;
    expect(() => besselRatio(nu, x)).toThrow(new RangeError(`besselRatio: ${message}`));
    expect(() => logBesselI(nu, x)).toThrow(new RangeError(`logBesselI: ${message}`));
    expect(() => logNormalizedBesselI(nu, x)).toThrow(new RangeError(`logNormalizedBesselI: ${message}`));
  });
});
