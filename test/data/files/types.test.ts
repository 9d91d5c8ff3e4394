import {
  Decimal,
  DurationMillisecond,
  Float64,
  IntervalMonthDayNano,
  Null,
  Table,
  TimeNanosecond,
  TimestampNanosecond,
  Vector,
  makeData,
  tableToIPC,
  vectorFromArray,
  type DataType,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../../src/sources.js';
import { complaint, contents, fixture, read, temporaryFolder } from './folder.js';
import { parquet } from './parquet-file.js';

const folder = temporaryFolder();

function arrow(name: string, columns: Record<string, [readonly unknown[], DataType]>): string {
  const vectors = Object.entries(columns).map(([key, [values, type]]) => [key, vectorFromArray(values, type)] as const);
  return folder.write(name, tableToIPC(new Table(Object.fromEntries(vectors)), 'file'));
}

/** Decimals as Arrow has them: words of 32 bits, the lowest first. */
function words(value: bigint, count: number): Uint32Array {
  const bits = BigInt.asUintN(32 * count, value);
  return Uint32Array.from({ length: count }, (_, i) => Number(BigInt.asUintN(32, bits >> BigInt(32 * i))));
}

describe('decimals', () => {
  it('of 32 bits are read, also by a query', async () => {
    const path = fixture('decimal32.arrow');
    const expected = [
      [-123.67, 1],
      [0.01, 2],
      [-0.03, 4],
    ];
    expect((await read(path)).rows).toEqual(expected);
    expect((await read(`SELECT * FROM '${path}'`)).rows).toEqual(expected);
  });

  it.each([
    [32, 9, 2, -12367n, -123.67],
    [64, 15, 4, -(10n ** 15n - 1n), -99999999999.9999],
    [128, 38, 22, 12345678901234567890123n, 1.2345678901234567],
    [128, 5, -3, -123n, -123_000],
    [128, 38, 0, 2n ** 100n, 2 ** 100],
    [256, 50, 2, -12367n, -123.67],
    [256, 76, 40, 10n ** 75n + 1n, 1e35],
  ])('of %i bits and (%i, %i) are the nearest float64', async (bits, digits, scale, integer, expected) => {
    const type = new Decimal(scale, digits, bits);
    const path = arrow(`decimal-${bits}-${digits}.arrow`, { x: [[words(integer, bits / 32), null], type] });
    expect((await read(path)).rows).toEqual([[expected], [NaN]]);
  });

  it('of Parquet are the nearest float64, where DuckDB alone rounds twice', async () => {
    const path = folder.write('decimals.parquet', '');
    const value = '1.2345678901234567890123';
    await parquet(path, `SELECT ${value}::DECIMAL(38, 22) AS x, -12345678901234567891::DECIMAL(38, 0) AS y`);
    const expected = [[1.2345678901234567, Number('-12345678901234567891')]];
    expect((await read(path)).rows).toEqual(expected);
    expect((await read(`SELECT * FROM '${path}'`)).rows).toEqual(expected);
  });

  it('of more than 38 digits, which DuckDB misreads, are refused where they are used', async () => {
    const path = fixture('dec256.parquet');
    const got = 'x (DECIMAL(50,2), more than the 38 digits that can be read)';
    const remedy = 'write x as float64 or as a decimal of at most 38 digits';
    expect(await complaint(path)).toBe(
      `format: ${path}: expected numeric columns, got ${got}; choose numeric ones with --columns y, or ${remedy}`,
    );
    expect((await read(path, { columns: ['y'] })).rows).toEqual([[1], [2], [4]]);
    expect(await complaint(`SELECT x FROM '${path}'`)).toBe(
      `format: ${path}: expected columns that can be read from every file, got ${got}; ${remedy}, or select others: y`,
    );
    expect((await read(`SELECT y FROM '${path}'`)).rows).toEqual([[1], [2], [4]]);
    expect(await complaint(`SELECT y FROM read_parquet('${path}')`)).toBe(
      `format: ${path}: expected columns that read_parquet reads right, got ${got}; ` +
        `read the others with SELECT "y" FROM '${path}'`,
    );
  });
});

it('an encoding that DuckDB does not know is said to be one', async () => {
  const path = fixture('byte_stream_split.parquet');
  expect(await complaint(path)).toBe(
    `unsupported: ${path}: expected what DuckDB can decode, ` +
      'got BYTE_STREAM_SPLIT encoding is only supported for FLOAT or DOUBLE data; ' +
      'write it with another encoding or compression, such as plain and snappy',
  );
});

describe('durations count as numbers of their unit, with a note', () => {
  const note = 'the column lap holds durations: they count as numbers of milliseconds';
  const expected = [
    [1500, 1.5],
    [NaN, 2.5],
    [-250, 3.5],
  ];

  it.each(['Parquet', 'Arrow'])('%s', async (format) => {
    const path =
      format === 'Parquet'
        ? fixture('durations.parquet')
        : arrow('durations.arrow', {
            lap: [[1500n, null, -250n], new DurationMillisecond()],
            x: [[1.5, 2.5, 3.5], new Float64()],
          });
    const source = await openSource(path);
    expect((await contents(source)).rows).toEqual(expected);
    expect(source.notes).toEqual([note]);
    expect((await openSource(path, { columns: ['x'] })).notes).toBeUndefined();
    expect((await read(`SELECT * FROM '${path}'`)).rows).toEqual(expected);
  });
});

describe('the index of pandas stands aside', () => {
  it.each(['pandas.parquet', 'pandas.arrow'])('%s', async (name) => {
    const source = await openSource(fixture(name));
    expect(source.columns).toEqual(['x', 'y']);
    expect(source.notes).toEqual([
      'not used, since no one named it with --columns: __index_level_0__ (the index of pandas)',
    ]);
    const query = await openSource(`SELECT * FROM '${fixture(name)}'`);
    expect([query.columns, query.notes]).toEqual([source.columns, source.notes]);
    expect((await openSource(`SELECT __index_level_0__, x FROM '${fixture(name)}'`)).columns).toHaveLength(2);
    const named = await openSource(fixture(name), { columns: ['x'], weight: '__index_level_0__' });
    expect(named.notes).toBeUndefined();
    expect(await contents(named)).toMatchObject({ rows: [[1], [2], [3]], weights: [10, 20, 40] });
  });
});

describe('names', () => {
  it('are distinct where they differ in case alone', async () => {
    for (const [name, rows] of [
      ['names_by_case.arrow', [[5, 1], [6, 2], [9, 4]]], // prettier-ignore
      ['names_by_case.parquet', [[2, 1], [4, 3]]], // prettier-ignore
    ] as const) {
      expect(await read(fixture(name), { columns: ['X', 'x'] })).toMatchObject({ columns: ['X', 'x'], rows });
      const source = await openSource(`SELECT X_1, x FROM '${fixture(name)}'`);
      expect((await contents(source)).rows).toEqual(rows);
      expect(source.notes).toEqual([
        `${fixture(name)}: two columns are called X but for case: the later one is called X_1`,
      ]);
    }
  });

  it('are told apart where they are equal, with a note', async () => {
    const path = fixture('names_twice.parquet');
    const source = await openSource(path);
    expect(await contents(source)).toMatchObject({ columns: ['x', 'x_1'], rows: [[1, 2], [3, 4]] }); // prettier-ignore
    expect(source.notes).toEqual(['two columns are called x: the later one is called x_1']);
    expect((await read(path, { columns: ['x_1'] })).rows).toEqual([[2], [4]]);
    expect((await read(`SELECT x_1 FROM '${path}'`)).rows).toEqual([[2], [4]]);
  });
});

describe('other columns of Arrow files', () => {
  it('of nulls are missing throughout', async () => {
    const path = arrow('nulls.arrow', { x: [[1.5], new Float64()], none: [[null], new Null()] });
    expect((await read(path)).rows).toEqual([[1.5, NaN]]);
    expect((await read(`SELECT * FROM '${path}'`)).rows).toEqual([[1.5, NaN]]);
  });

  it('keep every nanosecond in queries, and months and days of intervals', async () => {
    const at = makeData({ type: new TimestampNanosecond(), data: new BigInt64Array([1_577_936_645_123_456_789n]) });
    const times = new Table({
      at: new Vector([at]),
      time: vectorFromArray([86_399_999_999_999n], new TimeNanosecond()),
      span: vectorFromArray([Int32Array.of(1, 2, 3_000_000_000 | 0, 0)], new IntervalMonthDayNano()),
    });
    const path = folder.write('times.arrow', tableToIPC(times, 'file'));
    const query = `SELECT epoch_ns("at") % 1000000000 AS a, epoch_ns(time) % 1000 AS time, epoch(span) AS span FROM '${path}'`;
    expect((await read(query)).rows).toEqual([[123_456_789, 999, 32 * 86_400 + 3]]);
    expect(await complaint(path)).toContain('got at (Timestamp), time (Time), span (Interval); ');
    expect(await complaint(path)).toContain(`SELECT epoch("at") AS t FROM '${path}'`);
  });
});
