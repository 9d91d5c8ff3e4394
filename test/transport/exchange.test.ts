import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cholesky, solveCholesky } from '../../src/base/cholesky.js';
import { curvedStep, exchangeAt, growthRates } from '../../src/transport/exchange.js';
import { pointAt } from '../../src/transport/semi-dual.js';
import { uniform } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { sweepsOf } from './sweeps.js';

/** −E beside the diagonal, their sums on it. */
function ratesOf(pairs: (c: number, l: number) => number, k: number): Float64Array {
  const rates = new Float64Array(k * k);
  for (let c = 0; c < k; c++) {
    for (let l = 0; l < k; l++) {
      if (l === c) continue;
      rates[c * k + l] = -pairs(Math.max(c, l), Math.min(c, l));
      rates[c * k + c] += pairs(Math.max(c, l), Math.min(c, l));
    }
  }
  return rates;
}

describe('exchangeAt', () => {
  test('is how masses change with the potential', async () => {
    const cost = Array.from({ length: 30 }, (_, i) => [0, 1, 2].map((c) => ((i % 7) - 2 * c) ** 2 / 3));
    const weights = Float64Array.of(0.2, 0.5, 0.3);
    const inner = sweepsOf(cost, uniform(30), { epsilon: 0.7 });
    const at = async (potential: Float64Array) =>
      pointAt({ weights, rho: Infinity }, await inner.sweep({ weights, potential }));
    const here = await at(new Float64Array(3));
    const { rates } = exchangeAt(here, 0.7);
    for (const c of [0, 1, 2]) {
      const there = await at(new Float64Array(3).map((_, l) => (l === c ? 1e-6 : 0)));
      const change = there.mass.map((mass, l) => (mass - here.mass[l]) / 1e-6);
      expectAllWithin(change, rates.subarray(3 * c, 3 * c + 3), 1e-6, `row ${c}`);
    }
  });
});

describe('growthRates', () => {
  const before = { rates: ratesOf(() => 0.01, 3), potential: Float64Array.of(0, 1, 2) };
  const potential = Float64Array.of(0.5, 1, 2);

  test('are those by which rates went from one potential to the next', () => {
    const rates = ratesOf((c, l) => 0.01 * Math.exp(0.3 * (potential[c] - potential[l] - (c - l))), 3);
    const growth = growthRates({ rates, potential }, before, 1);
    expectAllWithin([growth[3], growth[6]], [0.3, 0.3], 1e-12);
    expect(growth[7]).toBe(0); // components 1 and 2 moved alike, which says nothing
  });

  test('are bounded, and 0 where a rate is 0', () => {
    const rates = ratesOf((c) => (c === 1 ? 100 : 0), 3);
    const growth = growthRates({ rates, potential }, before, 2);
    expect(Array.from(growth)).toEqual([0, 0, 0, -0.4, 0, 0, 0, 0, 0]);
  });
});

describe('curvedStep', () => {
  test('of two components is the closed form', () =>
    fc.assert(
      fc.property(
        fc.double({ min: -0.8, max: 0.8, noNaN: true }),
        fc.double({ min: -0.9, max: 0.9, noNaN: true }),
        (c, share) => {
          fc.pre(Math.abs(c) > 1e-2);
          const rate = 0.02;
          // E (e^{cz} − 1)/c = e has a solution where 1 + c e/E > 0.
          const e = (share * rate) / Math.abs(c);
          const model = {
            rates: ratesOf(() => rate, 2),
            growth: Float64Array.of(0, 0, c, 0),
            target: Float64Array.of(-e, e),
            diagonal: new Float64Array(2).fill(1e-12),
          };
          const step = curvedStep(model, 1e6) ?? expect.fail('no step');
          const z = step[1] - step[0];
          // Steps end where another gains less than 1e-4 of all: then the slope that is left is below 1.7e-2 of e.
          expectWithin((rate * Math.expm1(c * z)) / c, e, 1.7e-2 * Math.abs(e) + 1e-8);
        },
      ),
    ));

  test('is Newton’s where no rate grows, and none beyond the radius', () => {
    const rates = ratesOf((c, l) => 0.01 * (c + l), 4);
    const diagonal = Float64Array.of(1e-3, 2e-3, 3e-3, 4e-3);
    const target = Float64Array.of(0.01, -0.02, 0.03, -0.02);
    const matrix = rates.map((value, at) => value + (at % 5 === 0 ? diagonal[at / 5] : 0));
    const newton = solveCholesky(cholesky(matrix, 4) ?? expect.fail('not positive definite'), target);
    const model = { rates, diagonal, target, growth: new Float64Array(16) };
    expectAllWithin(curvedStep(model, 20) ?? [], newton, 1e-12);
    expect(curvedStep(model, 1e-3)).toBeUndefined();
  });
});
