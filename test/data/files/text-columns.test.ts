/** Columns of text: which cells are missing, what is noted of them, and where they are refused. */
import { describe, expect, it } from 'vitest';
import { openSource, type SourceOptions } from '../../../src/sources.js';
import { complaint, contents, temporaryFolder } from './folder.js';
import { parquet } from './parquet-file.js';
import { asLevels } from './remedies.js';
import { levelsOf, textsOf } from './texts.js';

const folder = temporaryFolder();

describe('missing text', () => {
  it('is an empty cell, a blank one, and what na says; NA is a word, which a note says', async () => {
    const path = folder.write('missing.csv', 'city,x\na,1\n,2\n"",3\n  ,4\n" ",5\nNA,6\nunknown,7\n b ,8\n" b ",9\n');
    const texts = (column: unknown[][]) => column.map(([text]) => text);
    const source = await openSource(path, { text: 'levels' });
    expect(texts((await textsOf(source)).rows)).toEqual([
      ...['a', null, null, null, null, 'NA', 'unknown', 'b', ' b '],
    ]);
    expect(source.notes).toEqual([
      'all cells of the column city count as text, also "NA" in line 7, missing with --na NA',
    ]);
    const told = await openSource(path, { text: 'levels', na: ['na', 'Unknown'] });
    expect(texts((await textsOf(told)).rows)).toEqual(['a', null, null, null, null, null, null, 'b', ' b ']);
    expect(told.notes).toBeUndefined();
  });

  it('is what na says in a query too', async () => {
    const path = folder.write('na.csv', 'city,x\na,1\nUnknown,2\nNA,3\n');
    const { rows } = await levelsOf(`SELECT * FROM '${path}'`, { na: ['unknown'] });
    expect(rows).toEqual([['a', 1], [null, 2], ['NA', 3]]); // prettier-ignore
  });

  it('is null or blank in typed formats', async () => {
    const path = folder.write('missing.json', JSON.stringify([{ s: '' }, { s: null }, { s: ' ' }, {}, { s: 'a' }]));
    const expected = { rows: [[null], [null], [null], [null], ['a']], levels: [['a']] };
    expect(await levelsOf(path)).toEqual(expected);
    expect(await levelsOf(await parquet(`${folder.path}/missing.parquet`, `FROM read_json('${path}')`))).toEqual(
      expected,
    );
  });
});

describe('a column of text', () => {
  it('may begin with so many empty cells that none is seen at first', async () => {
    const empty = ',1\n'.repeat(100_000);
    const path = folder.write('late-text.csv', `city,x\n${empty}a,2\n`);
    const { rows, levels } = await levelsOf(path);
    expect([rows.length, rows.at(-1), levels]).toEqual([100_001, ['a', 2], [['a'], undefined]]);
    const numbers = folder.write('late-numbers.csv', `y,x\n${empty}7,2\n`);
    expect((await levelsOf(numbers)).rows.at(-1)).toEqual([7, 2]);
  });

  it('that holds numbers too, or what numbers are with other signs, is noted', async () => {
    const notes = async (text: string) => (await openSource(folder.write('mixed.csv', text), { text: 'levels' })).notes;
    expect(await notes('p,x\n1,1\n2,1\noops,1\n')).toEqual([
      'all cells of the column p count as text, also numbers beside "oops" in line 4',
    ]);
    expect(await notes('p;x\n1,5;1\n2,5;1\n')).toEqual([
      'all cells of the column p count as text, also "1,5" in line 2, a number with --decimal ,',
    ]);
  });

  it('is none where JSON has numbers among the texts', async () => {
    const path = folder.write('mixed.json', '[{ "p": 1, "x": 1 }, { "p": "a", "x": 2 }]');
    expect(await complaint(path, { text: 'levels' })).toBe(
      `format: ${path}: expected columns of numbers or of text, got p (JSON); choose others with --columns x`,
    );
  });

  it('that is not UTF-8 is refused by line', async () => {
    const bytes = Buffer.concat([Buffer.from('city,x\nBern,1\nZ'), Buffer.from([0xfc]), Buffer.from('rich,2\n')]);
    const path = folder.write('latin.csv', bytes);
    expect(await complaint(path, { text: 'levels' })).toBe(
      `format: ${path}: expected text in UTF-8, got other bytes in line 3, column city; save it as text in UTF-8`,
    );
    expect((await contents(await openSource(path, { columns: ['x'], text: 'levels' }))).rows).toEqual([[1], [2]]);
  });

  it('is no weight', async () => {
    const path = folder.write('weight.csv', 'city,x\na,1\nb,2\n');
    expect(await complaint(path, { text: 'levels', columns: ['x'], weight: 'city' })).toBe(
      `format: ${path}: expected a number in every cell of column city, got "a" in line 2; ` +
        'repair it, add --na a if it means missing, or choose other columns',
    );
    const file = await parquet(`${folder.path}/weight.parquet`, `SELECT 'a' AS city, 1 AS x`);
    expect(await complaint(file, { text: 'levels', columns: ['x'], weight: 'city' })).toBe(
      `format: ${file}: expected numeric columns, got city (VARCHAR); ` +
        'choose a numeric weight column, or choose others with --columns x',
    );
  });

  it('is refused beside numbers of another file, and times are no text', async () => {
    folder.write('odd/1.csv', 'p,x\n1,1\n');
    folder.write('odd/2.csv', 'p,x\na,1\n');
    expect(await complaint(`${folder.path}/odd/*.csv`, { text: 'levels' })).toContain(
      `got p (DOUBLE in ${folder.path}/odd/1.csv, VARCHAR in ${folder.path}/odd/2.csv); choose others with --columns x`,
    );
    const path = folder.write('times.csv', 'day,city\n2020-01-01,a\n');
    expect(await complaint(path, { text: 'levels' })).toMatch(
      /expected columns of numbers or of text, got day \(DATE\); choose others with --columns city, or make a number/,
    );
  });

  it('is refused by default, with what to do', async () => {
    const csv = folder.write('default.csv', 'city,x\na,1\n');
    expect(await complaint(csv)).toMatch(`choose numeric ones with --columns x, or ${asLevels}`);
    expect(await complaint(csv, { columns: ['city'] })).toMatch(`or choose other columns, or ${asLevels}`);
  });

  it('is asked for by one word', async () => {
    const path = folder.write('word.csv', 'city,x\na,1\n');
    expect(await complaint(path, { text: true } as unknown as SourceOptions)).toBe(
      "option: text: expected 'levels', or none, got true; leave it out to read numbers only",
    );
  });
});
