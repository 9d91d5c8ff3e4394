import { describe, expect, test } from 'vitest';
import { factsOf, proposalText } from '../../src/cli/auto.js';
import { openSource } from '../../src/sources.js';
import { iris, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();

/** id, counts of 0 to 4, names that differ in every row, and two words of which some rows lack one. */
const table = Array.from({ length: 60 }, (_, i) => [i + 1, [0, 1, 2, 1, 4, 0][i % 6], `n${i}`, i % 7 === 0 ? '' : ['yes', 'no'][i % 2]]); // prettier-ignore
const rows = (): string => folder.write('table.csv', `id,visits,name,member\n${table.map((row) => row.join()).join('\n')}\n`); // prettier-ignore

describe('what columns are like', () => {
  test('is counted by one read: text by its levels, numbers by their tally', async () => {
    const facts = await factsOf(await openSource(rows(), { text: 'levels' }));
    const [, visits] = facts;
    expect(facts.map(({ kind, name, values, distinct }) => ({ kind, name, values, distinct }))).toEqual([
      { kind: 'number', name: 'id', values: 60, distinct: 60 },
      { kind: 'number', name: 'visits', values: 60, distinct: 4 },
      { kind: 'text', name: 'name', values: 60, distinct: 60 },
      { kind: 'text', name: 'member', values: 51, distinct: 2 },
    ]);
    expect(facts[3].missing).toBeCloseTo(9 / 60, 15);
    // Of 0, 1, 2, 1, 4, 0: mean 8/6, mean square 22/6.
    expect(visits).toMatchObject({ mean: expect.closeTo(4 / 3, 12) as number, variance: expect.closeTo(22 / 6 - 16 / 9, 12) as number }); // prettier-ignore
  });
});

describe('a proposal', () => {
  test('is told as an option to paste, with the reason of each column', () => {
    const text = proposalText({
      entries: [
        { family: 'negativeBinomial', options: [], columns: ["it's, here"] },
        { family: 'ignore', options: [], columns: ['id'] },
      ],
      columns: [
        { name: "it's, here", family: 'negativeBinomial', reason: 'counts' },
        { name: 'id', family: 'ignore', reason: 'numbers of rows' },
      ],
    });
    expect(text).toBe(
      `otmix: --family auto is --family 'negative-binomial:"it'\\''s, here",ignore:id'\n` +
        '  column      family             why\n' +
        "  it's, here  negative-binomial  counts\n" +
        '  id          left out           numbers of rows\n',
    );
  });
});

describe('otmix fit --family auto', () => {
  test('says what it chose and what it left out, fits that, and the line can be pasted', async () => {
    rows();
    const args = ['fit', 'table.csv', '-k', '1', '--missing', 'drop'];
    const { status, stdout, stderr } = await otmix(folder.path, [...args, '--family', 'auto']);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^otmix: --family auto is --family poisson:visits,categorical:member,ignore:id\+name\n/);
    expect(stderr).toMatch(/^ {2}id +left out +numbers of rows$/m);
    expect(stderr).toMatch(/^ {2}name +left out +text that differs in every row$/m);
    const [, family] = /--family (\S+)\n/.exec(stderr) ?? [];
    const pasted = await otmix(folder.path, [...args, '--family', family]);
    expect(pasted.stderr).toBe('');
    expect(pasted.stdout.replace(/ in .* thread/, '')).toBe(stdout.replace(/ in .* thread/, ''));
  });

  test('leaves out what is neither numbers nor text', async () => {
    const days = Array.from({ length: 40 }, (_, i) => `2020-01-${String((i % 28) + 1).padStart(2, '0')},${i % 3}`);
    folder.write('days.csv', `day,n\n${days.join('\n')}\n`);
    const args = ['fit', 'days.csv', '-k', '1'];
    const { status, stderr } = await otmix(folder.path, [...args, '--family', 'auto']);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^otmix: --family auto is --family poisson:n,ignore:day\n/);
    expect(stderr).toMatch(/^ {2}day +left out +DATE: neither numbers nor text$/m);
    expect((await otmix(folder.path, [...args, '--family', 'poisson:n,ignore:day'])).status).toBe(0);
    const named = await otmix(folder.path, [...args, '--family', 'auto', '--columns', 'day,n']);
    expect(named.status).toBe(2);
    expect(named.stderr).toMatch(/expected columns of numbers or of text, got day \(DATE\)/);
  });

  test('says nothing where it should be quiet, and reads standard input as files', async () => {
    const { readFileSync } = await import('node:fs');
    const stdin = readFileSync(iris);
    const { status, stdout, stderr } = await otmix(folder.path, ['fit', '-', '-k', '3', '--family', 'auto', '-q', '--json'], { stdin }); // prettier-ignore
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      family: 'product',
      factors: 'gaussian(full):sepal_length+sepal_width+petal_length+petal_width,categorical:species',
      levels: [null, null, null, null, ['setosa', 'versicolor', 'virginica']],
    });
  });

  test('fits one family by itself where all columns have it', async () => {
    const columns = ['--columns', 'sepal_length,sepal_width', '-q', '--json'];
    const told = async (...args: string[]): Promise<unknown> => {
      const { stdout } = await otmix(folder.path, ['fit', iris, '-k', '2', ...columns, ...args]);
      const { seconds: _, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
      return rest;
    };
    expect(await told('--family', 'auto')).toEqual(await told());
  });
});
