/** How the example page reads files: by the command's rules, and with a word on all that it leaves out. */
import { describe, expect, test } from 'vitest';
import { readCsv } from '../../examples/browser/csv.js';
import { wholeRows, type FileRequest, type Table } from '../../examples/browser/table.js';

function read(name: string, content: string, reading: FileRequest['reading'] = {}): Promise<Table> {
  return readCsv({ kind: 'csv', file: new File([content], name), reading }, () => undefined);
}

/** So many rows of cells that a row's number decides, below a header. */
function file(header: string, rows: number, cells: (i: number) => string): string {
  return [header, ...Array.from({ length: rows }, (_, i) => cells(i))].join('\n');
}

describe('a file', () => {
  test('with one ? in 300 cells keeps the column, and says which cells are missing', async () => {
    const table = await read(
      'q.csv',
      file('x,y', 300, (i) => `${i},${i === 17 ? '?' : i % 7}`),
    );
    expect(table.columns.map(({ name }) => name)).toEqual(['x', 'y']);
    expect(table.columns[1].values[17]).toBeNaN();
    expect(wholeRows(table)).toHaveLength(299);
    expect(table.remarks).toEqual(['Missing: 1 cell of y; a fit leaves out the rows that lack a chosen column']);
  });

  test('with text and with "150,000" says what is left out, why, and what helps; and what helps does', async () => {
    const content = file('kind,price,x', 30, (i) => `a,"${100 + i},000",${i}`);
    const table = await read('price.csv', content);
    expect(table.columns.map(({ name }) => name)).toEqual(['x']);
    expect(table.remarks).toEqual([
      'Left out kind: text such as "a" in line 2',
      'Left out price: text such as "100,000" in line 2 (set Thousands to , or Decimal sign to ,)',
    ]);
    const { columns } = await read('price.csv', content, { thousands: ',' });
    expect(columns.map(({ name, values }) => [name, values[1]])).toEqual([['price', 101_000], ['x', 1]]); // prettier-ignore
  });

  test('with equal names keeps both columns', async () => {
    const { columns, remarks } = await read(
      'twice.csv',
      file('x,x', 20, (i) => `${i},${2 * i}`),
    );
    expect(columns.map(({ name, values }) => [name, values[3]])).toEqual([['x', 3], ['x_1', 6]]); // prettier-ignore
    expect(remarks.join()).toMatch(/^Two columns are called x: the later one is called x_1/);
  });

  test('without names keeps its first row, and says so; or takes it for names where that is asked', async () => {
    const content = file('1.5,2.5', 3, (i) => `${i}.25,${i}`);
    const { rows, columns, remarks } = await read('bare.csv', content);
    expect([rows, columns[0].values[0]]).toEqual([4, 1.5]);
    expect(remarks.join()).toMatch(/is data.*“First line: names” if it names them/);
    expect((await read('bare.csv', content, { header: true })).rows).toBe(3);
  });

  test('with a number late that is none keeps the other columns, and names row and remedy', async () => {
    const rows = 40_000; // beyond what the kinds of columns are found from
    const { columns, remarks } = await read(
      'late.csv',
      file('x;y', rows, (i) => `${i};${i === rows - 2 ? '2,5' : i % 9}`),
    );
    expect(columns.map(({ name }) => name)).toEqual(['x']);
    expect(columns[0].values).toHaveLength(rows);
    expect(remarks.join()).toMatch(/^Left out y: .*"2,5" in line 40000; set Decimal sign to , or /);
  });

  test('with dates and with the numbers of rows leaves these out or unchosen, in words', async () => {
    const { columns, remarks } = await read(
      'index.csv',
      file(',day,x', 12, (i) => `${i},2024-01-${10 + i},${i * i}`),
    );
    expect(columns.map(({ name, aside }) => [name, aside])).toEqual([
      ['column0', 'the numbers of rows, without a name'],
      ['x', undefined],
    ]);
    expect(remarks).toEqual(['Not chosen column0: the numbers of rows, without a name', 'Left out day: dates']);
  });

  test.each([
    [
      'words.csv',
      'a,b\nx,y\nz,w\n',
      /^words\.csv: expected a column of numbers, got a: text such as "x" in line 2; b: /,
    ],
    ['empty.csv', '', /^empty\.csv: expected .*, got .*no.*; /],
    ['names.csv', 'x,y\n', /^names\.csv: expected .*; /],
    ['ragged.csv', 'x,y\n1,2\n3\n4,5\n', /^ragged\.csv: expected 2 cells in every line, got 1 in line 3/],
    ['binary.csv', 'x,y\n1,\u00002\n', /^binary\.csv: expected text in UTF-8, got a zero byte in line 2/],
  ])('is refused in a line where it holds no table, %s', async (name, content, message) => {
    await expect(read(name, content)).rejects.toThrow(message);
  });
});

test('reading tells how far it is', async () => {
  const shares: number[] = [];
  const content = file('x', 200_000, (i) => String(i));
  const request: FileRequest = { kind: 'csv', file: new File([content], 'long.csv'), reading: {} };
  const { rows } = await readCsv(request, (share) => shares.push(share));
  expect(rows).toBe(200_000);
  expect(shares.at(-1)).toBe(1);
  expect(shares.every((share) => share > 0 && share <= 1)).toBe(true);
});
