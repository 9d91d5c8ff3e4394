import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { aic, bic, icl, logLikelihood } from '../oracle/index.js';
import { expectWithin } from '../within.js';
import { mixtureOf, overlapping, watchTensors } from './setting.js';

watchTensors();

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
