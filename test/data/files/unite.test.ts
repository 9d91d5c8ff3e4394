import {
  Bool,
  type DataType,
  Decimal,
  Float64,
  Int32,
  Int8,
  Table,
  Utf8,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow';
import { dump } from 'npyjs';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../../src/sources.js';
import { complaint, contents, read, temporaryFolder } from './folder.js';
import { parquet } from './parquet-file.js';

const folder = temporaryFolder();

/** Writes a folder of Parquet files, one per query, and returns their glob. */
async function parquets(name: string, ...queries: readonly string[]): Promise<string> {
  for (const [i, query] of queries.entries()) await parquet(folder.write(`${name}/${i}.parquet`, ''), query);
  return `${folder.path}/${name}/*.parquet`;
}

/** A one-column Arrow file. */
function arrow(values: readonly unknown[], type: DataType, name = 'x'): Uint8Array {
  return tableToIPC(new Table({ [name]: vectorFromArray(values, type) }), 'file');
}

function files(name: string, extension: string, ...contents: readonly (string | Uint8Array)[]): string {
  contents.forEach((content, i) => folder.write(`${name}/${i}.${extension}`, content));
  return `${folder.path}/${name}/*.${extension}`;
}

/** What a glob yields by itself, and what a query that names it yields. */
async function both(glob: string): Promise<number[][]> {
  const { rows } = await read(glob);
  expect((await read(`SELECT * FROM '${glob}'`)).rows).toEqual(rows);
  return rows.map((row) => [...row]);
}

describe('numbers of several files are joined, whatever their types', () => {
  it.each(['first', 'last'])('float32 %s, its gaps and weights too', async (place) => {
    const single = {
      query: 'SELECT 1.1::FLOAT AS x, 0.1 AS y, 2.5::FLOAT AS w UNION ALL SELECT NULL, 0.3, 0.1::FLOAT',
      rows: [
        [Math.fround(1.1), 0.1],
        [NaN, 0.3],
      ],
      weights: [2.5, Math.fround(0.1)],
    };
    const double = {
      query: 'SELECT 1.1::DOUBLE AS x, 0.7::FLOAT AS y, 0.1::DOUBLE AS w',
      rows: [[1.1, Math.fround(0.7)]],
      weights: [0.1],
    };
    const files = place === 'first' ? [single, double] : [double, single];
    const { rows, weights } = await read(await parquets(place, ...files.map(({ query }) => query)), { weight: 'w' });
    expect(rows).toEqual(files.flatMap((file) => file.rows));
    expect(weights).toEqual(files.flatMap((file) => file.weights));
  });

  it.each([
    ['integers, then fractions', ['1::BIGINT', '5.5::DOUBLE'], [1, 5.5]],
    ['fractions, then integers', ['5.5::FLOAT', '7::UTINYINT'], [5.5, 7]],
    ['booleans, then fractions', ['true', '2.25::DOUBLE'], [1, 2.25]],
    ['small integers, then large', ['7::TINYINT', '-9007199254740991::BIGINT'], [7, -9007199254740991]],
    ['decimals of other scale', ['1.5::DECIMAL(9,1)', '2.125::DECIMAL(9,3)'], [1.5, 2.125]],
    ['decimals that no decimal holds', ['7::DECIMAL(38,0)', '2.125::DECIMAL(38,37)'], [7, 2.125]],
  ])('Parquet: %s', async (name, values, expected) => {
    const glob = await parquets(name, ...values.map((value) => `SELECT ${value} AS x`));
    expect(await both(glob)).toEqual(expected.map((value) => [value]));
    expect((await openSource(glob)).rows).toBe(2);
    expect((await openSource(`SELECT x FROM read_parquet('${glob}')`)).notes).toEqual([
      `read_parquet takes names and types from the first file of ${glob}, and rounds to fit; FROM '${glob}' unites them`,
    ]);
  });

  it('Arrow, CSV, JSON and npy', async () => {
    const decimal = arrow([new Uint32Array([1250, 0, 0, 0])], new Decimal(2, 9, 128));
    const types = [arrow([1], new Int8()), arrow([5.5], new Float64()), arrow([true], new Bool()), decimal];
    expect(await both(files('types', 'arrow', ...types))).toEqual([[1], [5.5], [1], [12.5]]);
    expect(await both(files('types', 'csv', 'x\n1\n', 'x\n5.5\n', 'x\nNA\n'))).toEqual([[1], [5.5], [NaN]]);
    expect(await both(files('types', 'json', '[{"x":1}]', '[{"x":5.5}]', '[{"x":null}]'))).toEqual([[1], [5.5], [NaN]]);
    const npy = [new Int32Array([1]), new Float64Array([5.5])].map((values) => new Uint8Array(dump(values, [1])));
    expect(await both(files('types', 'npy', ...npy))).toEqual([[1], [5.5]]);
  });
});

describe('columns of several files are joined by name', () => {
  it('wherever they stand', async () => {
    const glob = await parquets('order', 'SELECT 1 AS x, 2 AS y', 'SELECT 4 AS y, 3 AS x');
    const one = tableToIPC(new Table({ x: vectorFromArray([1], new Float64()), y: vectorFromArray([2], new Int32()) }));
    const two = tableToIPC(new Table({ y: vectorFromArray([4], new Int32()), x: vectorFromArray([3], new Float64()) }));
    const expected = [
      [1, 2],
      [3, 4],
    ];
    for (const pattern of [
      glob,
      files('order', 'arrow', one, two),
      files('order', 'csv', 'x,y\n1,2\n', 'y,x\n4,3\n'),
      files('order', 'json', '{"x":1,"y":2}', '{"y":4,"x":3}'),
    ]) {
      expect(await both(pattern)).toEqual(expected);
    }
  });

  it.each(['parquet', 'arrow', 'csv', 'json'])(
    '.%s: one that not all files have is an error that names both',
    async (extension) => {
      const name = `extra-${extension}`;
      const glob =
        extension === 'parquet'
          ? await parquets(name, 'SELECT 1::DOUBLE AS x', 'SELECT 2::DOUBLE AS x, 3::DOUBLE AS z')
          : files(
              name,
              extension,
              ...{
                arrow: [
                  arrow([1], new Float64()),
                  tableToIPC(
                    new Table({ x: vectorFromArray([2], new Float64()), z: vectorFromArray([3], new Float64()) }),
                  ),
                ],
                csv: ['x\n1.0\n', 'x,z\n2.0,3.0\n'],
                json: ['{"x":1.0}', '{"x":2.0,"z":3.0}'],
              }[extension as 'arrow' | 'csv' | 'json'],
            );
      const [first, second] = [0, 1].map((i) => `${folder.path}/${name}/${i}.${extension}`);
      const got = `z (${extension === 'arrow' ? 'Float' : 'DOUBLE'} in ${second}, absent in ${first})`;
      expect(await complaint(glob)).toBe(
        `format: ${glob}: expected numeric columns, got ${got}; choose numeric ones with --columns x`,
      );
      expect((await read(glob, { columns: ['x'] })).rows).toEqual([[1], [2]]);
      expect((await read(`SELECT x FROM '${glob}'`)).rows).toEqual([[1], [2]]);
      expect((await read(`SELECT count(*) AS n FROM '${glob}'`)).rows).toEqual([[2]]);
      expect(await complaint(`SELECT * FROM '${glob}'`)).toBe(
        `format: ${glob}: expected columns that can be read from every file, ` +
          `got ${got.replace('Float', 'DOUBLE')}; select others: x`,
      );
    },
  );

  it('numbers are not joined with text', async () => {
    const parquetGlob = await parquets('text', 'SELECT 1 AS x, 1 AS y', `SELECT 2 AS x, 'a' AS y`);
    expect(await complaint(parquetGlob)).toBe(
      `format: ${parquetGlob}: expected numeric columns, got y (INTEGER in ${folder.path}/text/0.parquet, ` +
        `VARCHAR in ${folder.path}/text/1.parquet); choose numeric ones with --columns x`,
    );
    expect(await complaint(`SELECT y FROM '${parquetGlob}'`)).toContain('VARCHAR in ');
    const arrowGlob = files('text', 'arrow', arrow(['a'], new Utf8()), arrow([1], new Float64()));
    expect(await complaint(arrowGlob)).toMatch(/x \(Float in .*1\.arrow, Utf8 in .*0\.arrow\)/);
    expect(await complaint(`SELECT x FROM '${arrowGlob}'`)).toMatch(/x \(DOUBLE in .*, VARCHAR in .*\)/);
    const csv = files('text', 'csv', 'x\n1\n', 'x\noops\n');
    expect(await complaint(csv)).toMatch(/x \(DOUBLE in .*0\.csv, VARCHAR in .*1\.csv\)/);
    const json = files('text', 'json', '{"x":1}', '{"x":"oops"}');
    expect(await complaint(json)).toMatch(/x \(BIGINT in .*0\.json, VARCHAR in .*1\.json\)/);
  });

  it('files without rows have no say', async () => {
    expect(await both(files('empty', 'csv', 'x,z\n', 'x\n1.5\n'))).toEqual([[1.5]]);
    expect(await both(files('empty', 'json', '[]', '{"x":1.5}'))).toEqual([[1.5]]);
    const glob = await parquets('empty', `SELECT 'a' AS x LIMIT 0`, 'SELECT 1.5 AS x');
    expect(await both(glob)).toEqual([[1.5]]);
  });
});

describe('what the names of folders say', () => {
  it.each(['parquet', 'csv'])('.%s: is a column that is used where it is named', async (extension) => {
    for (const year of [2020, 2021]) {
      const path = folder.write(`hive-${extension}/year=${year}/part.${extension}`, `x\n${year / 2}\n`);
      if (extension === 'parquet') await parquet(path, `SELECT ${year} / 2 AS x`);
    }
    const glob = `${folder.path}/hive-${extension}/*/*.${extension}`;
    const source = await openSource(glob);
    expect(await contents(source)).toMatchObject({ columns: ['x'], rows: [[1010], [1010.5]] });
    expect(source.notes).toEqual(['not used, since no one named it with --columns: year (from the names of folders)']);
    const named = await openSource(glob, { columns: ['year', 'x'] });
    expect(named.notes).toBeUndefined();
    expect((await contents(named)).rows).toEqual([
      [2020, 1010],
      [2021, 1010.5],
    ]);
    expect((await read(glob, { columns: ['year'], every: 2 })).rows).toEqual([[2020]]);
    const query = await openSource(`SELECT * FROM '${glob}'`);
    expect([query.columns, query.notes]).toEqual([source.columns, source.notes]);
    expect((await read(`SELECT year, x FROM '${glob}'`)).rows[1]).toEqual([2021, 1010.5]);
  });
});
