import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { Batch, Source } from '../../src/data/source.js';
import { loadDataset, toSource, type DataInput, type Dataset, type LoadOptions } from '../../src/data/dataset.js';
import { InputError } from '../../src/base/errors.js';
import { cpu, scalingOf, withDataset } from '../loaded.js';
import { problem } from '../oracle/index.js';
import { nodeDevices } from '../devices.js';
import { valuesOf, withTfjs } from './setting.js';

withTfjs();

const numbers = (dataset: Dataset): Promise<Float64Array> =>
  dataset.shard.take(Array.from({ length: dataset.shard.n }, (_, row) => row));

describe('what is data', () => {
  const one = [1, 2, 3, 4];
  const accepted: [string, DataInput][] = [
    ['nested arrays', [[1, 2], [3, 4]]],
    ['typed rows', [Float32Array.of(1, 2), Float64Array.of(3, 4)]],
    ['a float32 matrix', { data: Float32Array.from(one), shape: [2, 2] }],
    ['a float64 matrix', { data: Float64Array.from(one), shape: [2, 2] }],
  ]; // prettier-ignore

  test.each(accepted)('%s', async (_, data) => {
    const source = toSource(data);
    expect([source.rows, source.columns]).toEqual([2, ['x0', 'x1']]);
    expect(await valuesOf(source)).toEqual(one);
  });

  test('a tensor', async () => {
    const tensor = tf.tensor2d(one, [2, 2]);
    expect(await valuesOf(toSource(tensor))).toEqual(one);
    tensor.dispose();
  });

  test('a source, as it is', () => {
    const source = toSource([[1]]);
    expect(toSource(source)).toBe(source);
  });

  test.each([
    ['a string', 'data.csv', 'string'],
    ['null', null, 'null'],
    ['nothing', undefined, 'undefined'],
    ['a number', 7, 'number'],
    ['a function', () => one, 'function'],
    ['an object', { rows: 2 }, 'object'],
    ['one column as an array of numbers', one, 'an array of numbers'],
    ['an array of strings', ['1,2', '3,4'], 'an array of strings'],
    ['a missing row', [[1], null], 'an array of nulls'],
    ['rows of two kinds', [{ x: 1 }, [1]], 'rows of two kinds: row 1 is unlike row 0'],
    ['a typed array', Float64Array.from(one), 'object'],
    ['a matrix whose values are no typed array', { data: one, shape: [2, 2] }, 'object'],
    ['a matrix without shape', { data: Float64Array.from(one), shape: undefined }, 'object'],
  ])('%s is refused', (_, data, got) => {
    expect(() => toSource(data as DataInput)).toThrow(
      new InputError('shape', {
        where: 'data',
        expected:
          'number[][], { data: Float32Array | Float64Array, shape: [n, d] }, records, an Arrow table, a tf.Tensor2D or a source',
        got,
        remedy: 'give rows and columns; for one column, rows of one value each',
      }),
    );
  });

  test.each([[[4]], [[1, 2, 2]], [[]]])('a tensor of shape %j is refused', (shape) => {
    const tensor = tf.zeros(shape);
    expect(() => toSource(tensor as tf.Tensor2D)).toThrow(`got a tensor of shape [${shape.join(', ')}]; give rows`);
    tensor.dispose();
  });

  test('sample weights must be as many as rows', () => {
    expect(() => toSource([[1], [2]], [1])).toThrow('sampleWeights: expected 2 weights, one per row, got 1; ');
  });
});

describe('loadDataset', () => {
  const { x } = problem('scales', { n: 1500, d: 3, k: 2, seed: 2 });
  const batched = (sizes: readonly number[]): Source => ({
    ...toSource(x),
    async *batches(): AsyncGenerator<Batch> {
      for (let from = 0, turn = 0; from < x.length; turn++) {
        const part = x.slice(from, (from += sizes[turn % sizes.length]));
        yield { rows: part.length, values: Float64Array.from(part.flat()) };
      }
    },
  });

  test('holds the rows, centred and scaled in float64 and then rounded', () =>
    withDataset(toSource(x), {}, async (dataset) => {
      const { shift, scale } = scalingOf(x.flat(), 3, false);
      expect(dataset.scaling).toEqual({ shift, scale });
      const expected = x.flatMap((row) => row.map((value, j) => Math.fround((value - shift[j]) / scale[j])));
      expect(await numbers(dataset)).toEqual(Float64Array.from(expected));
      expect([dataset.shard.n, dataset.shard.d, dataset.columns]).toEqual([1500, 3, ['x0', 'x1', 'x2']]);
    }));

  test('a row of weight 0 does not decide where the others are held', () =>
    withDataset(toSource([...x, [1e12, 1e12, 1e12]], [...x.map(() => 1), 0]), {}, ({ scaling }) => {
      expect(scaling).toEqual(scalingOf(x.flat(), 3, false));
    }));

  test('one scale for all columns on request', () =>
    withDataset(toSource(x), { commonScale: true }, ({ scaling }) => {
      expect(scaling).toEqual(scalingOf(x.flat(), 3, true));
    }));

  test('uses the scaling it is given', async () => {
    const scaling = { shift: Float64Array.of(1, 2, 3), scale: Float64Array.of(2, 4, 8) };
    await withDataset(toSource([[3, 6, 11]]), { scaling }, async (dataset) => {
      expect(dataset.scaling).toBe(scaling);
      expect(await numbers(dataset)).toEqual(Float64Array.of(1, 1, 1));
    });
  });

  test.each(Object.entries(nodeDevices))('any batching of the rows gives the same dataset, %s', (_, device) =>
    withDataset(toSource(x), { device }, async (whole) => {
      await withDataset(batched([1, 0, 700, 3]), { device }, async (parts) => {
        expect(parts.scaling).toEqual(whole.scaling);
        expect(await numbers(parts)).toEqual(await numbers(whole));
      });
    }),
  );

  test('keeps the digits of rows far from 0', () =>
    withDataset(toSource([[1e9 + 0.25], [1e9 + 0.5], [1e9 + 1]]), {}, async ({ shard, scaling }) => {
      const rows = await shard.take([0, 1, 2]);
      expect(Array.from(rows, (value) => value * scaling.scale[0] + scaling.shift[0] - 1e9)).toEqual([0.25, 0.5, 1]);
    }));

  test('keeps the digits of rows so far from 0 that float32 has no number near them', () =>
    withDataset(toSource([[1e15 + 0.5], [1e15 + 1], [1e15 + 3]]), {}, async ({ shard, scaling }) => {
      const rows = await shard.take([0, 1, 2]);
      expect(Array.from(rows, (value) => value * scaling.scale[0] + scaling.shift[0] - 1e15)).toEqual([0.5, 1, 3]);
    }));

  test('names the columns that never change', () =>
    withDataset(toSource([[1, 0.1, 5], [2, 0.1, 5], [3, 0.1, 5 + 1e-12]]), {}, ({ constant }) => {
      expect(constant).toEqual(['x1']);
    }),
  ); // prettier-ignore

  test('a column that changes in a later block only is not constant', () => {
    const rows = Array.from({ length: 70_000 }, (_, i) => [i < 65_536 ? 0 : 1, 0]);
    return withDataset(toSource(rows), {}, ({ constant }) => expect(constant).toEqual(['x1']));
  });

  test('every column of a single row is constant', () =>
    withDataset(toSource([[1, 2]]), {}, ({ constant }) => expect(constant).toEqual(['x0', 'x1'])));

  test('reports the rows it dropped and loads the others', () =>
    withDataset(toSource([[1], [NaN], [2], [NaN], [3]], [1, 1, 2, 5, 4]), { missing: 'drop' }, (dataset) => {
      expect(dataset.dropped).toBe(2);
      expect([dataset.shard.n, dataset.totalWeight]).toEqual([3, 7]);
    }));

  test('the total weight is n without sample weights, and their sum in their own units with', async () => {
    await withDataset(toSource(x), {}, ({ totalWeight }) => expect(totalWeight).toBe(1500));
    await withDataset(toSource([[1], [2]], [1e-20, 3e-20]), {}, ({ totalWeight }) => {
      expect(totalWeight / 1e-20).toBeCloseTo(4, 12);
    });
    await withDataset(toSource([[1], [2]], [1e300, 0]), {}, ({ totalWeight }) => expect(totalWeight).toBe(1e300));
  });

  test('tells how many rows it has read', async () => {
    const seen: number[] = [];
    const rows = Array.from({ length: 70_000 }, (_, i) => [i]);
    await withDataset(toSource(rows), { onRows: (count) => seen.push(count) }, () => undefined);
    expect(seen).toEqual([65_536, 70_000]);
  });

  test('its tensors live on the backend asked for, which does not become the active one', async () => {
    const held = (): number => tf.findBackend('wasm').numDataIds();
    const before = held();
    await withDataset(toSource(x), { device: nodeDevices['composites on wasm'] }, () => {
      expect(tf.getBackend()).toBe('cpu');
      expect(held()).toBeGreaterThan(before);
    });
    expect(held()).toBe(before);
  });
});

describe('loadDataset refuses, and frees what it had loaded', () => {
  const refusal = (got: string): InputError =>
    new InputError('shape', {
      where: 'data',
      expected: 'at least one row of positive weight',
      got,
      remedy: 'fill missing values in, or choose columns and weights that have numbers',
    });
  const load = (source: Source, options: Partial<LoadOptions> = {}): Promise<Dataset> =>
    loadDataset(source, { device: cpu, missing: 'drop', ...options });

  test('weights that are all 0', async () => {
    await expect(load(toSource([[1], [2]], [0, 0]))).rejects.toThrow(refusal('weights that are all 0'));
  });

  test('rows that all miss a value', async () => {
    const all = load(toSource([[NaN, 1], [1, NaN]])); // prettier-ignore
    await expect(all).rejects.toThrow(refusal('none after leaving out 2 with missing values'));
  });

  test('no rows', async () => {
    await expect(load(toSource([]))).rejects.toThrow(
      'data: expected at least one row with at least one column, got no columns; ',
    );
    await expect(load(toSource({ data: new Float64Array(), shape: [0, 2] }))).rejects.toThrow('got no rows; ');
  });

  test('a bad value in a later block', async () => {
    const rows = Array.from({ length: 70_000 }, (_, i) => [i === 69_000 ? Infinity : 0]);
    await expect(load(toSource(rows))).rejects.toThrow('got Infinity in row 69000, column x0; ');
  });

  test('values whose squares float64 cannot hold', async () => {
    const tiny = toSource([[1e-200, 0], [3e-200, 0], [2e-200, 1]]); // prettier-ignore
    await expect(load(tiny)).rejects.toThrow(
      'data: expected columns whose variances float64 can hold (1e-280 to 1e280), ' +
        'got values from 1e-200 to 3e-200 in column x0; multiply the column by a power of 10',
    );
    await expect(load(toSource([[NaN], [1], [-1e300], [1e299]]))).rejects.toThrow(
      'got -1e+300 in row 2, column x0; remove the row, or divide the column by a power of 10',
    );
  });

  test('to go on once its signal is aborted', async () => {
    const reason = new Error('enough');
    const rows = Array.from({ length: 140_000 }, (_, i) => [i]);
    const controller = new AbortController();
    const loading = load(toSource(rows), { signal: controller.signal, onRows: () => controller.abort(reason) });
    await expect(loading).rejects.toBe(reason);
  });

  test('to go on once a timer aborts it, also where rows come without a wait', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason));
    const until = performance.now() + 10_000; // without end the test could not fail
    const endless: Source = {
      name: 'endless',
      columns: ['x'],
      async *batches() {
        const values = Float64Array.from({ length: 8192 }, (_, i) => i);
        while (performance.now() < until) yield { rows: values.length, values };
      },
    };
    await expect(load(endless, { signal: controller.signal })).rejects.toBe(reason);
  });
});
