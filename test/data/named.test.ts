/** Data in memory whose columns have names: records, and tables of apache-arrow's. */
import { readFileSync } from 'node:fs';
import {
  Bool,
  DateDay,
  Dictionary,
  DurationSecond,
  Float16,
  Float64,
  Int32,
  Int64,
  Table,
  Utf8,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { toSource, type DataInput } from '../../src/data/input.js';
import { InputError } from '../../src/base/errors.js';
import { fitMixture } from '../../src/fit/fit.js';
import { openSource } from '../../src/sources.js';
import { contents, fixture } from './files/folder.js';

const rowsOf = async (data: DataInput) => contents(toSource(data));

function complaint(data: unknown): string {
  try {
    toSource(data as DataInput);
  } catch (error) {
    if (error instanceof InputError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('it is accepted');
}

describe('records', () => {
  it('keep their names, and know their number', async () => {
    const source = toSource([
      { x: 1, y: 2 },
      { y: 4, x: 3 },
    ]);
    expect(source.rows).toBe(2);
    expect(await contents(source)).toMatchObject({ columns: ['x', 'y'], rows: [[1, 2], [3, 4]] }); // prettier-ignore
  });

  it('hold numbers, bigints and booleans; null, undefined and absent keys are missing', async () => {
    const data = [
      { a: 1.5, b: 7n, c: true },
      { a: null, c: false },
      { b: undefined, a: -Infinity, late: 2 },
    ];
    expect(await rowsOf(data)).toMatchObject({
      columns: ['a', 'b', 'c', 'late'],
      rows: [
        [1.5, 7, 1, NaN],
        [NaN, NaN, 0, NaN],
        [-Infinity, NaN, NaN, 2],
      ],
    });
  });

  it('may have columns called length, 0 or constructor', async () => {
    const data: object[] = [{ length: 5, 0.5: 1, constructor: 2 }, { length: 4 }];
    expect(await rowsOf(data)).toMatchObject({
      columns: ['length', '0.5', 'constructor'],
      rows: [
        [5, 1, 2],
        [4, NaN, NaN],
      ],
    });
  });

  it('with text are refused by column and row, or read without it', async () => {
    const data = [
      { x: 1, species: null, y: 2 },
      { x: 3, species: 'Adelie', y: 4 },
    ];
    const message =
      'format: data: expected numeric columns, got species (text in row 1: "Adelie"); ' +
      'choose numeric ones with { data, columns: ["x", "y"] }';
    expect(complaint(data)).toBe(message);
    expect(await rowsOf({ data, columns: ['x', 'y'] })).toMatchObject({ rows: [[1, 2], [3, 4]] }); // prettier-ignore
    expect(await rowsOf({ data, columns: ['y'] })).toMatchObject({ columns: ['y'], rows: [[2], [4]] });
  });

  it.each([
    ['a date', [{ t: new Date(0) }], /^format: .*got t \(a date in row 0\); make numbers of these first$/],
    ['an array', [{ x: 1 }, { x: [1] }], /^format: .*got x \(\[1\] in row 1\); make numbers/],
    ['an unknown name', { data: [{ x: 1 }], columns: ['X'] }, /^option: columns: .*got "X"; name some of x$/],
    ['a name twice', { data: [{ x: 1 }], columns: ['x', 'x'] }, /^option: columns: .*got "x" twice; /],
    ['no name', { data: [{ x: 1 }], columns: [] }, /^option: columns: .*got none; /],
    ['a name that is no list', { data: [{ x: 1 }], columns: 'x' }, /^option: columns: .*got string; /],
  ])('%s is refused', (_, data, message) => {
    expect(complaint(data)).toMatch(message);
  });
});

describe('texts in memory', () => {
  const asked = (data: DataInput, mixture?: readonly string[]) =>
    toSource(data, undefined, mixture, { text: 'levels' });

  async function levelsOf(source: ReturnType<typeof toSource>) {
    const batches = [];
    for await (const { levels } of source.batches()) batches.push(levels);
    return batches;
  }

  it('are levels where they are asked for, whatever they spell', async () => {
    const data = [
      { city: 'b', x: 1, zip: '8000' },
      { city: 'a', x: 2, zip: null },
      { x: null, city: 'b', zip: '3000' },
    ];
    const source = asked(data);
    expect((await contents(source)).rows).toEqual([[0, 1, 0], [1, 2, NaN], [0, NaN, 1]]); // prettier-ignore
    expect(await levelsOf(source)).toEqual([[['b', 'a'], undefined, ['8000', '3000']]]);
    expect(await levelsOf(asked({ data, columns: ['x'] }))).toEqual([undefined]);
    expect((await contents(asked(data, ['x', 'city']))).rows).toEqual([[1, 0], [2, 1], [NaN, 0]]); // prettier-ignore
  });

  it('beside other values are refused, and so are dates', () => {
    const message = (data: DataInput) => {
      try {
        asked(data);
        return 'accepted';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(message([{ a: 1, t: 'u' }, { a: 'x' }])).toBe(
      'data: expected columns of numbers or of text, got a (text in row 1: "x", beside other values); ' +
        'choose others with { data, columns: ["t"] }',
    );
    expect(message([{ a: 'x' }, { a: true }])).toMatch(
      /got a \(text in row 0: "x", beside other values\); make numbers/,
    );
    expect(message(new Table({ d: vectorFromArray([new Date(0)], new DateDay()) }))).toMatch(/got d \(Date\)/);
  });

  it('of several record batches are one list', async () => {
    const part = (texts: readonly (string | null)[]) => new Table({ s: vectorFromArray(texts, new Utf8()) });
    const source = asked(part(['b', null]).concat(part(['a', 'b']), part(['c'])));
    expect((await contents(source)).rows.flat()).toEqual([0, NaN, 1, 0, 2]);
    const lists = await levelsOf(source);
    expect(lists).toEqual([[['b', 'a', 'c']], [['b', 'a', 'c']], [['b', 'a', 'c']]]);
    expect(new Set(lists.map((levels) => levels?.[0])).size).toBe(1);
  });
});

describe('Arrow tables', () => {
  const table = new Table({
    f2: vectorFromArray([0.5, null, 65504], new Float16()),
    i8: vectorFromArray([2n ** 53n, -1n, null], new Int64()),
    b: vectorFromArray([true, null, false], new Bool()),
    d: vectorFromArray([1.5, 2.5, null], new Dictionary(new Float64(), new Int32())),
    lap: vectorFromArray([5n, null, -7n], new DurationSecond()),
  });
  const expected = [
    [0.5, 2 ** 53, 1, 1.5, 5],
    [NaN, -1, NaN, 2.5, NaN],
    [65504, NaN, 0, NaN, -7],
  ];

  it('are read as their files are', async () => {
    const source = toSource(table);
    expect(await contents(source)).toMatchObject({ columns: ['f2', 'i8', 'b', 'd', 'lap'], rows: expected });
    expect(source.rows).toBe(3);
    expect(source.notes).toEqual(['the column lap holds durations: they count as numbers of seconds']);
    for (const name of ['decimal32.arrow', 'names_by_case.arrow', 'pandas.arrow']) {
      const file = await openSource(fixture(name));
      const memory = toSource(tableFromIPC(readFileSync(fixture(name))));
      expect(await contents(memory)).toEqual(await contents(file));
      expect(memory.notes).toEqual(file.notes?.map((note) => note.replace('with --columns', 'in columns')));
    }
  });

  it('may be slices, of several batches, or a batch', async () => {
    const two = table.concat(table);
    expect((await rowsOf(two)).rows).toEqual([...expected, ...expected]);
    expect((await rowsOf(two.slice(2, 5))).rows).toEqual([expected[2], expected[0], expected[1]]);
    expect((await rowsOf(tableFromIPC(tableToIPC(two, 'stream')).batches[0] as unknown as DataInput)).rows).toEqual(
      expected,
    );
  });

  it('with text or dates are refused by column, or read without them', async () => {
    const mixed = new Table({
      s: vectorFromArray(['1'], new Utf8()),
      x: vectorFromArray([2], new Float64()),
      day: vectorFromArray([0], new DateDay()),
      c: vectorFromArray(['a'], new Dictionary(new Utf8(), new Int32())),
    });
    expect(complaint(mixed)).toBe(
      'format: data: expected numeric columns, got s (Utf8), day (Date), c (Dictionary); ' +
        'choose numeric ones with { data, columns: ["x"] }',
    );
    expect((await rowsOf({ data: mixed, columns: ['x'] })).rows).toEqual([[2]]);
  });
});

describe('a mixture of named columns', () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({
    x: i % 2 ? 5 + Math.sin(i) : Math.sin(i),
    y: 100 * Math.cos(i),
  }));

  it('finds them by name, in whatever order, beside others', async () => {
    const { mixture } = await fitMixture(rows, { components: 2, backend: 'wasm' });
    expect(mixture.columns).toEqual(['x', 'y']);
    const [labels, score] = [await mixture.predict(rows), await mixture.score(rows)];
    const shuffled = rows.map(({ x, y }, i) => ({ y, name: `row ${i}`, x }));
    expect(await mixture.predict(shuffled)).toEqual(labels);
    const arrow = tableFromArrays({ y: rows.map(({ y }) => y), x: rows.map(({ x }) => x) });
    expect(await mixture.score(arrow)).toBe(score);
    await expect(mixture.score(rows.map(({ x }) => ({ x })))).rejects.toThrow(
      'columns: expected columns of the data, got "y"; name some of x',
    );
    const others = rows.map(({ x, y }) => ({ u: x, v: y }));
    expect(await mixture.score(others)).toBe(score);
    expect(await mixture.score(rows.map(({ x, y }) => [x, y]))).toBe(score);
  });
});
