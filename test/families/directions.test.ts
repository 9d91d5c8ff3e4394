import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concentration, logDirectionNormalizer, logSphereArea, meanLength } from '../../src/families/directions.js';
import { expectTable } from '../golden/special.js';
import { expectWithin } from '../within.js';

const dimension = fc.integer({ min: 2, max: 4096 });
const kappas = fc.double({ min: -4, max: 5, noNaN: true }).map((power) => 10 ** power);

describe('agrees with 60 digits:', () => {
  test('A_d', () => {
    expectTable('meanLength', meanLength, () => ({ relative: 1e-15 }));
  });

  test('log C_d', () => {
    expectTable('logDirectionNormalizer', logDirectionNormalizer, () => ({ relative: 1e-15 }));
  });

  test('κ of R, as far as a rounding of R lets it', () => {
    expectTable('concentration', concentration, (_, length) => ({ relative: 1e-15 / (1 - length) }));
  });
});

describe('laws:', () => {
  test('κ ↦ A_d ↦ κ', () => {
    fc.assert(
      fc.property(dimension, kappas, (d, kappa) => {
        const length = meanLength(d, kappa);
        expectWithin(concentration(d, length) / kappa, 1, 4e-15 + 4e-15 / (1 - length));
      }),
    );
  });

  test('the slope of log C_d is −A_d', () => {
    fc.assert(
      fc.property(dimension, fc.double({ min: 1, max: 1e4, noNaN: true }), (d, kappa) => {
        const h = kappa * 1e-3;
        const slope = (logDirectionNormalizer(d, kappa + h) - logDirectionNormalizer(d, kappa - h)) / (2 * h);
        const size = Math.abs(logDirectionNormalizer(d, kappa));
        expectWithin(slope, -meanLength(d, kappa), 1e-5 + (1e-14 * size) / h);
      }),
    );
  });

  test('a longer mean is a higher concentration', () => {
    fc.assert(
      fc.property(dimension, fc.double({ min: 1e-6, max: 0.999, noNaN: true }), (d, length) => {
        expect(concentration(d, length * 1.0001)).toBeGreaterThan(concentration(d, length));
      }),
    );
  });

  test('on the sphere of three dimensions A is coth κ − 1/κ, and C is κ / (4π sinh κ)', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 600, noNaN: true }), (kappa) => {
        expectWithin(meanLength(3, kappa), 1 / Math.tanh(kappa) - 1 / kappa, 1e-14);
        const expected = Math.log(kappa / (4 * Math.PI * Math.sinh(kappa)));
        expectWithin(logDirectionNormalizer(3, kappa), expected, 1e-14 * Math.max(10, kappa));
      }),
    );
  });
});

describe('at the ends', () => {
  test('rows in all directions have κ = 0, rows in one have κ = ∞', () => {
    expect([concentration(768, 0), concentration(768, 1)]).toEqual([0, Infinity]);
    expect(logDirectionNormalizer(768, 0)).toBe(-logSphereArea(768));
  });

  test('the unit spheres of one to four dimensions have areas 2, 2π, 4π and 2π²', () => {
    const areas = [1, 2, 3, 4].map((d) => Math.exp(logSphereArea(d)) / Math.PI);
    [2 / Math.PI, 2, 4, 2 * Math.PI].forEach((expected, i) => expectWithin(areas[i], expected, 1e-14));
  });

  test.each([
    [2, 1.1],
    [2, -0.1],
    [1, 0.5],
    [3, NaN],
  ])('d = %d, R = %d is refused', (d, length) => {
    const message = `concentration: expected a length from 0 to 1 and d ≥ 2, got ${length} and ${d}`;
    expect(() => concentration(d, length)).toThrow(new RangeError(message));
  });
});
