import { describe, expect, test } from 'vitest';
import type { CovarianceForm } from '../../kernels/form.js';
import { InputError } from '../../src/base/errors.js';
import type { EstimateOptions } from '../../src/families/family.js';
import { gaussian } from '../../src/families/gaussian.js';
import { FastRandom } from '../../src/base/fast-random.js';
import {
  constrain,
  logDensities,
  mStep,
  parameterCount,
  problem,
  sum,
  sweep,
  type OracleMixture,
} from '../oracle/index.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';
import { momentsOf, whitened } from './moments.js';

const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];
const { x, truth, start } = problem('overlapping', { n: 200, d: 3, k: 3, seed: 4 });
const eye = identity(2);
const noRegularization = (d: number): EstimateOptions => ({ regularization: new Float64Array(d) });

function identity(d: number): number[][] {
  return Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? 1 : 0)));
}

describe.each(forms)('%s', (form) => {
  const family = gaussian({ covariance: form });
  const mixture = constrain(start, form);
  const packed = family.pack(family.fromParameters(mixture, 'start'));
  const found = sweep(x, undefined, mixture);

  test('estimate is the M-step, whatever the row weights sum to', () => {
    const moments = momentsOf(x, found.responsibilities, packed);
    const { components, repairs } = family.estimate(moments, packed, noRegularization(3));
    expectComponentsWithin(family.toParameters(components), mStep(found, form), 1e-11);
    expect(repairs).toEqual([]);
  });

  test('packing takes what estimating has factored, and does without', () => {
    const collapsed = x.map((row) => row.map(() => row[0])); // singular, so that some are packed with a ridge
    for (const rows of [x, collapsed]) {
      const moments = momentsOf(rows, found.responsibilities, packed);
      const { components } = family.estimate(moments, packed, noRegularization(3));
      const { factored, ...plain } = components;
      if (form === 'full' || form === 'tied') expect(factored).toHaveLength(form === 'tied' ? 1 : 3);
      else expect(factored).toBeUndefined();
      expect(family.pack(components)).toEqual(family.pack(plain));
    }
  });

  test('estimate adds the regularization to the variance of each column', () => {
    const moments = momentsOf(x, found.responsibilities, packed);
    const plain = family.toParameters(family.estimate(moments, packed, noRegularization(3)).components);
    const regularization = Float64Array.of(0.5, 0.25, 0.75);
    const got = family.toParameters(family.estimate(moments, packed, { regularization }).components);
    plain.covariances.forEach((covariance, k) =>
      covariance.forEach((row, i) => {
        const added = row.map((value, j) => value + (i !== j ? 0 : form === 'spherical' ? 0.5 : regularization[i]));
        expectAllWithin(got.covariances[k][i], added, 1e-14);
      }),
    );
    expect(got.means).toEqual(plain.means);
  });

  test('a prior of the pool draws every covariance to the pool of all by its share, and no mean', () => {
    const moments = momentsOf(x, found.responsibilities, packed);
    const own = mStep(found, form);
    const pool = constrain(own, 'tied').covariances[0];
    const share = 0.2;
    const expected = own.covariances.map((covariance, k) =>
      covariance.map((row, i) =>
        row.map((value, j) => (own.weights[k] * value + share * pool[i][j]) / (own.weights[k] + share)),
      ),
    );
    const pooled = family.estimate(moments, packed, { ...noRegularization(3), prior: { kind: 'pool', share } });
    expectComponentsWithin(family.toParameters(pooled.components), { means: own.means, covariances: expected }, 1e-11);
    const unpooled = family.estimate(moments, packed, { ...noRegularization(3), prior: { kind: 'pool', share: 0 } });
    expect(unpooled).toEqual(family.estimate(moments, packed, noRegularization(3)));
  });

  test('a component that has no rows keeps its mean and gets the covariance of the pool', () => {
    const plan = found.responsibilities.map(([a, b, c]) => [a + c, b, 0]);
    const { components } = family.estimate(momentsOf(x, plan, packed), packed, noRegularization(3));
    const { means, covariances } = family.toParameters(components);
    expect(means[2]).toEqual(Array.from(packed.quadratic[0].means.subarray(6)));
    const mass = [0, 1].map((k) => sum(plan.map((row) => row[k])) / x.length);
    const pool = constrain({ weights: mass, means: means.slice(0, 2), covariances: covariances.slice(0, 2) }, 'tied');
    expectAllWithin(covariances[2].flat(), pool.covariances[0].flat(), 1e-12);
  });

  test('packing keeps log-densities: normalizers and whitened distances add up to log p', () => {
    const exact = logDensities(x.slice(0, 20), mixture);
    exact.forEach((row, i) =>
      row.forEach((value, k) => {
        const distance = sum(whitened(x[i], packed, k).map((z) => z * z));
        expectWithin(packed.logNormalizers[k] - distance / 2, value, 2e-6 * (10 + distance), `row ${i}, ${k}`);
      }),
    );
  });

  test('packing gives float32 means and factors of the shape that kernels take', () => {
    const size = { full: 27, tied: 9, diag: 9, spherical: 3 }[form];
    const [{ d, means, whitening }] = packed.quadratic;
    expect(packed).toMatchObject(family.shape(3, 3));
    expect([packed.k, d, means.length, whitening.length]).toEqual([3, 3, 9, size]);
    expect(means).toEqual(Float32Array.from(mixture.means.flat()));
  });

  test('unscale maps rows by shift + scale · y, and toScaled back', () => {
    const scale = form === 'spherical' ? Float64Array.of(8, 8, 8) : Float64Array.of(4, 2 ** -20, 1024);
    const scaling = { shift: Float64Array.of(1e6, -3, 0.1), scale };
    const components = family.fromParameters(mixture, 'start');
    const unscaled = family.toData(components, scaling);
    const dense = family.toParameters(unscaled);
    expect(dense.means).toEqual(
      mixture.means.map((mean) => mean.map((value, j) => scaling.shift[j] + scale[j] * value)),
    );
    const expected = mixture.covariances.map((one) =>
      one.map((row, i) => row.map((value, j) => value * scale[i] * scale[j])),
    );
    expectComponentsWithin(dense, { means: dense.means, covariances: expected }, 1e-14);
    const back = family.toParameters(family.toShard(unscaled, scaling));
    expectComponentsWithin(back, mixture, 1e-9); // the shift takes digits of the means
    expect(back.covariances).toEqual(family.toParameters(components).covariances); // powers of two take none
  });

  test('fromParameters undoes toParameters', () => {
    const components = family.fromParameters(mixture, 'start');
    expectComponentsWithin(family.toParameters(components), mixture, 1e-14);
    expect(components.arrays.covariances.values).toHaveLength({ full: 27, tied: 9, diag: 9, spherical: 3 }[form]);
  });

  test('the sampler draws rows with the component’s mean and covariance', () => {
    const components = family.fromParameters(mixture, 'start');
    const n = 20_000;
    const data = new Float64Array(3 * n);
    // Every other row is another component's, and their number is no multiple of anything.
    const labels = new Int32Array(n).map((_, row) => (row % 2 === 0 ? 1 : row % 3));
    family.sampler(components)(labels, new FastRandom(9), data);
    const own = Array.from(labels.keys()).filter((row) => labels[row] === 1);
    const rows = own.map((row) => Array.from(data.subarray(3 * row, 3 * row + 3)));
    const drawn = { weights: [1], means: [mixture.means[1]], covariances: [mixture.covariances[1]] };
    // Five standard errors: σ/√n of a mean, √2 σ²/√n of a variance.
    const tolerance = (5 * Math.SQRT2) / Math.sqrt(rows.length);
    expectComponentsWithin(mStep(sweep(rows, undefined, drawn), 'full'), drawn, tolerance);
  });

  test.each([
    [1, 1],
    [3, 4],
    [5, 2],
  ])('counts its free parameters, k = %d, d = %d', (k, d) => {
    expect(family.parameterCount(k, d)).toBe(parameterCount(form, k, d) - (k - 1));
  });

  test('atRows gives every centre the columns’ variances', () => {
    const components = family.atRows(Float64Array.of(1, 2, 3, 4), Float64Array.of(4, 16));
    const [a, b] = form === 'spherical' ? [10, 10] : [4, 16];
    const covariance = [[a, 0], [0, b]]; // prettier-ignore
    expect(family.toParameters(components).means.flat()).toEqual([1, 2, 3, 4]);
    expect(family.toParameters(components).covariances).toEqual([covariance, covariance]);
    expect(components.arrays.covariances.values).toHaveLength({ full: 8, tied: 4, diag: 4, spherical: 2 }[form]);
  });

  test('what it gives is the caller’s to keep', () => {
    const components = family.fromParameters(truth, 'truth');
    const dense = family.toParameters(components);
    dense.means[0][0] = NaN;
    dense.covariances[0][0][0] = NaN;
    for (const { values } of Object.values(components.arrays)) expect(values.every(Number.isFinite)).toBe(true);
  });
});

describe('repairs', () => {
  const rows = Array.from({ length: 40 }, (_, i) => [i % 2, i % 2, i < 20 ? 0 : 10]);
  const plan = rows.map((row) => (row[2] === 0 ? [1, 0] : [0, 1]));
  const centres: OracleMixture = {
    weights: [0.5, 0.5],
    means: [[0, 0, 0], [0, 0, 10]],
    covariances: [identity(3), identity(3)],
  }; // prettier-ignore
  const estimate = (covariance: CovarianceForm, regularization = 0) => {
    const family = gaussian({ covariance });
    const packed = family.pack(family.fromParameters(centres, 'centres'));
    return family.estimate(momentsOf(rows, plan, packed), packed, {
      regularization: new Float64Array(3).fill(regularization),
    });
  };

  test.each([
    ['full', [0, 1], 'the covariance of component 1'],
    ['tied', [0], 'the tied covariance'],
    ['diag', [0, 1], 'the covariance of component 1'],
  ] as const)('a singular %s covariance gets a ridge, and the report says so', (form, components, name) => {
    const { repairs, components: repaired } = estimate(form);
    expect(repairs.map(({ kind }) => kind)).toEqual(components.map(() => 'ridge'));
    expect(repairs.map(({ component }) => component)).toEqual(components);
    expect(repairs.at(-1)?.message).toMatch(
      new RegExp(
        `^${name} was not positive definite; \\d\\.\\de-\\d+ of the columns' variances was added to its diagonal$`,
      ),
    );
    const family = gaussian({ covariance: form });
    expect(() => family.fromParameters(family.toParameters(repaired), 'repaired')).not.toThrow();
  });

  test('regularization makes a ridge unnecessary', () => {
    expect(estimate('full', 1e-6).repairs).toEqual([]);
  });

  test('a covariance that overflowed is an error that names the component', () => {
    const family = gaussian();
    const packed = family.pack(family.fromParameters(centres, 'centres'));
    const moments = momentsOf(rows, plan, packed);
    moments.quadratic[0].second[9] = Infinity;
    expect(() => family.estimate(moments, packed, noRegularization(3))).toThrow(
      new InputError('value', {
        where: 'component 1',
        expected: 'a finite covariance',
        got: 'one that overflowed',
        remedy: 'check the data for values near the limits of floating point, or fit fewer components',
      }),
    );
  });
});

describe('what it refuses', () => {
  test('an unknown covariance type', () => {
    expect(() => gaussian({ covariance: 'round' as CovarianceForm })).toThrow(
      new InputError('option', {
        where: 'gaussian',
        expected: 'covariance to be one of full, tied, diag, spherical',
        got: '"round"',
        remedy: 'choose one of these',
      }),
    );
    expect(() => gaussian({ covariance: 'toString' as CovarianceForm })).toThrow(InputError);
  });

  test.each([
    ['no components', [], [], 'start: means: expected an array [1][1], got an empty one; '],
    ['no columns', [[]], [[]], 'start: means: expected an array [1][1], got 1 rows of lengths 0; '],
    ['ragged means', [[0, 0], [1]], [eye, eye], 'start: means: expected an array [2][2], got 2 rows of lengths 2, 1; '],
    ['a NaN mean', [[0, NaN]], [eye], 'start: means: expected finite numbers, got NaN at [0][1]; '],
    ['too few covariances', [[0, 0], [1, 1]], [eye], 'start: covariances: expected 2 matrices, one per component, got 1; '],
    ['a covariance of another size', [[0, 0]], [[[1]]], 'start: covariances[0]: expected an array [2][2], got 1 rows of lengths 1; '],
    ['one that is not positive', [[0]], [[[-1]]], 'start: covariances[0]: expected a symmetric positive definite matrix, '],
  ])('components with %s', (_, means, covariances, message) => {
    for (const covariance of forms) {
      expect(() => gaussian({ covariance }).fromParameters({ means, covariances }, 'start')).toThrow(message);
    }
  }); // prettier-ignore
});

test('the default is full, and the options make the same family again', () => {
  expect(gaussian().options).toEqual({ covariance: 'full' });
  expect(gaussian({}).name).toBe('gaussian');
  expect(gaussian(gaussian({ covariance: 'tied' }).options).options).toEqual({ covariance: 'tied' });
});

test('only a spherical family needs one scale for all columns', () => {
  expect(forms.filter((covariance) => gaussian({ covariance }).commonScale)).toEqual(['spherical']);
});
