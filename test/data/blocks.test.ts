import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanBlocks, type CleanOptions } from '../../src/data/blocks.js';
import type { Batch, Source } from '../../src/data/source.js';
import { Levels } from '../../src/data/levels.js';
import { InputError } from '../../src/base/errors.js';
import { rowMajor } from '../../src/sweep/encode.js';

interface Rows {
  readonly rows: readonly (readonly number[])[];
  readonly weights?: readonly number[];
  /** Rows per batch; default all at once. */
  readonly cuts?: readonly number[];
}

/** A source that yields these rows in these batches. */
function sourceOf({ rows, weights, cuts = [rows.length] }: Rows, columns = ['a', 'b']): Source {
  return {
    name: 'flights.csv',
    columns,
    async *batches(): AsyncGenerator<Batch> {
      let from = 0;
      for (const count of cuts) {
        const part = rows.slice(from, from + count);
        const own = weights?.slice(from, from + count);
        from += count;
        yield {
          rows: part.length,
          values: Float64Array.from(part.flat()),
          ...(own ? { weights: Float64Array.from(own) } : {}),
        };
      }
    },
  };
}

interface Block {
  readonly rows: number;
  readonly values: number[];
  readonly weights: number[];
}

async function read(source: Source, options: Partial<CleanOptions> = {}): Promise<Block[]> {
  const blocks: Block[] = [];
  for await (const block of cleanBlocks(source, { missing: 'error', blockRows: 4, ...options })) {
    const { rows, weights = new Float64Array(rows).fill(1) } = block;
    blocks.push({ rows, values: Array.from(rowMajor(block, 0, rows)), weights: Array.from(weights) });
  }
  return blocks;
}

const plain = Array.from({ length: 10 }, (_, i) => [i, 100 + i]);
/** Rows 0 to 9, with these values in place of some. */
const withValues = (changes: Readonly<Record<number, number[]>>): number[][] =>
  plain.map((row, i) => changes[i] ?? row);

describe('blocks', () => {
  test('all have as many rows but the last, which has the rest', async () => {
    const blocks = await read(sourceOf({ rows: plain }));
    expect(blocks.map(({ rows }) => rows)).toEqual([4, 4, 2]);
    expect(blocks.flatMap(({ values }) => values)).toEqual(plain.flat());
    expect(blocks.map(({ values, weights }) => [values.length, weights.length])).toEqual([
      [8, 4],
      [8, 4],
      [4, 2],
    ]);
  });

  test('there is no empty last block', async () => {
    expect((await read(sourceOf({ rows: plain }), { blockRows: 5 })).map(({ rows }) => rows)).toEqual([5, 5]);
  });

  test('rows weigh 1 unless the source says otherwise', async () => {
    const weights = plain.map((_, i) => i / 4);
    expect((await read(sourceOf({ rows: plain }))).flatMap((block) => block.weights)).toEqual(plain.map(() => 1));
    expect((await read(sourceOf({ rows: plain, weights }))).flatMap((block) => block.weights)).toEqual(weights);
  });

  test('any batching of the same rows gives the same blocks', async () => {
    const cell = fc.oneof(
      { weight: 9, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
      fc.constant(NaN),
    );
    const rows = fc.array(
      fc.record({ row: fc.tuple(cell, cell), weight: fc.double({ min: 0, max: 9, noNaN: true }) }),
      { minLength: 1, maxLength: 40 },
    );
    const cuts = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(rows, cuts, fc.integer({ min: 1, max: 9 }), async (drawn, sizes, blockRows) => {
        const all = { rows: drawn.map(({ row }) => row), weights: drawn.map(({ weight }) => weight) };
        const outcome = async (source: Source) => {
          const dropped: number[] = [];
          const blocks = await read(source, { missing: 'drop', blockRows, onDropped: (row) => dropped.push(row) });
          return { blocks, dropped };
        };
        const batched = sourceOf({ ...all, cuts: [...sizes, drawn.length] });
        expect(await outcome(batched)).toEqual(await outcome(sourceOf(all)));
      }),
    );
  });
});

describe('levels', () => {
  const texts = ['d', 'a', null, 'a', 'c', 'd', 'b', null, 'b', 'a'];

  /** Text and numbers, in batches of so many rows; the list of texts grows from batch to batch. */
  function textSource(cuts: readonly number[]): Source {
    return {
      name: 'cities.csv',
      columns: ['city', 'x'],
      async *batches(): AsyncGenerator<Batch> {
        const levels = new Levels({ where: 'cities.csv', name: 'city', named: false, remedy: '' });
        let from = 0;
        for (const rows of cuts) {
          const part = texts.slice(from, from + rows).map((text, i) => [levels.code(text ?? ''), from + i]);
          from += rows;
          yield await Promise.resolve({
            rows,
            values: Float64Array.from(part.flat()),
            levels: [levels.texts, undefined],
          });
        }
      },
    };
  }

  test.each([
    ['one batch', [10]],
    ['pieces of blocks', [3, 1, 2, 4]],
    ['batches and blocks alike', [4, 4, 2]],
    ['many blocks in a batch', [1, 9]],
  ])('stay with their rows: %s', async (_, cuts) => {
    const read: (readonly [string | undefined, number])[] = [];
    const lists = new Set<readonly string[] | undefined>();
    for await (const block of cleanBlocks(textSource(cuts), { missing: 'drop', blockRows: 4 })) {
      const [list, none] = block.levels ?? [];
      expect(none).toBeUndefined();
      lists.add(list);
      const values = rowMajor(block, 0, block.rows);
      for (let i = 0; i < block.rows; i++) read.push([list?.[values[2 * i]], values[2 * i + 1]]);
    }
    expect(read).toEqual(texts.flatMap((text, i) => (text === null ? [] : [[text, i]])));
    expect(Array.from(lists)).toEqual([['d', 'a', 'c', 'b']]);
  });

  test('a missing text is refused by row and column', async () => {
    await expect(read(textSource([10]))).rejects.toThrow(
      'cities.csv: expected text in every cell, got a missing value (empty or null) in row 2, column city; fill it in',
    );
  });

  test('there are none where all columns are numbers', async () => {
    for await (const block of cleanBlocks(sourceOf({ rows: plain }), { missing: 'error', blockRows: 3 })) {
      expect(block.levels).toBeUndefined();
    }
  });
});

describe('missing values', () => {
  test.each([
    ['the first', [NaN, 1], 'a'],
    ['another', [1, NaN], 'b'],
    ['every', [NaN, NaN], 'a'],
  ])('NaN in %s column is refused by row and column', async (_, row, column) => {
    await expect(read(sourceOf({ rows: withValues({ 7: row }), cuts: [3, 3, 4] }))).rejects.toThrow(
      new InputError('value', {
        where: 'flights.csv',
        expected: 'a number in every cell',
        got: `a missing value (NaN or null) in row 7, column ${column}`,
        remedy:
          "fill it in, use what such rows have with missing: 'model' (--missing model), or leave such rows out with missing: 'drop' (--missing drop)",
      }),
    );
  });

  test('a missing weight is refused by its row', async () => {
    const weights = plain.map((_, i) => (i === 5 ? NaN : 1));
    await expect(read(sourceOf({ rows: plain, weights, cuts: [4, 6] }))).rejects.toThrow(
      "flights.csv: expected a number in every cell, got a missing value (NaN or null) in row 5, column of the sample weight; fill it in, or leave such rows out with missing: 'drop' (--missing drop)",
    );
  });

  test('drop leaves such rows out and reports their indices', async () => {
    const dropped: number[] = [];
    const weights = plain.map((_, i) => (i === 9 ? NaN : i + 1));
    const rows = withValues({ 0: [NaN, 1], 4: [1, NaN], 5: [NaN, NaN] });
    const blocks = await read(sourceOf({ rows, weights, cuts: [5, 5] }), {
      missing: 'drop',
      onDropped: (row) => dropped.push(row),
    });
    expect(dropped).toEqual([0, 4, 5, 9]);
    const kept = [1, 2, 3, 6, 7, 8];
    expect(blocks.flatMap(({ values }) => values)).toEqual(kept.flatMap((i) => plain[i]));
    expect(blocks.flatMap((block) => block.weights)).toEqual(kept.map((i) => i + 1));
    expect(blocks.map((block) => block.rows)).toEqual([4, 2]);
  });

  test('drop may leave nothing', async () => {
    expect(await read(sourceOf({ rows: [[NaN, 1]] }), { missing: 'drop' })).toEqual([]);
  });
});

describe('values that cannot be used', () => {
  test.each([Infinity, -Infinity])(
    '%d is refused by row and column, also where missing rows are dropped',
    async (bad) => {
      for (const missing of ['error', 'drop'] as const) {
        await expect(
          read(sourceOf({ rows: withValues({ 6: [NaN, bad] }), cuts: [4, 6] }), { missing }),
        ).rejects.toThrow(
          new InputError('value', {
            where: 'flights.csv',
            expected: 'finite numbers',
            got: `${bad} in row 6, column b`,
            remedy: 'remove the row or replace the value',
          }),
        );
      }
    },
  );

  test.each([-1, -Infinity, Infinity])('a weight of %d is refused by its row', async (bad) => {
    const weights = plain.map((_, i) => (i === 8 ? bad : 1));
    await expect(read(sourceOf({ rows: plain, weights, cuts: [4, 6] }), { missing: 'drop' })).rejects.toThrow(
      new InputError('value', {
        where: 'flights.csv',
        expected: 'sample weights that are finite and not negative',
        got: `${bad} in row 8`,
        remedy: 'give rows that should not count the weight 0',
      }),
    );
  });

  test('a weight of 0 is a weight', async () => {
    const weights = plain.map(() => 0);
    expect((await read(sourceOf({ rows: plain, weights }))).flatMap((block) => block.weights)).toEqual(weights);
  });
});

describe('no data', () => {
  const refusal = (got: string): InputError =>
    new InputError('shape', {
      where: 'flights.csv',
      expected: 'at least one row with at least one column',
      got,
      remedy: 'give a source that has data',
    });

  test.each([[[]], [[0]], [[0, 0]]])('a source whose batches have %j rows is refused', async (cuts) => {
    await expect(read(sourceOf({ rows: [], cuts }))).rejects.toThrow(refusal('no rows'));
  });

  test('a source without columns is refused', async () => {
    await expect(read(sourceOf({ rows: [[]] }, []))).rejects.toThrow(refusal('no columns'));
  });
});

test('an aborted signal ends the reading with its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const source = sourceOf({ rows: plain, cuts: [4, 4, 2] });
  let blocks = 0;
  const reading = async (): Promise<void> => {
    for await (const _ of cleanBlocks(source, { missing: 'error', blockRows: 4, signal: controller.signal })) {
      blocks++;
      controller.abort(reason);
    }
  };
  await expect(reading()).rejects.toBe(reason);
  expect(blocks).toBe(1);
});
