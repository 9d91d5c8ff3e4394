import { describe, expect, it } from 'vitest';
import type { TextFormat, TextOptions } from '../../../src/text.js';
import { openPieces, rowsOf } from './text.js';

/** Names, rows and notes of a text. */
async function read(text: string | Uint8Array, options?: TextOptions, format?: TextFormat) {
  const table = await openPieces(text, options, format && { format });
  return { names: table.columns.map(({ name }) => name), rows: await rowsOf(table), notes: table.notes ?? [] };
}

async function complaint(text: string | Uint8Array, options?: TextOptions): Promise<string> {
  return read(text, options).then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  );
}

const data = (cells: string) =>
  `line 1 (${cells}) is data, and columns are column0, column1, …; --header if it names them`;
const names = (cells: string, reason: string) =>
  `line 1 (${cells}) names the columns, since ${reason}; --no-header if it is data`;

describe('a header of numbers', () => {
  it.each([
    ['years', '2019,2020\n1.5,2\n3,4\n5,7\n', 3, '2019, 2020', 'they are years, unlike any other line'],
    ['numbers of columns', '0,1,2\n1.5,2,3\n', 1, '0, 1, 2', 'they are evenly spaced, unlike any other line'],
    [
      'wavelengths',
      '400.5,402.5,404.5\n7,7,8\n',
      1,
      '400.5, 402.5, 404.5',
      'they are evenly spaced, unlike any other line',
    ],
    ['doses', '10,50\n1.5,2\n3,4.5\n', 2, '10, 50', 'they are distinct whole numbers, unlike any other line'],
    ['quoted ones', '"7","7.5"\n1,2\n3,5\n', 2, '7, 7.5', 'all of them, and no numbers, are in quotes'],
    ['years beside a name', 'id,2019,2020\n1,1,2\n2,3,5\n', 2, 'id, 2019, 2020', 'not all of them are numbers'],
  ])('is one where it holds %s', async (_, text, n, cells, reason) => {
    const table = await read(text);
    expect(table.rows).toHaveLength(n);
    expect(table.names.join(', ')).toBe(cells);
    expect(table.notes).toEqual([names(cells, reason)]);
    expect(await read(text, { header: false }).catch(() => undefined)).not.toEqual(table);
  });

  it.each([
    ['rows of years', '2019,2020\n2001,1999\n', '2019, 2020'],
    ['a column of years', '2019,2020\n2020,7.5\n2021,3\n', '2019, 2020'],
    ['rows of evenly spaced numbers', '1,2,3\n4,5,6\n', '1, 2, 3'],
    ['whole numbers', '1,2\n3,4\n', '1, 2'],
    ['a column of whole numbers', '1,5\n2,7.5\n3,9.25\n', '1, 5'],
    ['a missing value', '#N/A,2\n3,4\n', '#N/A, 2'],
  ])('is none over %s', async (_, text, cells) => {
    const table = await read(text);
    expect(table.rows).toHaveLength(text.trim().split('\n').length);
    expect(table.notes).toEqual([data(cells)]);
    expect((await read(text, { header: true })).rows).toEqual(table.rows.slice(1));
  });
});

describe('what stands above the rows', () => {
  it('is comments only where all lines above the first row are', async () => {
    expect(await read('x,y\n1,2\n#N/A,4\n5,7\n')).toEqual({ names: ['x', 'y'], rows: [[1, 2], [NaN, 4], [5, 7]], notes: [] }); // prettier-ignore
    expect(await read('# made by "me, 5"\n\n#\nx,y\n1,2\n')).toMatchObject({
      names: ['x', 'y'],
      rows: [[1, 2]],
      notes: ['left out 2 comments at the top'],
    });
  });

  it('may say what stands between cells, as spreadsheets have it', async () => {
    for (const [text, sign] of [
      ['sep=;\r\na;b\r\n1;2\r\n', ';'],
      ['"SEP=|"\na|b\n1|2\n', '|'],
    ]) {
      expect(await read(text)).toEqual({
        ...{ names: ['a', 'b'], rows: [[1, 2]] },
        notes: [`line 1 (sep=${sign}) says what stands between cells`],
      });
    }
    expect(await complaint('sep=;\na;b\n1;2\nx;3\n')).toContain('line 4');
  });

  it('may name the columns in a comment', async () => {
    const notes = ['left out a comment at the top', 'the comment in line 2 names the columns'];
    expect(await read('# numpy\n# x y\n1 2\n3 4\n', {}, 'txt')).toEqual({ names: ['x', 'y'], rows: [[1, 2], [3, 4]], notes }); // prettier-ignore
    expect((await read('#x,y\n1,2\n', { header: false })).names).toEqual(['column0', 'column1']);
  });

  it('gives equal and absent names others, and sets aside what has none and is no data', async () => {
    const { columns, notes } = await openPieces(',x,x,\n0,1.5,2,\n1,3,4,\n');
    expect(columns.map(({ name, aside }) => [name, aside])).toEqual([
      ['column0', 'the numbers of rows, without a name'],
      ['x', undefined],
      ['x_1', undefined],
      ['column3', 'no name, no values'],
    ]);
    expect(notes).toEqual(['two columns are called x: the later one is called x_1']);
  });
});

describe('cells', () => {
  it.each([
    ['mixed line ends', 'x,y\r\n1,2\n3,4\r5,7'],
    ['quotes and blanks around them', '"x", "y"\n"1" ,2\n 3 ,"4"\n5,7\n'],
    ['blank lines', '\n x ,y\n1,2\n\n  \n3,4\n5,7\n\n'],
    ['a byte order mark', '\ufeffx,y\n1,2\n3,4\n5,7\n'],
    ['semicolons', 'x;y\n1;2\n3;4\n5;7\n'],
    ['tabs', 'x\ty\n1\t2\n3\t4\n5\t7\n'],
    ['bars', 'x|y\n1|2\n3|4\n5|7\n'],
  ])('are read through %s', async (_, text) => {
    expect(await read(text)).toEqual({ names: ['x', 'y'], rows: [[1, 2], [3, 4], [5, 7]], notes: [] }); // prettier-ignore
  });

  it('are missing in one column on a blank line, but at the end', async () => {
    expect((await read('x\n1\n\n""\n3\n\n\n')).rows).toEqual([[1], [NaN], [NaN], [3]]);
  });

  it('are missing as many programs spell it, and as asked', async () => {
    const spellings = ['', 'NA', 'n/a', 'N.A.', 'NaN', 'None', '<NA>', '#N/A', 'null', '\\N', '-', '.', '?', ' na '];
    const text = `x,y\n${spellings.map((spelling) => `${spelling},1\n`).join('')}-999,2\n-999.0,3\nunknown,4\n5,6\n`;
    const { rows } = await read(text, { na: ['-999', 'Unknown'] });
    expect(rows.map(([x]) => x)).toEqual([...Array.from({ length: spellings.length + 3 }, () => NaN), 5]);
  });

  it('hold decimal commas and grouped digits where that is said', async () => {
    expect((await read('x;y\n1,5;2,25\n-3,25e1;,5\n', { decimal: ',' })).rows).toEqual([[1.5, 2.25], [-32.5, 0.5]]); // prettier-ignore
    const grouped = 'x;y\n1.234,5;1\n-12.000.001,25;2\n';
    expect((await read(grouped, { decimal: ',', thousands: '.' })).rows).toEqual([[1234.5, 1], [-12000001.25, 2]]); // prettier-ignore
    expect((await read('x\n1\u202f234.5\n1 000\n', { thousands: ' ' })).rows).toEqual([[1234.5], [1000]]);
    expect(await complaint('x;y\n1.234;1\n12.34;2\n', { decimal: ',', thousands: '.' })).toContain('"12.34" in line 3');
  });

  it.each(['0x10', '1_000', '1e', '--1', '+-1', '1 2', '1,5', '5%', '１', '1d', 'infin', '1.2.3', 'e5'])(
    'are no number as %s',
    async (cell) => {
      expect(await complaint(`x\ty\n1\t2\n${cell}\t3\n`)).toContain(
        `expected a number in every cell of column x, got ${JSON.stringify(cell)} in line 3; `,
      );
    },
  );

  it('are rounded to the nearest float64, whatever their length', async () => {
    const spelled = ['0.1', '9007199254740993', '123456789012345678901234567890', '0.94117647058823528', '2.2250738585072011e-308', '1e-23', '8.5e22', '1E+300', '.5', '5.', '-0.0', '007', '+1', '1e23']; // prettier-ignore
    expect((await read(`x\n${spelled.join('\n')}\n`, { header: true })).rows.flat()).toEqual(spelled.map(Number));
    expect((await read('x\ninf\n-Infinity\n')).rows.flat()).toEqual([Infinity, -Infinity]);
  });
});

describe('errors', () => {
  it.each([
    ['quotes that never close', 'x,y\n1,2\n"3,4\n5,6\n', 'quotes that open in line 3 and never close'],
    ['text after quotes', 'x,y\n"a\nb",2\n3,"4"5\n', 'text after closing quotes in line 4'],
    ['too few cells', '# c\nx,y\n1,2\n\n3\n5,6\n', '1 in line 5: "3"'],
    ['a trailing comma', 'x,y\n1,2,\n3,4,\n', '3 in line 2: "1,2,"'],
    ['a zero byte', 'x,y\n1,2\n\0,3\n', 'a zero byte in line 3'],
    ['a cell after a line end in quotes', 'x,y\n"1\n",2\n3,oops\n', '"oops" in line 4'],
    ['a cell on the second line of a record', 'x,y,z\n1,2,2\n3,"\n",oops\n', '"oops" in line 4'],
  ])('name the line of %s', async (_, text, got) => {
    expect(await complaint(text)).toContain(`got ${got};`);
  });

  it('say what the encoding is that is not read', async () => {
    const bytes = Buffer.from('\ufeffx,y\n1,2\n', 'utf16le');
    expect(await complaint(bytes)).toBe('f: expected text in UTF-8, got UTF-16LE; save it as text in UTF-8');
    expect(await complaint(Buffer.from('caf\xe9,y\n1,2\n', 'latin1'))).toContain('other bytes in the names of columns');
  });

  it('name the options that would make a cell a number', async () => {
    const hint = async (cell: string) => /; (.*)$/.exec(await complaint(`x\ty\n1\t1\n${cell}\t2\n`))?.[1];
    expect(await hint('1,5')).toBe('add --decimal , or repair it');
    expect(await hint('1,500')).toBe('add --thousands , or --decimal , or repair it');
    expect(await hint('1.234,5')).toBe('add --decimal , --thousands . or repair it');
    expect(await hint('1 234.5')).toBe(`add --thousands ' ' or repair it`);
    expect(await hint('oops')).toBe('repair it, add --na oops if it means missing, or choose other columns');
  });

  it.each([
    [{ decimal: ';' }, 'decimal'],
    [{ thousands: '..' }, 'thousands'],
    [{ thousands: '.' }, 'thousands'],
    [{ na: 'NA' }, 'na'],
    [{ header: 'yes' }, 'header'],
  ])('refuse the options %j', async (options, where) => {
    expect(await complaint('x\n1\n', options as unknown as TextOptions)).toMatch(
      new RegExp(`^${where}: expected .*, got .*; `),
    );
  });
});
