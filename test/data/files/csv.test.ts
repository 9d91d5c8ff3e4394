import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { complaint, read, temporaryFolder, vega } from './folder.js';
import { asLevels } from './remedies.js';

const folder = temporaryFolder();

/** More rows than types are found from: 400,000 bytes and more. */
const LONG = 100_000;

function long(last: string, name = 'long.csv'): string {
  return folder.write(name, `a,b\n${'1,2\n'.repeat(LONG)}${last}\n5,6\n`);
}

describe('CSV', () => {
  it.each([
    ['semicolons', 'a;b\n1;2\n3;4\n'],
    ['tabs', 'a\tb\n1\t2\n3\t4\n'],
    ['bars', 'a|b\n1|2\n3|4\n'],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n'],
    ['a byte order mark', '\ufeffa,b\n1,2\n3,4\n'],
    ['blank lines', 'a,b\n1,2\n\n3,4\n\n'],
    ['quotes', '"a","b"\n"1","2"\n"3","4"\n'],
    ['spaces after the separator', 'a, b\n1, 2\n3, 4\n'],
    ['no line end at the end', 'a,b\n1,2\n3,4'],
  ])('reads %s', async (_, text) => {
    const rows = [
      [1, 2],
      [3, 4],
    ];
    expect(await read(folder.write('dialect.csv', text))).toMatchObject({ columns: ['a', 'b'], rows });
  });

  it('calls columns column0, column1, … where there is no header', async () => {
    const path = folder.write('headless.csv', '1,2\n3,4\n');
    expect(await read(path, { columns: ['column1'] })).toMatchObject({ rows: [[2], [4]] });
  });

  it('passes on what is missing, infinite or not a number', async () => {
    const path = folder.write('na.csv', 'a,b\n1,NA\n,N/A\nnan,NULL\ninf,null\n-Infinity,4\n');
    expect((await read(path)).rows).toEqual([
      [1, NaN],
      [NaN, NaN],
      [NaN, NaN],
      [Infinity, NaN],
      [-Infinity, 4],
    ]);
  });

  it('counts true and false as 1 and 0', async () => {
    expect((await read(folder.write('bool.csv', 'a,b\ntrue,2\nfalse,3\n,4\n'))).rows).toEqual([
      [1, 2],
      [0, 3],
      [NaN, 4],
    ]);
  });

  it('keeps the fractions of a column that begins with integers', async () => {
    const path = long('2.75,4');
    expect((await read(path)).rows.slice(LONG)).toEqual([
      [2.75, 4],
      [5, 6],
    ]);
    expect((await read(`SELECT a FROM '${path}' WHERE a > 1`)).rows).toEqual([[2.75], [5]]);
  });

  it('reads every digit of a float64', async () => {
    const values = [0.1 + 0.2, Math.PI * 1e300, 5e-324, -1.7976931348623157e308, 2 ** 53];
    const path = folder.write('digits.csv', `a\n${values.join('\n')}\n`);
    expect((await read(path)).rows).toEqual(values.map((value) => [value]));
  });

  it('names the line of a cell that is no number', async () => {
    const path = long('1,oops');
    const message =
      `format: ${path}: expected a number in every cell of column b, got "oops" in line 100002; ` +
      'repair it, add --na oops if it means missing, or choose other columns';
    expect(await complaint(path)).toBe(message);
    expect(await complaint(`SELECT b FROM '${path}'`)).toBe(message);
    expect(await read(path, { columns: ['a'] })).toMatchObject({ columns: ['a'] });
  });

  it('names the line also where it is among the first', async () => {
    const path = folder.write('early.csv', 'a,b\n1,2\n3,oops\n');
    expect(await complaint(path, { columns: ['a', 'b'] })).toBe(
      `format: ${path}: expected a number in every cell of column b, got "oops" in line 3; ` +
        `repair it, add --na oops if it means missing, or choose other columns, or ${asLevels}`,
    );
  });

  it.each([
    ['too few cells, early', 'a,b\n1,2\n3\n5,6\n', 2, '1 in line 3: "3"'],
    ['too many cells, early', 'a,b\n1,2,3\n3,4\n5,6\n', 2, '3 in line 2: "1,2,3"'],
    ['a header too short', 'a,b\n1,2,3\n4,5,6\n', 2, '3 in line 2: "1,2,3"'],
    ['no header', '1,2\n3\n5,6\n', 2, '1 in line 2: "3"'],
    ['a separator within quotes', '"a,x";b\n"1,5";2\n3\n', 2, '1 in line 3: "3"'],
    ['too few cells, late', `a,b\n${'1,2\n'.repeat(LONG)}3\n5,6\n`, 2, '1 in line 100002: "3"'],
    ['too many cells, late', `a,b\n${'1,2\n'.repeat(LONG)}3,4,5\n5,6\n`, 2, '3 in line 100002: "3,4,5"'],
    ['a last line cut short', `a,b\n${'1,2\n'.repeat(30)}3`, 2, '1 in line 32: "3"'],
  ])('names a line with %s', async (_, text, width, got) => {
    const path = folder.write('ragged.csv', text);
    const message = `format: ${path}: expected ${width} cells in every line, got ${got}; repair or remove that line`;
    expect(await complaint(path)).toBe(message);
    expect(await complaint(`SELECT * FROM '${path}'`)).toBe(message);
  });

  it('shows no more of a line than fits', async () => {
    const path = folder.write('wide.csv', `a,b\n1,2\n${'x'.repeat(1000)},2,3\n`);
    const message = await complaint(path);
    expect(message).toContain(`3 in line 3: "${'x'.repeat(59)}…"; repair`);
  });

  it.each([
    ['only a header', 'a,b\n'],
    ['only a header, cut short', 'a,b'],
  ])('refuses %s', async (_, text) => {
    const path = folder.write('header.csv', text);
    expect(await complaint(path)).toBe(
      `format: ${path}: expected at least one row, got no rows; check how it was written`,
    );
  });

  it('refuses names that are not UTF-8, and minds no other text that is not', async () => {
    const path = folder.write('latin1.csv', Buffer.from('a,caf\xe9\n1,2\n', 'latin1'));
    const got = 'other bytes in the names of columns';
    expect(await complaint(path)).toBe(`format: ${path}: expected text in UTF-8, got ${got}; save it as text in UTF-8`);
    const cells = folder.write('cells.csv', Buffer.from('a,b\n1,caf\xe9\n', 'latin1'));
    expect((await read(cells, { columns: ['a'] })).rows).toEqual([[1]]);
    expect((await read(`SELECT a FROM '${cells}'`)).rows).toEqual([[1]]);
  });

  it('reads TSV by tabs alone', async () => {
    const path = folder.write('commas.tsv', 'a\tb\n"1,5"\t2\n"3,5"\t4\n');
    expect((await read(path, { columns: ['b'] })).rows).toEqual([[2], [4]]);
  });

  it('reads gzip files, and notices a truncated one', async () => {
    const text = `a,b\n${Array.from({ length: LONG }, (_, i) => `${i},${Math.sin(i)}`).join('\n')}\n`;
    const whole = gzipSync(text);
    for (const name of ['z.csv.gz', 'z.CSV.GZ']) {
      const { rows } = await read(folder.write(name, whole));
      expect(rows).toHaveLength(LONG);
      expect(rows[LONG - 1]).toEqual([LONG - 1, Math.sin(LONG - 1)]);
    }
    const cut = folder.write('cut.csv.gz', whole.subarray(0, 100_000));
    const remedy = 'compress or download it again';
    expect(await complaint(cut)).toBe(
      `format: ${cut}: expected a complete gzip file, got unexpected end of file; ${remedy}`,
    );
    const plain = folder.write('plain.tsv.gz', 'a\tb\n1\t2\n');
    expect(await complaint(plain)).toBe(
      `format: ${plain}: expected a complete gzip file, got incorrect header check; ${remedy}`,
    );
  });

  it('refuses globbed files with different columns', async () => {
    folder.write('glob-1.csv', 'a,b\n1,2\n');
    folder.write('glob-2.csv', 'a,c\n1,2\n');
    expect(await complaint(`${folder.path}/glob-*.csv`)).toBe(
      `format: ${folder.path}/glob-*.csv: expected numeric columns, got ` +
        `b (DOUBLE in ${folder.path}/glob-1.csv, absent in ${folder.path}/glob-2.csv), ` +
        `c (DOUBLE in ${folder.path}/glob-2.csv, absent in ${folder.path}/glob-1.csv); ` +
        'choose numeric ones with --columns a',
    );
  });

  it('matches the columns of globbed files by name', async () => {
    folder.write('order-1.csv', 'a,b\n1,2\n');
    folder.write('order-2.csv', 'c,b,a\n30,20,10\n');
    expect(await read(`${folder.path}/order-*.csv`, { columns: ['a', 'b'] })).toMatchObject({
      columns: ['a', 'b'],
      rows: [
        [1, 2],
        [10, 20],
      ],
    });
  });

  it('reads zipcodes.csv and unemployment.tsv', async () => {
    const zipcodes = await read(vega('zipcodes.csv'), { columns: ['latitude', 'longitude'] });
    expect(zipcodes.rows).toHaveLength(42_049);
    expect(zipcodes.rows[0]).toEqual([40.922326, -72.637078]);
    const unemployment = await read(vega('unemployment.tsv'), { columns: ['rate'], weight: 'id' });
    expect(unemployment.rows).toHaveLength(3218);
    expect([unemployment.rows[0], unemployment.weights?.[0]]).toEqual([[0.097], 1001]);
  });
});
