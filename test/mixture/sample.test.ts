import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { constrain, mStep, sweep } from '../oracle/index.js';
import { expectComponentsWithin, expectWithin } from '../within.js';
import { forms, mixtureOf, overlapping, watchTensors } from './setting.js';

watchTensors();

describe('sample', () => {
  const n = 20_000;

  test.each(forms)('has the shares, means and covariances of the components, %s', (form) => {
    const exact = constrain({ ...overlapping.truth, weights: [0.2, 0.5, 0.3] }, form);
    const { data, shape, labels } = mixtureOf(exact, form).sample(n, { seed: 4 });
    expect(shape).toEqual([n, 3]);
    const rows = Array.from({ length: n }, (_, i) => Array.from(data.subarray(3 * i, 3 * i + 3)));
    for (let k = 0; k < 3; k++) {
      const own = rows.filter((_, i) => labels[i] === k);
      const drawn = { weights: [1], means: [exact.means[k]], covariances: [exact.covariances[k]] };
      expectWithin(own.length / n, exact.weights[k], 5 * Math.sqrt((exact.weights[k] * (1 - exact.weights[k])) / n));
      expectComponentsWithin(
        mStep(sweep(own, undefined, drawn), 'full'),
        drawn,
        (5 * Math.SQRT2) / Math.sqrt(own.length),
      );
    }
  });

  const mixture = mixtureOf(overlapping.truth, 'full');

  test('the same seed draws the same rows, another seed others', () => {
    expect(mixture.sample(50, { seed: 9 })).toEqual(mixture.sample(50, { seed: 9 }));
    expect(mixture.sample(50)).toEqual(mixture.sample(50, { seed: 0 }));
    expect(mixture.sample(50, { seed: 9 }).data).not.toEqual(mixture.sample(50, { seed: 10 }).data);
  });

  test.each([-300, -40, 300])('scales with the mixture, by 2^%d to the last bit', (power) => {
    const one = { weights: [0.4, 0.6], means: [[1], [-2]], covariances: [[[2]], [[0.5]]] };
    const scale = 2 ** power;
    const scaled = { ...one, means: [[scale], [-2 * scale]], covariances: [[[2 * scale ** 2]], [[0.5 * scale ** 2]]] };
    const expected = mixtureOf(one)
      .sample(1001)
      .data.map((value) => value * scale);
    expect(mixtureOf(scaled).sample(1001).data).toEqual(expected);
  });

  test.each([1, 2, 65, 512])('of %d columns that hang together has their covariance', (d) => {
    // Of a random walk: Σ_ij = min(i, j) + 1, so that steps are independent and standard normal.
    const covariance = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (__, j) => Math.min(i, j) + 1));
    const n = Math.ceil(100_001 / d);
    const { data } = mixtureOf({
      weights: [1],
      means: [new Array<number>(d).fill(0)],
      covariances: [covariance],
    }).sample(n);
    const steps = data.map((value, at) => (at % d === 0 ? value : value - data[at - 1]));
    const moment = (of: (at: number) => number): number => steps.reduce((sum, _, at) => sum + of(at), 0) / steps.length;
    const error = 5 / Math.sqrt(steps.length);
    expectWithin(
      moment((at) => steps[at]),
      0,
      error,
    );
    expectWithin(
      moment((at) => steps[at] ** 2),
      1,
      Math.SQRT2 * error,
    );
    expectWithin(
      moment((at) => steps[at] * (at % d === 0 ? 0 : steps[at - 1])),
      0,
      error,
    );
  });

  test('is data like any other', async () => {
    const drawn = mixture.sample(100);
    expect(await mixture.predict(drawn)).toHaveLength(100);
  });

  test('n = 0 draws none', () => {
    expect(mixture.sample(0)).toEqual({ data: new Float64Array(), shape: [0, 3], labels: new Int32Array() });
  });

  test.each([-1, 1.5, NaN, Infinity, '3', 2 ** 53])('%j rows are refused', (bad) => {
    expect(() => mixture.sample(bad as number)).toThrow(
      new InputError('option', {
        where: 'sample',
        expected: 'a whole number of rows ≥ 0',
        got: typeof bad === 'string' ? JSON.stringify(bad) : String(bad),
        remedy: 'correct it',
      }),
    );
  });

  test.each([0.5, NaN, '1'])('a seed of %j is refused', (bad) => {
    expect(() => mixture.sample(1, { seed: bad as number })).toThrow(
      new InputError('option', {
        where: 'seed',
        expected: 'a whole number',
        got: typeof bad === 'string' ? JSON.stringify(bad) : String(bad),
        remedy: 'correct it',
      }),
    );
  });
});
