import { beforeAll, describe, expect, test } from 'vitest';
import { loadMixture, type Mixture } from '../../src/index.js';
import { openSource } from '../../src/sources.js';
import { csv, iris, irisColumns, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();
let mixture: Mixture;

beforeAll(async () => {
  const args = ['fit', iris, '-k', '3', '--columns', irisColumns, '--covariance', 'tied', '--out', 'model.json'];
  expect((await otmix(folder.path, args)).status).toBe(0);
  mixture = await loadMixture(`${folder.path}/model.json`);
});

/** Predicts into a file; nothing may be printed. */
async function predict(...args: string[]): Promise<void> {
  const { status, stdout, stderr } = await otmix(folder.path, ['predict', 'model.json', ...args]);
  expect([status, stdout, stderr]).toEqual([0, '', '']);
}

const values = (rows: readonly string[][], column: number): number[] => rows.map((row) => Number(row[column]));

describe('otmix predict', () => {
  test('writes what the library predicts, finding the columns by the names in the model', async () => {
    await predict(iris, '--out', 'labels.csv', '--proba'); // iris has a text column too, and in front of nothing
    const { columns, rows } = csv(folder.read('labels.csv'));
    const source = await openSource(iris, { columns: irisColumns.split(',') });
    expect(columns).toEqual(['row', 'label', 'log_density', 'p0', 'p1', 'p2']);
    expect(values(rows, 0)).toEqual(Array.from({ length: 150 }, (_, i) => i));
    expect(values(rows, 1)).toEqual(Array.from(await mixture.predict(source)));
    expect(values(rows, 2)).toEqual(Array.from(await mixture.scoreSamples(source)));
    const proba = rows.flatMap((row) => row.slice(3).map((cell) => Math.fround(Number(cell))));
    expect(proba).toEqual(Array.from((await mixture.predictProba(source)).data));
  });

  test('writes TSV, JSON lines and Parquet alike', async () => {
    await predict(iris, '--out', 'labels.csv');
    const { rows } = csv(folder.read('labels.csv'));
    await predict(iris, '--out', 'labels.tsv');
    expect(folder.read('labels.tsv').replaceAll('\t', ',')).toBe(folder.read('labels.csv'));
    await predict(iris, '--out', 'labels.jsonl');
    const lines = folder.read('labels.jsonl').trimEnd().split('\n');
    expect(lines.map((line) => Object.values(JSON.parse(line) as object).map(String))).toEqual(rows);
    await predict(iris, '--out', 'labels.parquet');
    const parquet = await openSource(`${folder.path}/labels.parquet`);
    expect(parquet.columns).toEqual(['row', 'label', 'log_density']);
    for await (const batch of parquet.batches()) expect(Array.from(batch.values)).toEqual(rows.flat().map(Number));
    expect(folder.names().filter((name) => /tmp|converted/.test(name))).toEqual([]);
  });

  test('keeps a line without a label for every row left out, also at the ends', async () => {
    const path = folder.write('gaps.csv', `${irisColumns}\n,3,1,1\n5,3,1,1\nNA,3,1,1\nNA,3,1,1\n6,3,5,2\n6,3,5,\n`);
    await predict(path, '--missing', 'drop', '--out', 'gaps.csv.csv');
    const { rows } = csv(folder.read('gaps.csv.csv'));
    expect(rows.map(([row, label, density]) => [row, label !== '', density !== ''])).toEqual([
      ...[['0', false, false], ['1', true, true], ['2', false, false]], // prettier-ignore
      ...[['3', false, false], ['4', true, true], ['5', false, false]], // prettier-ignore
    ]);
    await predict(path, '--missing', 'drop', '--out', 'gaps.jsonl', '--proba');
    const blank = { row: 0, label: null, log_density: null, p0: null, p1: null, p2: null };
    expect(JSON.parse(folder.read('gaps.jsonl').split('\n')[0])).toEqual(blank);
  });

  test('takes columns of other names in the order given, or notes what it took them for', async () => {
    folder.write('renamed.csv', 'd,c,b,a\n0.2,1.4,3.5,5.1\n');
    await predict('renamed.csv', '--columns', 'a,b,c,d', '--out', 'one.csv');
    await predict(iris, '--out', 'all.csv');
    expect(folder.read('one.csv').split('\n')[1]).toBe(folder.read('all.csv').split('\n')[1]);
    folder.write('unnamed.csv', 'a,b,c,d\n5.1,3.5,1.4,0.2\n');
    const { status, stderr } = await otmix(folder.path, ['predict', 'model.json', 'unnamed.csv', '--out', 'two.csv']);
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^otmix: note: unnamed\.csv has other names than the model: a is taken for sepal_length, b is taken for sepal_width, .*\n$/,
    );
    expect(folder.read('two.csv')).toBe(folder.read('one.csv'));
  });
});
