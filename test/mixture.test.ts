import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Batch, Source } from '../src/data/source.js';
import { toSource } from '../src/dataset.js';
import { InputError } from '../src/errors.js';
import type { EvaluatedRows } from '../src/evaluate.js';
import { gaussian } from '../src/families/gaussian.js';
import { fitMixture } from '../src/fit.js';
import { Mixture } from '../src/mixture.js';
import { goldenRows } from './golden/data.js';
import { goldenFit } from './golden/values.js';
import {
  aic,
  bic,
  constrain,
  icl,
  logLikelihood,
  mStep,
  parameterCount,
  problem,
  sum,
  sweep,
  type Covariance,
  type OracleMixture,
} from './oracle/index.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from './within.js';

let tensors = 0;
beforeAll(() => tf.setBackend('cpu'));
beforeEach(() => (tensors = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors, 'tensors left behind').toBe(tensors));

const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];

function mixtureOf(truth: OracleMixture, covariance: Covariance): Mixture {
  const family = gaussian({ covariance });
  const weights = Float64Array.from(truth.weights);
  return new Mixture({ family, weights, components: family.fromDense(truth, 'truth') });
}

interface Case {
  readonly name: string;
  readonly x: number[][];
  readonly truth: OracleMixture;
}

const overlapping = problem('overlapping', { n: 300, d: 3, k: 3, seed: 5 });
const cases: readonly Case[] = [
  { name: 'faithful', x: goldenRows('faithful'), truth: goldenFit('faithful/full/2').parameters as OracleMixture },
  { name: 'overlapping', ...overlapping },
  { name: 'offset by 1e6', ...problem('offset', { n: 300, d: 2, k: 3, seed: 5 }) },
  { name: 'scales 1e4 apart', ...problem('scales', { n: 300, d: 3, k: 2, seed: 5 }) },
];

describe.each(cases)('$name', ({ x, truth }) => {
  describe.each(forms)('%s', (form) => {
    const exact = constrain(truth, form);
    const mixture = mixtureOf(exact, form);
    const oracle = sweep(x, undefined, exact);
    const largest = oracle.responsibilities.map((r) => Math.max(...r));

    test('predict gives the likeliest component', async () => {
      const labels = await mixture.predict(x);
      expect(labels).toBeInstanceOf(Int32Array);
      expect(labels).toHaveLength(x.length);
      // Of components that are equal but for rounding, either is right.
      labels.forEach((label, i) => expectWithin(oracle.responsibilities[i][label], largest[i], 1e-4, `row ${i}`));
    });

    test('predictProba gives responsibilities, and they sum to 1', async () => {
      const { data, shape } = await mixture.predictProba(x);
      expect(shape).toEqual([x.length, mixture.k]);
      expectAllWithin(data, oracle.responsibilities.flat(), 2e-5);
      for (let i = 0; i < x.length; i++) {
        expectWithin(sum(Array.from(data.subarray(i * mixture.k, (i + 1) * mixture.k))), 1, 1e-6);
      }
    });

    test('scoreSamples gives log-densities in the data’s own units', async () => {
      const densities = await mixture.scoreSamples(x);
      expect(densities).toHaveLength(x.length);
      densities.forEach((density, i) => {
        const exactly = oracle.logDensity[i];
        expectWithin(density, exactly, 2e-5 * Math.max(1, Math.abs(exactly)), `row ${i}`);
      });
    });

    test('score, bic, aic and icl are those of float64', async () => {
      const total = logLikelihood(x, exact);
      const within = (got: number, expected: number): void => expectWithin(got, expected, 1e-6 * Math.abs(expected));
      within(await mixture.score(x), total / x.length);
      within(await mixture.bic(x), bic(x, exact, form));
      within(await mixture.aic(x), aic(x, exact, form));
      within(await mixture.icl(x), icl(x, exact, form));
      const all = await mixture.criteria(x);
      within(all.logLikelihood, total);
      expect(all.meanLogLikelihood).toBe(await mixture.score(x));
      expect([all.bic, all.aic, all.icl]).toEqual([await mixture.bic(x), await mixture.aic(x), await mixture.icl(x)]);
    });
  });
});

describe('what it is made of', () => {
  test.each(forms)('weights, means, covariances and the count of its parameters, %s', (form) => {
    const exact = constrain(overlapping.truth, form);
    const mixture = mixtureOf(exact, form);
    expect([mixture.k, mixture.d, mixture.columns]).toEqual([3, 3, ['x0', 'x1', 'x2']]);
    expect(mixture.weights).toEqual(exact.weights);
    expect(mixture.means).toEqual(exact.means);
    expectComponentsWithin(mixture, exact, 1e-14);
    expect(mixture.parameters).toBe(parameterCount(form, 3, 3));
  });

  test('what it gives is the caller’s to change', () => {
    const mixture = mixtureOf(overlapping.truth, 'full');
    mixture.weights[0] = NaN;
    mixture.means[0][0] = NaN;
    mixture.covariances[0][0][0] = NaN;
    expect([mixture.weights, mixture.means, mixture.covariances]).toEqual([
      overlapping.truth.weights,
      overlapping.truth.means,
      overlapping.truth.covariances,
    ]);
  });
});

describe('sample weights', () => {
  const { x, truth } = overlapping;
  const mixture = mixtureOf(truth, 'full');
  const weights = x.map((_, i) => i % 4);
  const repeated = x.flatMap((row, i) => Array.from({ length: weights[i] }, () => row));

  test('a weight is a row that many times in every criterion', async () => {
    const { logLikelihood: total, meanLogLikelihood, ...rest } = await mixture.criteria(x, { sampleWeights: weights });
    const exact = logLikelihood(repeated, truth);
    expectWithin(total, exact, 1e-6 * Math.abs(exact));
    expectWithin(meanLogLikelihood, exact / repeated.length, (1e-6 * Math.abs(exact)) / repeated.length);
    expectWithin(rest.bic, bic(repeated, truth, 'full'), 1e-6 * Math.abs(rest.bic));
    expectWithin(rest.aic, aic(repeated, truth, 'full'), 1e-6 * Math.abs(rest.aic));
    expectWithin(rest.icl, icl(repeated, truth, 'full'), 1e-6 * Math.abs(rest.icl));
  });

  test('change nothing in what is said of a row', async () => {
    expect(await mixture.scoreSamples(x, { sampleWeights: weights })).toEqual(await mixture.scoreSamples(x));
    expect(await mixture.predict(x, { sampleWeights: weights })).toEqual(await mixture.predict(x));
  });

  test('must be as many as rows', async () => {
    await expect(mixture.score(x, { sampleWeights: [1, 2] })).rejects.toThrow(
      'sampleWeights: expected 300 weights, one per row, got 2; ',
    );
  });
});

describe('missing values', () => {
  const { x, truth } = overlapping;
  const mixture = mixtureOf(truth, 'full');
  const out = [0, 7, 8, 299];
  const holes = x.map((row, i) => (out.includes(i) ? [row[0], NaN, row[2]] : row));
  const kept = x.flatMap((_, i) => (out.includes(i) ? [] : [i]));

  test('are refused by row and column unless they may be dropped', async () => {
    for (const call of [
      mixture.predict(holes),
      mixture.predictProba(holes),
      mixture.scoreSamples(holes),
      mixture.score(holes),
    ]) {
      await expect(call).rejects.toThrow(
        'data: expected a number in every cell, got a missing value (NaN or null) in row 0, column x1; ',
      );
    }
  });

  test('dropped rows keep their places: label −1, NaN elsewhere', async () => {
    const options = { missing: 'drop' } as const;
    const [labels, all] = [await mixture.predict(holes, options), await mixture.predict(x)];
    expect(Array.from(labels)).toEqual(Array.from(all, (label, i) => (out.includes(i) ? -1 : label)));
    const [density, every] = [await mixture.scoreSamples(holes, options), await mixture.scoreSamples(x)];
    expect(Array.from(density)).toEqual(Array.from(every, (value, i) => (out.includes(i) ? NaN : value)));
    const [proba, whole] = [await mixture.predictProba(holes, options), await mixture.predictProba(x)];
    expect(proba.shape).toEqual([300, 3]);
    expect(Array.from(proba.data)).toEqual(
      Array.from(whole.data, (value, at) => (out.includes(Math.floor(at / 3)) ? NaN : value)),
    );
  });

  test('criteria are those of the rows that are left', async () => {
    const rest = kept.map((i) => x[i]);
    expect(await mixture.criteria(holes, { missing: 'drop' })).toEqual(await mixture.criteria(rest));
  });
});

describe('what it refuses', () => {
  const mixture = mixtureOf(overlapping.truth, 'full');

  test.each([
    ['too few columns', [[1, 2]], '2'],
    ['too many columns', [[1, 2, 3, 4]], '4'],
    ['no rows', [], '0'],
  ])('%s', async (_, rows, got) => {
    const refusal = new InputError('shape', {
      where: 'data',
      expected: '3 columns, as the mixture has',
      got,
      remedy: 'choose the columns the mixture was fitted to, in their order',
    });
    for (const call of [
      mixture.predict(rows),
      mixture.predictProba(rows),
      mixture.scoreSamples(rows),
      mixture.bic(rows),
    ]) {
      await expect(call).rejects.toThrow(refusal);
    }
  });

  test('to go on once its signal is aborted', async () => {
    const reason = new Error('enough');
    await expect(mixture.predict(overlapping.x, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('a backend it cannot use', async () => {
    await expect(mixture.predict(overlapping.x, { backend: 'webgl' })).rejects.toThrow(InputError);
  });
});

describe.each(['cpu', 'wasm'] as const)('what it says of a row on %s', (backend) => {
  const { x, truth } = problem('overlapping', { n: 2500, d: 3, k: 3, seed: 6 });
  const mixture = mixtureOf(truth, 'full');
  const all = async (data: number[][] | Source) => ({
    labels: Array.from(await mixture.predict(data, { backend })),
    proba: Array.from((await mixture.predictProba(data, { backend })).data),
    densities: Array.from(await mixture.scoreSamples(data, { backend })),
  });

  test('does not depend on the other rows, bit for bit', async () => {
    const whole = await all(x);
    const some = [2499, 3, 1024, 1023, 777];
    const few = await all(some.map((i) => x[i]));
    expect(few.labels).toEqual(some.map((i) => whole.labels[i]));
    expect(few.proba).toEqual(some.flatMap((i) => whole.proba.slice(3 * i, 3 * i + 3)));
    expect(few.densities).toEqual(some.map((i) => whole.densities[i]));
  });

  test('does not depend on the source’s batches, bit for bit', async () => {
    const batched: Source = {
      ...toSource(x),
      async *batches(): AsyncGenerator<Batch> {
        for (let from = 0, size = 1; from < x.length; from += size, size = 1 + ((7 * size) % 311)) {
          const part = x.slice(from, from + size);
          yield { rows: part.length, values: Float64Array.from(part.flat()) };
        }
      },
    };
    expect(await all(batched)).toEqual(await all(x));
  });

  test('is finite a million deviations out', async () => {
    const far = [[1e6, 0, 0], [-1e6, 1e6, 1e6]]; // prettier-ignore
    const { proba, densities } = await all(far);
    const exact = sweep(far, undefined, truth);
    expectAllWithin(proba, exact.responsibilities.flat(), 1e-6);
    densities.forEach((density, i) => expectWithin(density, exact.logDensity[i], 1e-5 * Math.abs(density)));
  });
});

describe('a component of weight 0', () => {
  const { x, truth } = overlapping;
  const mixture = mixtureOf({ ...truth, weights: [0.5, 0, 0.5] }, 'full');

  test('takes no row and changes no density', async () => {
    expect(new Set(await mixture.predict(x))).toEqual(new Set([0, 2]));
    const { data } = await mixture.predictProba(x);
    expect(data.every((value, at) => at % 3 !== 1 || value === 0)).toBe(true);
    const without = {
      weights: [0.5, 0.5],
      means: [truth.means[0], truth.means[2]],
      covariances: [truth.covariances[0], truth.covariances[2]],
    };
    expectAllWithin(await mixture.scoreSamples(x), sweep(x, undefined, without).logDensity, 1e-4);
  });

  test('draws no row', () => {
    expect(new Set(mixture.sample(200).labels)).toEqual(new Set([0, 2]));
  });
});

describe('evaluate', () => {
  const { x, truth } = problem('overlapping', { n: 70_000, d: 1, k: 2, seed: 6 });
  const mixture = mixtureOf(truth, 'diag');

  test('visits blocks one after the other, with the places of their rows', async () => {
    const seen: number[] = [];
    let open = 0;
    await mixture.evaluate(
      x.map((row, i) => (i % 1000 === 0 ? [NaN] : row)),
      async ({ index, rows, labels, responsibilities, logDensity }: EvaluatedRows) => {
        expect(++open).toBe(1);
        seen.push(...index);
        expect([labels.length, responsibilities.length, logDensity.length]).toEqual([rows, 2 * rows, rows]);
        await new Promise((resolve) => setTimeout(resolve));
        open--;
      },
      { missing: 'drop' },
    );
    expect(seen).toEqual(Array.from({ length: 70_000 }, (_, i) => i).filter((i) => i % 1000 !== 0));
  });

  test('ends with the error of a visitor that throws', async () => {
    const reason = new Error('full disk');
    await expect(mixture.evaluate(x, () => Promise.reject(reason))).rejects.toBe(reason);
  });
});

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
        got: String(bad),
        remedy: 'correct it',
      }),
    );
  });

  test.each([0.5, NaN, '1'])('a seed of %j is refused', (bad) => {
    expect(() => mixture.sample(1, { seed: bad as number })).toThrow(
      new InputError('option', {
        where: 'seed',
        expected: 'a whole number',
        got: String(bad),
        remedy: 'correct it',
      }),
    );
  });
});

test.each(['cpu', 'wasm'] as const)(
  'rows beyond all reach have a label and a finite density, on %s',
  async (backend) => {
    const start = { weights: [0.5, 0.5], means: [[0], [10]], covariances: [[[1]], [[1]]] };
    const data = [[0], [1], [9], [10], [11]];
    const { mixture } = await fitMixture(data, { components: 2, seeding: start, maxIterations: 1, backend });
    for (const far of [1e15, 1e25, 1e100, 1e300]) {
      const rows = [[far], [-far]];
      expect(Array.from(await mixture.predict(rows, { backend })), String(far)).toEqual([
        expect.any(Number),
        expect.any(Number),
      ]);
      for (const density of await mixture.scoreSamples(rows, { backend })) {
        expect(Number.isFinite(density)).toBe(true);
        expect(density).toBeLessThan(-1e20);
      }
      const { data: proba } = await mixture.predictProba(rows, { backend });
      expect(proba.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  },
);
