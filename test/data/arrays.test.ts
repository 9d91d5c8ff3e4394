import { describe, expect, test } from 'vitest';
import { columnNames, matrixSource, nestedArraySource, withWeights } from '../../src/data/arrays.js';
import type { Batch, Matrix, Source } from '../../src/data/source.js';
import { InputError } from '../../src/base/errors.js';

async function read(source: Source): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of source.batches()) batches.push(batch);
  return batches;
}

const valuesOf = async (source: Source): Promise<number[]> =>
  (await read(source)).flatMap(({ values }) => Array.from(values));

const weightsOf = async (source: Source): Promise<number[]> =>
  (await read(source)).flatMap(({ weights }) => Array.from(weights ?? []));

describe('columnNames', () => {
  test('numbers columns from x0', () => {
    expect(columnNames(3)).toEqual(['x0', 'x1', 'x2']);
  });
});

describe('nestedArraySource', () => {
  test('yields the rows one after the other, in float64', async () => {
    const source = nestedArraySource([Float32Array.of(1, 2), [3, 0.1], { length: 2, 0: 5, 1: 6 }]);
    expect([source.name, source.rows, source.columns]).toEqual(['data', 3, ['x0', 'x1']]);
    expect(await valuesOf(source)).toEqual([1, 2, 3, 0.1, 5, 6]);
    expect((await read(source))[0].weights).toBeUndefined();
  });

  test('null and undefined, which JSON and sparse rows have, are missing values and not 0', async () => {
    const rows = [[1, null], [undefined, 2]] as unknown as number[][]; // prettier-ignore
    expect(await valuesOf(nestedArraySource(rows))).toEqual([1, NaN, NaN, 2]);
  });

  test('starts again at every call', async () => {
    const source = nestedArraySource([[1], [2]]);
    expect(await valuesOf(source)).toEqual(await valuesOf(source));
  });

  test('more rows than a batch holds come in several', async () => {
    const rows = Array.from({ length: 70_000 }, (_, i) => [i]);
    const batches = await read(nestedArraySource(rows));
    expect(batches.map((batch) => batch.rows)).toEqual([65_536, 4464]);
    expect(batches.flatMap(({ values }) => Array.from(values))).toEqual(rows.flat());
  });

  test('no rows are a source without columns', async () => {
    const source = nestedArraySource([]);
    expect([source.rows, source.columns, await read(source)]).toEqual([0, [], []]);
  });

  test('ragged rows are refused by the first that differs', () => {
    expect(() => nestedArraySource([[1, 2], [3, 4], [5], [6, 7, 8]])).toThrow(
      new InputError('shape', {
        where: 'data',
        expected: 'rows of equal length (row 0 has 2 values)',
        got: '1 values in row 2',
        remedy: 'make all rows equally long, with NaN for what is missing',
      }),
    ); // prettier-ignore
  });
});

describe('matrixSource', () => {
  test.each([Float64Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(1, 2, 3, 4, 5, 6)])(
    'yields a %s row by row',
    async (data) => {
      const source = matrixSource({ data, shape: [3, 2] });
      expect([source.name, source.rows, source.columns]).toEqual(['data', 3, ['x0', 'x1']]);
      expect(await valuesOf(source)).toEqual([1, 2, 3, 4, 5, 6]);
    },
  );

  test.each([
    ['too few values', [2, 3], 'shape [2, 3] and 4 values'],
    ['too many values', [1, 3], 'shape [1, 3] and 4 values'],
    ['one dimension', [4], 'shape [4] and 4 values'],
    ['three dimensions', [2, 2, 1], 'shape [2, 2, 1] and 4 values'],
    ['half a row', [0.5, 8], 'shape [0.5, 8] and 4 values'],
    ['negative sizes', [-2, -2], 'shape [-2, -2] and 4 values'],
  ])('a shape with %s is refused', (_, shape, got) => {
    expect(() => matrixSource({ data: new Float64Array(4), shape: shape as unknown as Matrix['shape'] })).toThrow(
      new InputError('shape', {
        where: 'data',
        expected: 'shape [rows, columns] with rows · columns values',
        got,
        remedy: 'give the shape that the values have',
      }),
    );
  });
});

describe('withWeights', () => {
  const source = nestedArraySource([[1], [2], [3]]);

  test('gives every row its weight, across batches', async () => {
    const batched: Source = {
      ...source,
      async *batches() {
        yield { rows: 1, values: Float64Array.of(1) };
        yield { rows: 2, values: Float64Array.of(2, 3) };
      },
    };
    const weighted = withWeights(batched, [0.5, 0, 2]);
    expect(await weightsOf(weighted)).toEqual([0.5, 0, 2]);
    expect(await weightsOf(weighted)).toEqual([0.5, 0, 2]);
    expect(await valuesOf(weighted)).toEqual([1, 2, 3]);
  });

  test('replaces the weights that a source brings', async () => {
    expect(await weightsOf(withWeights(withWeights(source, [1, 1, 1]), [4, 5, 6]))).toEqual([4, 5, 6]);
  });

  test('takes a source that is an object of a class', async () => {
    class Rows implements Source {
      get name(): string {
        return 'rows';
      }
      get columns(): string[] {
        return ['a'];
      }
      async *batches(): AsyncGenerator<Batch> {
        yield { rows: 2, values: Float64Array.of(1, 2) };
      }
    }
    const weighted = withWeights(new Rows(), [3, 4]);
    expect([weighted.name, weighted.columns]).toEqual(['rows', ['a']]);
    expect(await weightsOf(weighted)).toEqual([3, 4]);
  });

  const refusal = (rows: number, count: number): InputError =>
    new InputError('shape', {
      where: 'sampleWeights',
      expected: `${rows} weights, one per row`,
      got: String(count),
      remedy: 'give every row its weight',
    });

  test.each([2, 4, 0])('%d weights for 3 rows are refused at once where the source knows its rows', (count) => {
    expect(() => withWeights(source, new Float64Array(count))).toThrow(refusal(3, count));
  });

  test.each([2, 4])('%d weights for 3 rows are refused after reading where it does not', async (count) => {
    const stream: Source = { name: 'stream', columns: ['x'], batches: () => source.batches() };
    await expect(read(withWeights(stream, new Float64Array(count)))).rejects.toThrow(refusal(3, count));
  });
});
