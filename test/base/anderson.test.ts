import { describe, expect, test } from 'vitest';
import { Acceleration, type AccelerationOptions } from '../../src/base/anderson.js';
import { expectAllWithin, expectWithin } from '../within.js';

const options = (length: number): AccelerationOptions => ({
  weights: new Float64Array(length).fill(1),
  ...{ memory: 8, ridge: 1e-12 },
});

describe('Anderson acceleration', () => {
  const rates = [0.99, 0.9, -0.5, 0.3];
  const plain = (x: Float64Array): Float64Array => x.map((value, k) => 1 + rates[k] * (value - 1));

  test('solves a linear problem in few more steps than it has dimensions, where the plain one takes 1400', () => {
    const acceleration = new Acceleration({ ...options(4), isWorse: () => false });
    let x = new Float64Array(4);
    for (let step = 0; step < 9; step++) x = Float64Array.from(acceleration.next(x, plain(x), 0));
    expectAllWithin(x, [1, 1, 1, 1], 1e-6);
  });

  test('takes the plain step where there is nothing to learn from', () => {
    const acceleration = new Acceleration(options(2));
    const fixed = Float64Array.of(3, 4);
    for (let step = 0; step < 4; step++) expect([...acceleration.next(fixed, fixed, 0)]).toEqual([3, 4]);
  });
});

describe('whether it is believed: it', () => {
  test('goes back to the plain iteration where an accelerated point is worse', () => {
    const acceleration = new Acceleration(options(1));
    expect([...acceleration.next(Float64Array.of(0), Float64Array.of(1), 1)]).toEqual([1]);
    const [trial] = acceleration.next(Float64Array.of(1), Float64Array.of(1.5), 0.5);
    expectWithin(trial, 2, 1e-9); // where a straight line ends
    expect([...acceleration.next(Float64Array.of(trial), Float64Array.of(9), 0.6)]).toEqual([1.5]);
    // and is plain for one iteration after
    expect([...acceleration.next(Float64Array.of(1.5), Float64Array.of(1.75), 0.4)]).toEqual([1.75]);
  });

  test('waits longer after every failure in a row', () => {
    const acceleration = new Acceleration(options(1));
    let plain = 0;
    const waits: number[] = [];
    let x = 0;
    for (let step = 0; step < 60 && waits.length < 4; step++) {
      // Every accelerated point is worse: the error falls along the plain iteration alone.
      const reached = (x + 10) / 2;
      const [next] = acceleration.next(Float64Array.of(x), Float64Array.of(reached), 10 - x);
      if (next === reached) plain++;
      else {
        waits.push(plain);
        plain = 0;
        const [back] = acceleration.next(Float64Array.of(next), Float64Array.of(0), 100);
        expect(back).toBe(reached);
        x = back;
        continue;
      }
      x = next;
    }
    expect(waits.slice(1)).toEqual([...waits.slice(1)].sort((u, v) => u - v));
    expect(waits[waits.length - 1]).toBeGreaterThan(waits[1]);
  });

  test('believes what the caller’s measure of error believes', () => {
    const isWorse = (error: number, before: number): boolean => error > before + 0.2;
    const acceleration = new Acceleration({ ...options(1), isWorse });
    acceleration.next(Float64Array.of(0), Float64Array.of(1), 1);
    const [trial] = acceleration.next(Float64Array.of(1), Float64Array.of(1.5), 0.5);
    expect(acceleration.isTrial).toBe(true);
    const [next] = acceleration.next(Float64Array.of(trial), Float64Array.of(2), 0.6);
    expectWithin(next, 2, 1e-6);
    expect(acceleration.isTrial).toBe(true);
  });

  test('keeps a trial within reach', () => {
    const within = (x: Float64Array, _: Float64Array, point: Float64Array): Float64Array =>
      point.map((value, k) => Math.min(value, x[k] + 0.7));
    const acceleration = new Acceleration({ ...options(1), within });
    acceleration.next(Float64Array.of(0), Float64Array.of(1), 1);
    expect([...acceleration.next(Float64Array.of(1), Float64Array.of(1.5), 0.5)]).toEqual([1.7]);
  });
});
