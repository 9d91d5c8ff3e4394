import { beforeAll, describe, expect, test } from 'vitest';
import { loadMixture } from '../../src/index.js';
import { expectWithin } from '../within.js';
import { csv, faithful, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();

beforeAll(async () => {
  const { status } = await otmix(folder.path, ['fit', faithful, '-k', '2', '--out', 'model.json']);
  expect(status).toBe(0);
});

describe('otmix sample', () => {
  test('prints what the library draws as CSV, with labels', async () => {
    const { status, stdout, stderr } = await otmix(folder.path, ['sample', 'model.json', '-n', '5', '--seed', '7']);
    expect([status, stderr]).toEqual([0, '']);
    const { columns, rows } = csv(stdout);
    const { data, labels } = (await loadMixture(`${folder.path}/model.json`)).sample(5, { seed: 7 });
    expect(columns).toEqual(['eruptions', 'waiting', 'label']);
    expect(rows.flatMap((row) => row.slice(0, 2)).map(Number)).toEqual(Array.from(data));
    expect(rows.map((row) => Number(row[2]))).toEqual(Array.from(labels));
  });

  test('draws a sample that fits give the mixture back from', async () => {
    const drawn = await otmix(folder.path, ['sample', 'model.json', '-n', '20000', '--out', 'sample.parquet']);
    expect(drawn).toEqual({ status: 0, stdout: '', stderr: '' });
    const args = ['fit', 'sample.parquet', '--columns', 'eruptions,waiting', '-k', '2', '--out', 'again.json', '-q'];
    expect((await otmix(folder.path, args)).status).toBe(0);
    const sorted = async (name: string): Promise<number[][]> =>
      (await loadMixture(`${folder.path}/${name}`)).means.sort(([a], [b]) => a - b);
    const [before, after] = [await sorted('model.json'), await sorted('again.json')];
    before.forEach(([eruptions, waiting], k) => {
      expectWithin(after[k][0], eruptions, 0.03);
      expectWithin(after[k][1], waiting, 0.3);
    });
  });

  test('names the labels otherwise where a column has their name, and quotes names', async () => {
    const path = folder.write('named.csv', '"label","a ""b"", c"\n1,2\n2,4\n3,1\n');
    expect((await otmix(folder.path, ['fit', path, '-k', '1', '--out', 'named.json'])).status).toBe(0);
    const { stdout } = await otmix(folder.path, ['sample', 'named.json', '-n', '0']);
    expect(stdout).toBe('label,"a ""b"", c",label_\n');
  });

  test('is silent where its reader stops early', async () => {
    const started = otmix(folder.path, ['sample', 'model.json', '-n', '500000'], {
      onStdout: (child) => child.stdout?.destroy(),
    });
    const { status, stderr } = await started;
    expect([status, stderr]).toEqual([0, '']);
  });
});
