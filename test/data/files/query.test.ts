import {
  vectorFromArray,
  makeTable,
  tableToIPC,
  Table,
  Float64,
  Utf8,
  Dictionary,
  Int32,
  TimestampMillisecond,
  DateDay,
  Bool,
  Int64,
} from 'apache-arrow';
import { dump } from 'npyjs';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../../src/sources.js';
import { complaint, contents, read, temporaryFolder, vega } from './folder.js';

const folder = temporaryFolder();
const flights = vega('flights-3m.parquet');

describe('queries', () => {
  it.each([
    `SELECT 1 AS a, 2.5 AS b`,
    `select 1 as a, 2.5 as b;`,
    `\n  SELECT\n1 AS a, 2.5 AS b -- with a comment`,
    `FROM (VALUES (1, 2.5)) t(a, b)`,
    `WITH t AS (SELECT 1 AS a) SELECT a, 2.5 AS b FROM t ; `,
    `FROM (SELECT 1 AS a) SELECT a, 2.5 AS b`,
  ])('runs %j', async (query) => {
    const source = await openSource(query);
    expect(source.rows).toBeUndefined();
    expect(await contents(source)).toMatchObject({ columns: ['a', 'b'], rows: [[1, 2.5]] });
  });

  it('is called by its text, on one line', async () => {
    expect((await openSource('SELECT 1\n  AS a')).name).toBe('SELECT 1 AS a');
    const { name } = await openSource(`SELECT ${'1 + '.repeat(50)}1 AS a`);
    expect(name).toHaveLength(80);
    expect(name.endsWith('…')).toBe(true);
  });

  it('yields NULL as NaN, decimals and booleans as numbers, and columns by name', async () => {
    const query = 'SELECT NULL::INTEGER AS a, 12.50::DECIMAL(9, 2) AS b, true AS c, 1::UHUGEINT AS d';
    expect((await read(query, { columns: ['d', 'c', 'b', 'a'] })).rows).toEqual([[1, 1, 12.5, NaN]]);
  });

  it('tells apart columns of one name', async () => {
    expect((await read('SELECT 1 AS a, 2 AS a, 3 AS "A"')).columns).toEqual(['a', 'a_1', 'A_2']);
  });

  it('keeps the order of ORDER BY', async () => {
    const query = 'SELECT (i * 7919) % 100003 AS x FROM range(100003) t(i) ORDER BY x DESC';
    const { rows } = await read(query);
    expect(rows.every(([x], i) => x === 100_002 - i)).toBe(true);
  });

  it.each([
    ['a filter', `SELECT delay, distance FROM '${flights}' WHERE delay > 300`],
    ['a group', `SELECT avg(delay) AS delay, count(*) AS n FROM '${flights}' GROUP BY origin, destination`],
    ['distinct rows', `SELECT DISTINCT distance FROM '${flights}'`],
    ['a sort with ties', `SELECT distance FROM '${flights}' ORDER BY delay LIMIT 10000`],
    ['a sample', `SELECT distance FROM '${flights}' USING SAMPLE 1000 ROWS`],
    ['a Bernoulli sample', `SELECT distance FROM '${flights}' TABLESAMPLE 0.1% (bernoulli)`],
    ['random numbers', `SELECT random() AS u, delay FROM '${flights}' WHERE random() < 0.001`],
    [
      'a join',
      `SELECT a.delay FROM '${flights}' a JOIN (SELECT DISTINCT origin FROM '${flights}' LIMIT 3) USING (origin) WHERE a.delay > 60`,
    ],
  ])('yields the same rows in the same order each time: %s', async (_, query) => {
    const source = await openSource(query);
    const first = await contents(source);
    expect(first.rows.length).toBeGreaterThan(500);
    expect((await contents(source)).rows).toEqual(first.rows);
    expect((await contents(await openSource(query))).rows).toEqual(first.rows);
  });

  it('refuses columns that are not numeric', async () => {
    const query = `SELECT date, delay FROM '${flights}'`;
    expect(await complaint(query)).toBe(
      `format: ${query}: expected numeric columns, got date (TIMESTAMP); ` +
        'choose numeric ones with --columns delay, or make a number of a time with a query such as ' +
        'SELECT epoch(date) AS t FROM …',
    );
  });

  it.each([
    ['SELECT 1 AS a FROM', 'syntax error at end of input'],
    ['SELECT * FRM t', 'syntax error at or near "t"'],
    ['SELECT 1 AS a; SELECT 2 AS a', '2 statements'],
    ['WITH t AS (SELECT 1) INSERT INTO u SELECT * FROM t', 'Only SELECT statements can be serialized to json!'],
    ['SELECT 1; DROP TABLE t', 'Only SELECT statements can be serialized to json!'],
  ])('refuses %j', async (query, got) => {
    expect(await complaint(query)).toBe(
      `option: ${query}: expected one SELECT statement, got ${got}; ` +
        'correct it: it is read as SQL because it begins with SELECT, FROM or WITH',
    );
  });

  it.each([
    ['SELECT b FROM (SELECT 1 AS a)', 'Referenced column "b" not found in FROM clause! Candidate bindings: "a"'],
    ['SELECT nosuch(1) AS a', 'Scalar Function with name nosuch does not exist! Did you mean "cosh"?'],
    ["SELECT 'x'::INTEGER AS a", "Could not convert string 'x' to INT32"],
    ['SELECT sqrt(-x) AS a FROM (SELECT 1 AS x)', 'cannot take square root of a negative number'],
    ['SELECT $1 AS a', 'Expected 1 parameters, but none were supplied'],
  ])('explains %j', async (query, got) => {
    expect(await complaint(query)).toBe(
      `option: ${query}: expected a query that DuckDB can run, got ${got}; correct it, or the files it reads`,
    );
  });

  it('names files it cannot find', async () => {
    const start = `check the path, which starts from ${process.cwd()}`;
    for (const file of ['no-such.csv', 'no-such.arrow', 'no-such.json', 'no-such.npy', 'no-such.parquet']) {
      expect(await complaint(`SELECT * FROM '${file}'`)).toBe(
        `file: ${file}: expected a file that can be read, got none there; ${start}`,
      );
    }
  });

  it('yields nothing where there are no rows', async () => {
    expect((await read('SELECT 1 AS a WHERE false')).rows).toEqual([]);
  });
});

describe('files that a query names', () => {
  it('reads them as they are read by themselves', async () => {
    const path = folder.write("it's.csv", 'a,b\n1,NA\n2,3\n');
    expect((await read(`SELECT b, a FROM '${path.replaceAll("'", "''")}'`)).rows).toEqual([
      [NaN, 1],
      [3, 2],
    ]);
    folder.write('glob-1.jsonl', '{"a":1}\n');
    folder.write('glob-2.jsonl', '{"a":2}\n');
    expect((await read(`SELECT sum(a) AS s FROM '${folder.path}/glob-*.jsonl'`)).rows).toEqual([[3]]);
  });

  it('joins files of all formats', async () => {
    const csv = folder.write('join.csv', 'k,x\n1,10\n2,20\n');
    const npy = folder.write('join.npy', new Uint8Array(dump(new Float64Array([1, 100, 2, 200]), [2, 2])));
    const arrow = folder.write(
      'join.arrow',
      tableToIPC(makeTable({ k: new Float64Array([1, 2]), y: new Float32Array([0.5, 1.5]) }), 'file'),
    );
    const query = `SELECT x, y, n.x1 AS z FROM '${csv}' JOIN '${arrow}' USING (k) JOIN "${npy}" n ON k = n.x0 ORDER BY x`;
    expect((await read(query)).rows).toEqual([
      [10, 0.5, 100],
      [20, 1.5, 200],
    ]);
  });

  it('keeps the types of Arrow columns', async () => {
    const day = 86_400_000;
    const table = new Table({
      s: vectorFromArray(['x', null, 'y'], new Utf8()),
      d: vectorFromArray(['p', 'q', null], new Dictionary(new Utf8(), new Int32())),
      t: vectorFromArray([0, 1500, null], new TimestampMillisecond()),
      day: vectorFromArray([0, day, 2 * day], new DateDay()),
      b: vectorFromArray([true, false, null], new Bool()),
      i: vectorFromArray([2n ** 62n, -1n, null], new Int64()),
      f: vectorFromArray([0.5, null, NaN], new Float64()),
    });
    const path = folder.write('types.feather', tableToIPC(table, 'file'));
    const query =
      `SELECT ascii(s) AS s, ascii(d) AS d, epoch(t) AS t, epoch(day) AS day, b, i - ${2n ** 62n} AS i, f, ` +
      `typeof(i) = 'BIGINT' AS big FROM '${path}'`;
    expect((await read(query)).rows).toEqual([
      [120, 112, 0, 0, 1, 0, 0.5, 1],
      [NaN, 113, 1.5, day / 1000, 0, -(2 ** 62), NaN, 1],
      [121, NaN, NaN, (2 * day) / 1000, NaN, NaN, NaN, 1],
    ]);
  });

  it('does not look for a file that is only mentioned', async () => {
    const path = folder.write('names.csv', 'name,x\nno.arrow,1\nother,2\n');
    expect((await read(`SELECT x FROM '${path}' WHERE name = 'no.arrow' -- not 'this.npy' either`)).rows).toEqual([
      [1],
    ]);
  });

  it('reads flights-200k.arrow', async () => {
    const { rows } = await read(`SELECT count(*) AS n, max(delay) AS worst FROM '${vega('flights-200k.arrow')}'`);
    const direct = await read(vega('flights-200k.arrow'), { columns: ['delay'] });
    expect(rows).toEqual([[200_000, direct.rows.reduce((most, [delay]) => Math.max(most, delay), 0)]]);
  });
});
