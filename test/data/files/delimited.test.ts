import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../../src/sources.js';
import { complaint, contents, read, temporaryFolder } from './folder.js';
import { suggested } from './remedies.js';

const folder = temporaryFolder();

/** Rows x = i mod 10, y = i mod 7, of which the 90,000th is another: 400,000 bytes, more than kinds are found from. */
function late(name: string, row: string): string {
  const lines = Array.from({ length: 100_000 }, (_, i) => (i === 90_000 ? row : `${i % 10},${i % 7}`));
  return folder.write(name, `x,y\n${lines.join('\n')}\n`);
}

/** What a file yields, and the same by a query that names it. */
async function both(path: string, options = {}) {
  const { columns, rows } = await read(path, options);
  expect((await read(`SELECT * FROM '${path}'`, options)).rows).toEqual(rows);
  return { columns, rows };
}

describe('what a message suggests works as pasted', () => {
  it('for names with commas, quotes and line ends', async () => {
    const path = folder.write('names.csv', '"len, cm","wid\nmm","a ""b""",name\n1,2,3,a\n4,5,6,b\n');
    const options = suggested(await complaint(path));
    expect(options.columns).toEqual(['len, cm', 'wid\nmm', 'a "b"']);
    expect((await read(path, options)).rows).toEqual([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
  });

  it('for decimal commas, grouped digits and words that mean missing', async () => {
    const commas = folder.write('commas.csv', 'x;y\n1,5;2,25\n3,25;4,5\n');
    expect((await both(commas, suggested(await complaint(commas)))).rows).toEqual([[1.5, 2.25], [3.25, 4.5]]); // prettier-ignore
    const grouped = folder.write('grouped.csv', 'x;y\n1.234,5;2\n');
    expect((await both(grouped, suggested(await complaint(grouped), 1))).rows).toEqual([[1234.5, 2]]);
    const word = folder.write('word.csv', 'x,y\n1,2\nso so,4\n');
    const options = suggested(await complaint(word, { columns: ['x', 'y'] }));
    expect((await both(word, options)).rows).toEqual([[1, 2], [NaN, 4]]); // prettier-ignore
  });

  it('for a file whose name says nothing', async () => {
    const path = late('late.data', '2.5,3');
    const [, from, to] = /cp (\S+) (\S+)$/.exec(await complaint(path)) ?? [];
    folder.write(to.slice(folder.path.length + 1), readFileSync(from));
    expect((await read(to)).rows[90_000]).toEqual([2.5, 3]);
  });
});

describe('queries read text as it is read by itself', () => {
  it.each([
    ['a first quote after the sample', '"2.5",3'],
    ['a first fraction after the sample', '2.5,3'],
  ])('%s', async (name, row) => {
    const path = late(`${name}.csv`, row);
    const { rows } = await read(path);
    expect([rows.length, rows[90_000]]).toEqual([100_000, [2.5, 3]]);
    expect((await read(`SELECT x FROM '${path}' WHERE x = 2.5`)).rows).toEqual([[2.5]]);
  });

  it.each([
    ['mixed line ends', 'x,y\r\n1,2\n3,4\r\n', {}],
    ['comments, quotes in them', '# 5" of\nx,y\n1,2\n3,4\n', {}],
    ['a row that begins with #', 'x,y\n1,2\n#N/A,4\n3,4\n', {}],
    ['names that differ in case', 'x,X\n1,2\n3,4\n', {}],
    ['equal names', 'x,x\n1,2\n3,4\n', {}],
    ['names that are years', '2019,2020\n1.5,2\n3,4\n', {}],
    ['a header denied', '2019,2020\n1.5,2\n3,4\n', { header: false }],
    ['spellings of missing', 'x,y\nNone,-\n<NA>,1\n-999,2\n3,4\n', { na: ['-999'] }],
    ['blank lines in one column', 'x\n1\n\n3\n\n', {}],
    ['runs of blanks', 'x\ty\n1\t2\n3\t4\n', {}],
  ])('%s', async (name, text, options) => {
    await both(folder.write(`${name}.csv`, text), options);
  });

  it('.txt with blanks, and Zstandard, cut short too', async () => {
    expect((await both(folder.write('blanks.txt', '# x  y\n1.5   2\n3 4\n'))).rows).toEqual([[1.5, 2], [3, 4]]); // prettier-ignore
    const path = folder.write('packed.csv.zst', '');
    const database = await (await DuckDBInstance.create()).connect();
    const query = 'SELECT i AS x, i / 8 AS y FROM range(50000) t(i)';
    await database.run(`COPY (${query}) TO '${path}' (FORMAT csv, COMPRESSION zstd)`);
    database.closeSync();
    const { rows } = await read(path);
    expect([rows.length, rows[49_999]]).toEqual([50_000, [49_999, 49_999 / 8]]);
    const cut = folder.write('cut.csv.zst', readFileSync(path).subarray(0, -9));
    expect(await complaint(cut)).toContain('expected a complete Zstandard file, got unexpected EOF');
  });
});

it('notes tell of a first line of numbers, and options of text are refused for other data', async () => {
  const source = await openSource(folder.write('years.csv', '2019,2020\n1.5,2\n3,4\n5,7\n'));
  expect((await contents(source)).rows).toHaveLength(3);
  expect(source.notes).toEqual([
    'line 1 (2019, 2020) names the columns, since they are years, unlike any other line; --no-header if it is data',
  ]);
  const json = folder.write('x.json', '[{"x":1}]');
  expect(await complaint(json, { decimal: ',' })).toBe(
    `option: decimal: expected text in cells with it: .csv, .tsv or .txt, got ${json}; leave it out`,
  );
});
