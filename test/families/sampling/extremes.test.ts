/** Parameters at the ends of their domains, where values leave float64 or have but one possibility. */
import { describe, expect, test } from 'vitest';
import { logGamma } from '../../../src/base/special/gamma.js';
import { FastRandom } from '../../../src/base/fast-random.js';
import { drawBeta } from '../../../src/families/sampling/beta.js';
import { drawBinomial } from '../../../src/families/sampling/binomial.js';
import * as gammas from '../../../src/families/sampling/gamma.js';
import { Numbers } from '../../../src/families/sampling/numbers.js';
import { drawNegativeBinomial, drawPoisson } from '../../../src/families/sampling/poisson.js';
import * as simple from '../../../src/families/sampling/simple.js';
import { distance, drawn } from './goodness.js';

const n = 20_000;
const fresh = (): Numbers => new Numbers(new FastRandom(1));
const all = (draw: (numbers: Numbers) => number): Set<number> => new Set(drawn(n, draw));

/** P(log X ≤ l) of a gamma distribution of rate 1: x^a e^{−x} Σ x^j / Γ(a + j + 1) (DLMF 8.7.1). */
function gammaBelow(shape: number, l: number): number {
  const x = Math.exp(l);
  let [term, sum] = [1, 1];
  for (let j = 1; term > 1e-17 * sum; j++) sum += term *= x / (shape + j);
  return sum * Math.exp(shape * l - x - logGamma(shape + 1));
}

describe('values that there is but one of:', () => {
  test('a probability of 0 or 1', () => {
    expect(all((numbers) => simple.drawBernoulli(numbers, 0))).toEqual(new Set([0]));
    expect(all((numbers) => simple.drawBernoulli(numbers, 1))).toEqual(new Set([1]));
    expect(all((numbers) => simple.drawGeometric(numbers, 1))).toEqual(new Set([0]));
    expect(all((numbers) => drawBinomial(numbers, 50, 0))).toEqual(new Set([0]));
    expect(all((numbers) => drawBinomial(numbers, 50, 1))).toEqual(new Set([50]));
    expect(all((numbers) => drawBinomial(numbers, 0, 0.3))).toEqual(new Set([0]));
  });

  test('a mean of 0, or a size whose counts are nearly all 0', () => {
    expect(all((numbers) => drawPoisson(numbers, 0))).toEqual(new Set([0]));
    expect(all((numbers) => drawNegativeBinomial(numbers, 0, 2))).toEqual(new Set([0]));
    // P(0) = (r/(m + r))^r = 1 − 1.15e-3
    const zeros = drawn(n, (numbers) => drawNegativeBinomial(numbers, 10, 1e-4)).filter((x) => x === 0).length;
    expect(Math.abs(zeros / n - (1e-4 / 10.0001) ** 1e-4)).toBeLessThan(5 * Math.sqrt(1.15e-3 / n));
  });

  test('a log-normal without deviation', () => {
    expect(simple.drawLogNormal(fresh(), 0, 0)).toBe(1);
  });
});

describe('a gamma shape of 1e-3', () => {
  test('has logarithms that float64 holds, distributed as they should be', () => {
    const logs = drawn(n, (numbers) => gammas.drawLogGamma(numbers, 1e-3));
    expect(distance(logs, (l) => gammaBelow(1e-3, l))).toBeLessThan(1.95);
  });

  test('has values > 0, of which half are the least that there is', () => {
    const values = drawn(n, (numbers) => gammas.drawGamma(numbers, 1e-3, 5));
    const least = values.filter((x) => x === Number.MIN_VALUE).length / n;
    const expected = gammaBelow(1e-3, Math.log(Number.MIN_VALUE) + Math.log(5));
    expect(values.every((x) => x > 0 && x < Infinity)).toBe(true);
    expect(Math.abs(least - expected)).toBeLessThan(5 * Math.sqrt(0.25 / n));
  });

  test('is that of values near 1 where the rate is tiny', () => {
    const values = drawn(n, (numbers) => gammas.drawGamma(numbers, 1e-3, 1e-300));
    const [below, shift] = [values.filter((x) => x < 1).length / n, Math.log(1e-300)];
    expect(Math.abs(below - gammaBelow(1e-3, shift))).toBeLessThan(5 * Math.sqrt(0.25 / n));
  });
});

test('beta shapes of 1e-3 have values between 0 and 1, half of them near each', () => {
  const values = drawn(n, (numbers) => drawBeta(numbers, 1e-3, 1e-3));
  expect(values.every((x) => x > 0 && x < 1)).toBe(true);
  expect(Math.abs(values.filter((x) => x < 0.5).length / n - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / n));
  // B(10⁻³, 10⁻³) = 2000 to 2e-6, and so P(.1 ≤ X ≤ .9) = ∫ 1/(x (1 − x)) / 2000 = 2 log 9 / 2000
  const middle = values.filter((x) => x > 0.1 && x < 0.9).length / n;
  expect(Math.abs(middle - Math.log(9) / 1000)).toBeLessThan(5 * Math.sqrt(0.0022 / n));
});

test('beta shapes of 1e6 have the deviation of 1/√8e6 about ½', () => {
  const values = drawn(n, (numbers) => drawBeta(numbers, 1e6, 1e6)).map((x) => (x - 0.5) * Math.sqrt(8e6));
  expect(Math.abs(values.reduce((sum, x) => sum + x, 0) / n)).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(values.reduce((sum, x) => sum + x * x, 0) / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
});

test('what float64 can’t hold is its largest number, or its least above 0', () => {
  const numbers = fresh();
  expect(simple.drawLogNormal(numbers, 1e4, 1)).toBe(Number.MAX_VALUE);
  expect(simple.drawLogNormal(numbers, -1e4, 1)).toBe(Number.MIN_VALUE);
  expect(gammas.drawGamma(numbers, 1e6, 1e-305)).toBe(Number.MAX_VALUE);
  expect(simple.drawExponential(numbers, Number.MIN_VALUE)).toBe(Number.MAX_VALUE);
  expect(simple.drawGeometric(numbers, Number.MIN_VALUE)).toBe(Number.MAX_VALUE);
  expect(drawn(n, (own) => gammas.drawStudentFactor(own, 0.001)).every(Number.isFinite)).toBe(true);
});

describe('refuses', () => {
  test.each([0, -1, NaN, Infinity])('a gamma shape or rate of %d', (value) => {
    expect(() => gammas.drawGamma(fresh(), value, 1)).toThrow(
      `gamma numbers: expected a shape > 0 and finite, got ${value}`,
    );
    expect(() => gammas.drawGamma(fresh(), 1, value)).toThrow(
      `gamma numbers: expected a rate > 0 and finite, got ${value}`,
    );
    expect(() => drawBeta(fresh(), value, 2)).toThrow(RangeError);
  });

  test.each([-1, NaN, Infinity])('a mean of %d', (value) => {
    expect(() => drawPoisson(fresh(), value)).toThrow(`drawPoisson: expected a mean ≥ 0, got ${value}`);
  });

  test.each([0, -0.1, 1.1, NaN])('a geometric probability of %d', (value) => {
    expect(() => simple.drawGeometric(fresh(), value)).toThrow(/^drawGeometric: expected a probability over 0/);
  });

  test.each([
    [2.5, 0.5],
    [-1, 0.5],
    [3, 1.1],
    [3, NaN],
  ])('%d tries of probability %d', (tries, p) => {
    expect(() => drawBinomial(fresh(), tries, p)).toThrow(/^drawBinomial: expected a count and a probability/);
  });
});
