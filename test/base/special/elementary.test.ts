import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as elementary from '../../../src/base/special/elementary.js';
import { expectTable } from '../../golden/special.js';

const { exp, expm1, log, log1p } = elementary;

/** The distance of a number to the next: a unit in its last place. */
function unit(value: number): number {
  const size = Math.abs(value);
  const whole = Math.max(Math.floor(Math.log2(size)), -1022);
  const exponent = 2 ** whole > size ? whole - 1 : whole;
  return exponent - 52 < -1022 ? Math.max(2 ** (exponent - 52), 5e-324) : 2 ** (exponent - 52);
}

/** The most units in the last place that two functions are apart over some places. */
function apart(one: (x: number) => number, other: (x: number) => number, places: Iterable<number>): number {
  let most = 0;
  for (const x of places) {
    const [got, expected] = [one(x), other(x)];
    if (!Object.is(got, expected)) most = Math.max(most, Math.abs(got - expected) / unit(expected));
  }
  return most;
}

function* grid(from: number, to: number, count: number): Generator<number> {
  for (let i = 0; i <= count; i++) yield from + ((to - from) * i) / count;
}

function* both(places: Iterable<number>): Generator<number> {
  for (const x of places) yield* [x, -x];
}

function* powers(from: number, to: number, count: number): Generator<number> {
  for (const power of grid(from, to, count)) yield 2 ** power;
}

describe('agrees with 60 digits to one unit in the last place:', () => {
  test.each(['exp', 'expm1', 'log', 'log1p'] as const)('%s', (name) => {
    expectTable(name, elementary[name], () => ({ relative: 2 ** -52, absolute: 5e-324 }));
  });
});

describe('is within two units in the last place of Math’s:', () => {
  test('exp', () => {
    expect(apart(exp, Math.exp, grid(-746, 710, 100_000))).toBeLessThanOrEqual(2);
    expect(apart(exp, Math.exp, both(powers(-60, 1, 20_000)))).toBeLessThanOrEqual(2);
  });

  test('expm1', () => {
    expect(apart(expm1, Math.expm1, grid(-60, 710, 100_000))).toBeLessThanOrEqual(2);
    expect(apart(expm1, Math.expm1, both(powers(-1074, 2, 20_000)))).toBeLessThanOrEqual(2);
  });

  test('log', () => {
    expect(apart(log, Math.log, powers(-1074, 1023.999, 100_000))).toBeLessThanOrEqual(2);
    expect(apart(log, Math.log, grid(0.5, 2, 50_000))).toBeLessThanOrEqual(2);
  });

  test('log1p', () => {
    expect(apart(log1p, Math.log1p, powers(-1074, 1023.999, 100_000))).toBeLessThanOrEqual(2);
    expect(apart(log1p, Math.log1p, grid(-0.99999, 2, 50_000))).toBeLessThanOrEqual(2);
  });

  test('all, wherever', () => {
    for (const name of ['exp', 'expm1', 'log', 'log1p'] as const) {
      fc.assert(
        fc.property(fc.double(), (x) => apart(elementary[name], Math[name], [x]) <= 2),
        { numRuns: 2000 },
      );
    }
  });
});

test.each([NaN, -Infinity, -1e308, -746, -1.5, -1, -1e-300, -0, 0, 5e-324, 2 ** -1022, 1, 710, 1e308, Infinity])(
  'at %d all are as Math’s, also in sign, infinity and NaN',
  (x) => {
    for (const name of ['exp', 'expm1', 'log', 'log1p'] as const) {
      const expected = Math[name](x);
      if (Number.isFinite(expected) && expected !== 0) expect(apart(elementary[name], Math[name], [x])).toBeLessThan(2);
      else expect(elementary[name](x), name).toBe(expected); // by Object.is
    }
  },
);
