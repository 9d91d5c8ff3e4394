/** What text is to families: levels to those that have such, and nothing to sum to others. */
import { describe, expect, test } from 'vitest';
import type { Batch, Source } from '../../src/data/source.js';
import { bernoulli, categorical, fitMixture, gaussian, logNormal, poisson, vonMisesFisher } from '../../src/index.js';

/** Rows whose second column is an index of texts where there are any. */
function source(values: readonly number[], ...texts: readonly string[]): Source {
  const batch: Batch = {
    ...{ rows: values.length / 2, values: Float64Array.from(values) },
    ...(texts.length > 0 && { levels: [undefined, texts] }),
  };
  return {
    ...{ name: 'rows', columns: ['a', 'b'] },
    async *batches() {
      yield batch;
    },
  };
}

const rows = [1, 0, 2, 1, 1, 1, 2, 0, 1, 0];

describe('a column of text', () => {
  test.each([gaussian(), gaussian({ covariance: 'spherical' }), poisson(), bernoulli(), logNormal(), vonMisesFisher()])(
    'is refused by $name, which would take its places in a list for numbers',
    async (family) => {
      const fit = fitMixture(
        source(
          rows.map((value) => Math.min(value, 1)),
          'no',
          'yes',
        ),
        { family, components: 1 },
      );
      await expect(fit).rejects.toThrow(
        'rows: expected numbers, got "no" in row 0, column b; leave the column out, or choose categorical, which takes text',
      );
    },
  );

  test('is levels to categorical, in the order of code units', async () => {
    const { mixture } = await fitMixture(source(rows, 'yes', 'no'), { family: categorical(), components: 1 });
    expect(mixture.levels).toEqual([
      [1, 2],
      ['no', 'yes'],
    ]);
  });

  test('that spells numbers has the levels of numbers, and the other way', async () => {
    const options = { family: categorical(), components: 1 };
    const ofNumbers = (await fitMixture(source(rows), options)).mixture;
    const ofText = (await fitMixture(source(rows, '0', '1'), options)).mixture;
    const densities = await ofNumbers.scoreSamples(source(rows));
    expect(await ofNumbers.scoreSamples(source(rows, '0', '1'))).toEqual(densities);
    expect(await ofText.scoreSamples(source(rows))).toEqual(densities);
    await expect(ofText.scoreSamples(source([1, 7]))).rejects.toThrow(
      'rows: expected one of the levels 0, 1, got 7 in row 0, column b',
    );
  });
});

test('mixture.levels says of columns without levels that they have none', async () => {
  expect((await fitMixture(source(rows), { components: 1 })).mixture.levels).toEqual([undefined, undefined]);
});
