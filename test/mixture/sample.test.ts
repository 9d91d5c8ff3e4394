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
