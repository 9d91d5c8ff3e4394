/** Values that families have no density for: one error each, that names the row of the source. */
import { describe, expect, test } from 'vitest';
import {
  bernoulli,
  beta,
  categorical,
  exponential,
  fitMixture,
  gamma,
  geometric,
  InputError,
  logNormal,
  multinomial,
  negativeBinomial,
  poisson,
  vonMisesFisher,
  type DataInput,
  type Family,
} from '../../src/index.js';

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).code).toBe('value');
  return (error as InputError).message;
}

const options = { components: 1, backend: 'wasm', maxIterations: 2 } as const;
const round = 'round it, or choose a family of real numbers';
const positive = 'leave the row out, add what it was rounded by, or choose exponential, which takes 0';
const inwards = 'move 0 and 1 inwards by what they were rounded by';

/** A family, two rows that it takes, one that it does not take, and what is wrong with it: its column, and the rest. */
type Refused = readonly [Family, readonly number[][], readonly number[], string, string, string];
const whole = [[1, 2], [3, 4]]; // prettier-ignore
const parts = [[0.5, 0.2], [0.3, 0.4]]; // prettier-ignore
const refused: readonly Refused[] = [
  ...[poisson(), negativeBinomial(), negativeBinomial({ size: 3 }), geometric(), multinomial()].flatMap(
    (family): Refused[] => [
      [family, whole, [5, -1], 'counts: whole numbers ≥ 0, got -1', 'x1', round],
      [family, whole, [0.5, 1], 'counts: whole numbers ≥ 0, got 0.5', 'x0', round],
    ],
  ),
  ...[gamma(), logNormal()].map((family): Refused => [family, whole, [1, 0], 'numbers > 0, got 0', 'x1', positive]),
  [exponential(), [[0, 2], [3, 4]], [1, -0.1], 'numbers ≥ 0, got -0.1', 'x1', 'leave the row out, or choose a family of real numbers'], // prettier-ignore
  [beta(), parts, [0, 0.5], 'numbers between 0 and 1, neither included, got 0', 'x0', inwards],
  [beta(), parts, [0.5, 1], 'numbers between 0 and 1, neither included, got 1', 'x1', inwards],
  [bernoulli(), [[0, 1], [1, 0]], [1, 2], '0 or 1, got 2', 'x1', 'choose categorical for more levels than two'], // prettier-ignore
  [vonMisesFisher(), [[1, 0], [0, 1]], [0, 0], 'directions: rows of a length > 0, got 0', 'x0', 'leave the row out'], // prettier-ignore
];

describe.each(
  refused.map(
    ([family, good, bad, ...rest]) => [family.describe(1), family, good as number[][], bad as number[], rest] as const,
  ),
)('%s', (_, family, good, bad, [expected, column, remedy]) => {
  const said = (row: number): string => `data: expected ${expected} in row ${row}, column ${column}; ${remedy}`;

  test(`refuses ${bad.join(', ')}, by its row in the source, also after rows that were left out`, async () => {
    expect(await messageOf(fitMixture([...good, bad], { ...options, family }))).toBe(said(2));
    const holes = [[NaN, 1], ...good, [1, NaN], [NaN, NaN], bad, [NaN, 1]];
    expect(await messageOf(fitMixture(holes, { ...options, family, missing: 'drop' }))).toBe(said(5));
    expect(await messageOf(fitMixture(holes, { ...options, family }))).toBe(
      "data: expected a number in every cell, got a missing value (NaN or null) in row 0, column x0; fill it in, use what such rows have with missing: 'model' (--missing model), or leave such rows out with missing: 'drop' (--missing drop)",
    );
  });

  test('refuses it of a fitted mixture too, and leaves out what is missing', async () => {
    const { mixture } = await fitMixture(good, { ...options, family });
    expect(await messageOf(mixture.predict([good[0], bad]))).toBe(said(1));
    expect(await messageOf(mixture.scoreSamples([[NaN, 1], good[0], bad], { missing: 'drop' }))).toBe(said(2));
    const labels = await mixture.predict([[NaN, 1], good[0], [1, NaN]], { missing: 'drop' });
    expect(Array.from(labels)).toEqual([-1, 0, -1]);
  });
});

describe('categorical', () => {
  const table = ['red', 'green', 'blue', 'red'].map((colour, i) => ({ colour, size: i % 3 }));
  const fit = (data: DataInput) => fitMixture(data, { ...options, family: categorical() });

  test('refuses a level that the fit has not seen, as the source has it', async () => {
    const { mixture } = await fit({ data: table, columns: ['colour', 'size'] });
    const unseen = [...table, { colour: 'pink', size: 1 }];
    expect(await messageOf(mixture.predict(unseen))).toBe(
      'data: expected one of the levels blue, green, red, got "pink" in row 4, column colour; leave the row out, or fit again with such rows',
    );
    expect(await messageOf(mixture.predict([...table, { colour: 'red', size: 7 }]))).toBe(
      'data: expected one of the levels 0, 1, 2, got 7 in row 4, column size; leave the row out, or fit again with such rows',
    );
    const gaps = [{ colour: null, size: 1 }, { colour: 'pink', size: 1 }]; // prettier-ignore
    expect(await messageOf(mixture.predict(gaps, { missing: 'drop' }))).toContain('got "pink" in row 1, column colour');
  });

  test('takes 1,000 levels of a column that nobody names, and no more', async () => {
    const levels = (count: number): number[][] => Array.from({ length: count }, (_, i) => [i / 4]);
    const { mixture } = await fit(levels(1000));
    expect(mixture.family.levels?.[0]).toHaveLength(1000);
    expect(await messageOf(fit(levels(1001)))).toBe(
      'data: expected at most 1,000 levels in a column, got more in column x0; name the column, as in categorical:NAME, leave it out, or give it a family of numbers',
    );
  });
});

test('directions of other lengths are divided by them, which is noted', async () => {
  const family = vonMisesFisher();
  const unit = [[1, 0], [0.6, 0.8], [0.8, 0.6]]; // prettier-ignore
  const plain = await fitMixture(unit, { ...options, family });
  const scaled = await fitMixture(unit.map((row, i) => row.map((value) => value * (i + 1))), { ...options, family }); // prettier-ignore
  expect(plain.diagnostics.notes).toEqual([]);
  expect(scaled.diagnostics.notes).toEqual(['rows were divided by their lengths']);
  expect(scaled.mixture.columnMeans).toEqual(plain.mixture.columnMeans);
});
