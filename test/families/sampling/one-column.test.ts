/** Distributions of one column: their moments, and how well they fit the densities of the families. */
import { describe, expect, test } from 'vitest';
import { logGamma } from '../../../src/base/special/gamma.js';
import { betaDistribution } from '../../../src/families/beta.js';
import { exponentialDistribution } from '../../../src/families/exponential.js';
import { logDensity, type ExponentialFamily } from '../../../src/families/exponential-family.js';
import { gammaDistribution } from '../../../src/families/gamma.js';
import { geometricDistribution } from '../../../src/families/geometric.js';
import { negativeBinomialDistribution } from '../../../src/families/negative-binomial.js';
import { poissonDistribution } from '../../../src/families/poisson.js';
import { drawBeta } from '../../../src/families/sampling/beta.js';
import { drawBinomial } from '../../../src/families/sampling/binomial.js';
import * as gammas from '../../../src/families/sampling/gamma.js';
import type { Numbers } from '../../../src/families/sampling/numbers.js';
import { drawNegativeBinomial, drawPoisson } from '../../../src/families/sampling/poisson.js';
import * as simple from '../../../src/families/sampling/simple.js';
import { chiSquare, countsBelow, densityBelow, distance, drawn, momentsOff, type Moments } from './goodness.js';

const n = 100_000;
const of = (family: ExponentialFamily, ...theta: number[]): ((x: number) => number) => {
  const density = logDensity(family, Float64Array.from(theta));
  return (x) => density(Float64Array.of(x));
};
const logBinomial =
  (tries: number, p: number) =>
  (x: number): number => {
    if (x > tries) return -Infinity;
    const choices = logGamma(tries + 1) - logGamma(x + 1) - logGamma(tries - x + 1);
    return choices + x * Math.log(p) + (tries - x) * Math.log1p(-p);
  };

const titled = (counts: Counts): readonly [string, Counts] => [counts.name, counts];

interface Counts extends Moments {
  readonly name: string;
  readonly draw: (numbers: Numbers) => number;
  readonly log: (x: number) => number;
}

const poissonOf = (mean: number): Counts => ({
  name: `Poisson of mean ${mean}`,
  draw: (numbers) => drawPoisson(numbers, mean),
  log: of(poissonDistribution, mean),
  mean,
  variance: mean,
});
const geometricOf = (p: number): Counts => ({
  name: `geometricDistribution of probability ${p}`,
  draw: (numbers) => simple.drawGeometric(numbers, p),
  log: of(geometricDistribution, p),
  mean: (1 - p) / p,
  variance: (1 - p) / (p * p),
});
const negativeBinomialOf = (mean: number, size: number): Counts => ({
  name: `negative binomial of mean ${mean} and size ${size}`,
  draw: (numbers) => drawNegativeBinomial(numbers, mean, size),
  log: of(negativeBinomialDistribution(size), mean),
  mean,
  variance: mean + (mean * mean) / size,
});
const binomialOf = (tries: number, p: number): Counts => ({
  name: `binomial of ${tries} tries and probability ${p}`,
  draw: (numbers) => drawBinomial(numbers, tries, p),
  log: logBinomial(tries, p),
  mean: tries * p,
  variance: tries * p * (1 - p),
});

describe('counts:', () => {
  test.each(
    [
      ...[0.01, 0.5, 3, 9.99, 10, 25.5, 400].map(poissonOf),
      ...[0.02, 0.3, 0.9].map(geometricOf),
      ...([[0.3, 0.7], [4, 2.5], [60, 3], [12, 1e6]] as const).map(([mean, size]) => negativeBinomialOf(mean, size)), // prettier-ignore
      ...([[1, 0.4], [20, 0.2], [50, 0.5], [50, 0.9], [300, 0.2], [5000, 1e-3]] as const).map(([tries, p]) => binomialOf(tries, p)), // prettier-ignore
    ].map(titled),
  )('%s', (_, { draw, log, mean, variance }) => {
    const values = drawn(n, draw);
    const most = Math.ceil(mean + 40 * Math.sqrt(variance) + 20);
    expect(values.every((x) => Number.isInteger(x) && x >= 0)).toBe(true);
    expect(momentsOff(values, { mean, variance })).toBeLessThan(4.5);
    expect(chiSquare(values, log, most)).toBeLessThan(4);
    expect(distance(values, countsBelow(log, 0, most))).toBeLessThan(1.95);
  });

  test.each([
    poissonOf(1e5), poissonOf(1e7), geometricOf(1e-4), negativeBinomialOf(1e5, 1e7), binomialOf(1e9, 1e-4),
    binomialOf(1e9, 0.5),
  ].map(titled))('many: %s', (_, { draw, log, mean, variance }) => {
    const values = drawn(n, draw);
    const deviation = Math.sqrt(variance);
    const [from, to] = [Math.max(Math.floor(mean - 9 * deviation), 0), Math.ceil(mean + 15 * deviation)];
    expect(momentsOff(values, { mean, variance })).toBeLessThan(4.5);
    expect(distance(values, countsBelow(log, from, to))).toBeLessThan(1.95);
  }); // prettier-ignore

  test.each([1e12, 2 ** 53])('Poisson of mean %d, where log-probabilities would cancel', (mean) => {
    const values = drawn(n, (numbers) => drawPoisson(numbers, mean));
    expect(values.every(Number.isInteger)).toBe(true);
    expect(momentsOff(values, { mean, variance: mean })).toBeLessThan(4.5);
    expect(distance(values.map((x) => (x - mean) / Math.sqrt(mean)), Φ)).toBeLessThan(1.95); // prettier-ignore
  });
});

/** Φ by the series x + x³/3 + x⁵/15 + … of its density, for |x| < 6 or so. */
function Φ(x: number): number {
  let [term, sum] = [x, x];
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) sum += term *= (x * x) / i;
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

const positive = (from: number, to: number): Parameters<typeof densityBelow>[1] => ({
  map: Math.exp,
  inverse: Math.log,
  from,
  to,
});
const share = {
  map: (t: number): number => 1 / (1 + Math.exp(-t)),
  inverse: (x: number): number => Math.log(x / (1 - x)),
};

describe('numbers:', () => {
  test.each([0.01, 1, 300])('exponential of rate %d', (rate) => {
    const values = drawn(n, (numbers) => simple.drawExponential(numbers, rate));
    expect(momentsOff(values, { mean: 1 / rate, variance: 1 / (rate * rate) })).toBeLessThan(4.5);
    const at = -Math.log(rate);
    expect(distance(values, densityBelow(of(exponentialDistribution, rate), positive(at - 25, at + 5)))).toBeLessThan(
      1.95,
    );
  });

  test.each([
    [0.3, 2, [-60, 4]],
    [0.999, 1, [-25, 4]],
    [1, 1, [-25, 4]],
    [1.5, 0.01, [-15, 9]],
    [40, 3, [1, 4]],
    [1e4, 1, [9.1, 9.3]],
    [1e6, 1e3, [6.9, 6.92]],
  ] as const)('gamma of shape %d and rate %d', (shape, rate, [from, to]) => {
    const values = drawn(n, (numbers) => gammas.drawGamma(numbers, shape, rate));
    expect(momentsOff(values, { mean: shape / rate, variance: shape / (rate * rate) })).toBeLessThan(4.5);
    expect(distance(values, densityBelow(of(gammaDistribution, shape, rate), positive(from, to)))).toBeLessThan(1.95);
  });

  test.each([
    [1, 1],
    [0.5, 0.5],
    [0.3, 4],
    [2, 5],
    [300, 20],
  ])('beta of shapes %d and %d', (a, b) => {
    const values = drawn(n, (numbers) => drawBeta(numbers, a, b));
    const [mean, sum] = [a / (a + b), a + b];
    expect(momentsOff(values, { mean, variance: (mean * (1 - mean)) / (sum + 1) })).toBeLessThan(4.5);
    expect(distance(values, densityBelow(of(betaDistribution, a, b), { ...share, from: -70, to: 36 }))).toBeLessThan(
      1.95,
    );
  });

  test('log-normal: its logarithm is normal', () => {
    const values = drawn(n, (numbers) => simple.drawLogNormal(numbers, -3, 0.7));
    expect(distance(values.map((x) => (Math.log(x) + 3) / 0.7), Φ)).toBeLessThan(1.95); // prettier-ignore
  });

  test('χ² is gammaDistribution’s', () => {
    const values = drawn(n, (numbers) => gammas.drawChiSquared(numbers, 7));
    expect(momentsOff(values, { mean: 7, variance: 14 })).toBeLessThan(4.5);
  });

  // Cauchy's distribution, and that of 2 degrees of freedom, in closed form.
  test.each([
    [1, (x: number): number => 0.5 + Math.atan(x) / Math.PI],
    [2, (x: number): number => 0.5 + x / (2 * Math.sqrt(2 + x * x))],
  ])('Student’s t of %d degrees of freedom', (degrees, below) => {
    const values = drawn(n, (numbers) => gammas.drawStudentFactor(numbers, degrees) * numbers.normal());
    expect(distance(values, below)).toBeLessThan(1.95);
  });
});
