/** Laws that every exponential family obeys, family by family. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bernoulliDistribution } from '../../src/families/bernoulli.js';
import { betaDistribution } from '../../src/families/beta.js';
import { categoricalDistribution } from '../../src/families/categorical.js';
import { divergence, logDensity, type ExponentialFamily } from '../../src/families/exponential-family.js';
import { exponentialDistribution } from '../../src/families/exponential.js';
import { gammaDistribution } from '../../src/families/gamma.js';
import { geometricDistribution } from '../../src/families/geometric.js';
import { multinomialDistribution } from '../../src/families/multinomial.js';
import { negativeBinomialDistribution, negativeBinomialAmong } from '../../src/families/negative-binomial.js';
import { poissonDistribution } from '../../src/families/poisson.js';
import { vonMisesFisherDistribution } from '../../src/families/von-mises-fisher.js';
import { expectAllWithin, expectWithin } from '../within.js';

const size = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true }).map((power) => 10 ** power);
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const proportions = (length: number): fc.Arbitrary<number[]> =>
  fc
    .array(share, { minLength: length, maxLength: length })
    .map((values) => values.map((value) => value / values.reduce((a, b) => a + b)));
const direction = (d: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.double({ min: 0.1, max: 1, noNaN: true }), { minLength: d, maxLength: d })
    .map((values) => values.map((value) => value / Math.hypot(...values)));

interface Scene {
  readonly family: ExponentialFamily;
  /** θ. */
  readonly theta: fc.Arbitrary<number[]>;
  /** Values that add up to about 1 by their densities, with their weights; left out where that is tested elsewhere. */
  readonly grid?: (theta: readonly number[]) => readonly (readonly [x: readonly number[], weight: number])[];
}

const wholeNumbers = (most: number): (readonly [readonly number[], number])[] =>
  Array.from({ length: most }, (_, x) => [[x], 1]);
/** Trapezia on x = map(t), t from −25 to 25, which are exact to many digits where densities vanish at both ends. */
const real = (map: (t: number) => number, slope: (t: number) => number): (readonly [readonly number[], number])[] =>
  Array.from({ length: 4001 }, (_, i) => -25 + i / 80).map((t) => [[map(t)], slope(t) / 80]);
const circle = Array.from({ length: 720 }, (_, i) => (i * Math.PI) / 360);

const scenes: readonly Scene[] = [
  { family: poissonDistribution, theta: fc.tuple(size(-2, 2)), grid: () => wholeNumbers(400) },
  { family: geometricDistribution, theta: fc.tuple(size(-1.5, -0.01)), grid: () => wholeNumbers(2000) },
  { family: negativeBinomialDistribution(2.5), theta: fc.tuple(size(-1, 1.5)), grid: () => wholeNumbers(2000) },
  { family: bernoulliDistribution, theta: fc.tuple(share), grid: () => wholeNumbers(2) },
  { family: categoricalDistribution(4), theta: proportions(4), grid: () => wholeNumbers(4) },
  { family: exponentialDistribution, theta: fc.tuple(size(-1, 1)), grid: () => real(Math.exp, Math.exp) },
  { family: gammaDistribution, theta: fc.tuple(size(0, 1.5), size(-1, 1)), grid: () => real(Math.exp, Math.exp) },
  {
    family: betaDistribution,
    theta: fc.tuple(size(0, 1.5), size(0, 1.5)),
    grid: () =>
      real(
        (t) => 1 / (1 + Math.exp(-t)),
        (t) => 1 / (2 + Math.exp(t) + Math.exp(-t)),
      ),
  },
  {
    family: multinomialDistribution(3),
    theta: proportions(3).map((p) => [...p, 5]),
    grid: () =>
      Array.from({ length: 36 }, (_, at) => [Math.floor(at / 6), at % 6] as const).flatMap(([a, b]) =>
        a + b <= 5 ? [[[a, b, 5 - a - b], 1] as const] : [],
      ),
  },
  {
    family: vonMisesFisherDistribution(2),
    theta: fc.tuple(direction(2), size(-2, 1.5)).map(([mean, kappa]) => [...mean, kappa]),
    grid: () => circle.map((angle) => [[Math.cos(angle), Math.sin(angle)], Math.PI / 360]),
  },
  {
    family: vonMisesFisherDistribution(60),
    theta: fc.tuple(direction(60), size(-2, 4)).map(([mean, kappa]) => [...mean, kappa]),
  },
];

describe.each(scenes.map((scene) => [`${scene.family.name}, ${scene.family.columns} columns`, scene] as const))(
  '%s',
  (_, { family, theta, grid }) => {
    const given = theta.map((values) => Float64Array.from(values));
    if (grid) {
      test('densities sum to 1, and T has its expectation and variance', () => {
        fc.assert(
          fc.property(given, (own) => {
            const density = logDensity(family, own);
            const statistic = new Float64Array(family.width);
            const mean = new Float64Array(family.width);
            const square = new Float64Array(family.width);
            const expected = family.expectation(own);
            let sum = 0;
            for (const [values, weight] of grid(Array.from(own))) {
              const x = Float64Array.from(values);
              const p = Math.exp(density(x)) * weight;
              family.statistic(x, statistic);
              sum += p;
              statistic.forEach((value, j) => {
                mean[j] += p * value;
                square[j] += p * (value - expected[j]) ** 2;
              });
            }
            expectWithin(sum, 1, 1e-6, 'sum');
            const scaleOf = (value: number): number => 1e-5 * Math.max(1, Math.abs(value));
            expected.forEach((value, j) => expectWithin(mean[j], value, scaleOf(value), 'expectation'));
            family.variance(own).forEach((value, j) => expectWithin(square[j], value, scaleOf(value), 'variance'));
          }),
          { numRuns: 30 },
        );
      });
    }

    test('fits the parameters whose expectation it is given', () => {
      fc.assert(
        fc.property(given, (own) => {
          const fitted = family.fit(family.expectation(own));
          own.forEach((value, j) => expectWithin(fitted[j], value, 1e-8 * Math.abs(value) + 1e-12));
        }),
      );
    });

    test('diverges from others by more than nothing, and from neighbours by the square of how far they are', () => {
      fc.assert(
        fc.property(given, given, (p, q) => {
          const between = (t: number): number => divergence(family, p, family.fit(mixed(family, p, q, t)));
          expectWithin(divergence(family, p, p), 0, 1e-12);
          expect(divergence(family, p, q)).toBeGreaterThanOrEqual(-1e-9);
          const [near, half] = [between(1e-4), between(5e-5)];
          if (near > 1e-9) expectWithin(near / half, 4, 1);
        }),
        { numRuns: 50 },
      );
    });
  },
);

/** Expectations on the way from p to q. */
function mixed(family: ExponentialFamily, p: Float64Array, q: Float64Array, t: number): Float64Array {
  const [from, to] = [family.expectation(p), family.expectation(q)];
  return from.map((value, j) => (1 - t) * value + t * to[j]);
}

describe('at the ends of their parameters', () => {
  test.each([
    ['poisson', poissonDistribution, [0]],
    ['bernoulli', bernoulliDistribution, [0]],
    ['bernoulli', bernoulliDistribution, [1]],
    ['geometric', geometricDistribution, [0]],
    ['exponential', exponentialDistribution, [0]],
    ['categorical', categoricalDistribution(3), [0, 0, 1]],
    ['multinomial', multinomialDistribution(3), [0, 0, 0]],
    ['gamma', gammaDistribution, [Math.log(3), 3]],
    ['beta', betaDistribution, [Math.log(0.25), Math.log(0.75)]],
    ['vonMisesFisher', vonMisesFisherDistribution(3), [0, 0, 0]],
    ['vonMisesFisher', vonMisesFisherDistribution(3), [1, 0, 0]],
  ] as const)('%s of rows that are all alike is finite', (_, family, mean) => {
    const theta = family.fit(Float64Array.from(mean));
    const eta = new Float64Array(family.width);
    const numbers = [...theta, family.natural(theta, eta), ...eta];
    expect(numbers.every(Number.isFinite), numbers.join(', ')).toBe(true);
  });

  test('probabilities of 0 stay 0 as parameters, and what they forbid is unlikely', () => {
    const theta = categoricalDistribution(2).fit(Float64Array.of(0, 3));
    expect(Array.from(theta)).toEqual([0, 1]);
    expectAllWithin(
      [0, 1].map((x) => logDensity(categoricalDistribution(2), theta)(Float64Array.of(x))),
      [Math.log(1e-12), 0],
      1e-9,
    );
  });
});

test('a negative binomial of unknown size is one of the size that it finds', () => {
  const counts = Float64Array.from({ length: 300 }, (_, x) => x);
  const among = negativeBinomialAmong(counts);
  const theta = Float64Array.of(4, 1.5);
  const known = logDensity(negativeBinomialDistribution(1.5), Float64Array.of(4));
  for (const x of [0, 1, 7, 250]) {
    expectWithin(logDensity(among, theta)(Float64Array.of(x)), known(Float64Array.of(x)), 1e-12);
  }
  expectAllWithin(among.fit(among.expectation(theta)), theta, 1e-8);
  expect(() => among.statistic(Float64Array.of(300), new Float64Array(300))).toThrow(
    new RangeError('negativeBinomialAmong: expected a count of the list, got 300'),
  );
});

test('domains hold what distributions are of', () => {
  const held = (family: ExponentialFamily): number[] => [-1, 0, 0.5, 1, 3, Infinity, NaN].filter(family.domain.holds);
  expect(held(poissonDistribution)).toEqual([0, 1, 3]);
  expect(held(bernoulliDistribution)).toEqual([0, 1]);
  expect(held(categoricalDistribution(2))).toEqual([0, 1]);
  expect(held(exponentialDistribution)).toEqual([0, 0.5, 1, 3]);
  expect(held(gammaDistribution)).toEqual([0.5, 1, 3]);
  expect(held(betaDistribution)).toEqual([0.5]);
  expect(held(negativeBinomialAmong(Float64Array.of(3)))).toEqual([0, 1, 3]);
  expect(held(vonMisesFisherDistribution(2))).toEqual([-1, 0, 0.5, 1, 3]);
});

test('directions are divided by their lengths, and want two columns', () => {
  const into = new Float64Array(2);
  vonMisesFisherDistribution(2).statistic(Float64Array.of(3, 4), into);
  expectAllWithin(into, [0.6, 0.8], 1e-15);
  expect(() => vonMisesFisherDistribution(1)).toThrow(
    new RangeError('vonMisesFisher: expected 2 columns or more, got 1'),
  );
});
