import { beforeAll, expect, test } from 'vitest';
import { loadMixture } from '../../src/index.js';
import { csv, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();
const lines = Array.from({ length: 60 }, (_, i) => {
  const group = i % 2;
  const visits = 2 + 8 * group + (i % 3);
  return i < 4 ? `,${visits}` : i < 8 ? `${['north', 'south'][group]},` : `${['north', 'south'][group]},${visits}`;
});

beforeAll(async () => {
  folder.write('people.csv', `region,visits\n${lines.join('\n')}\n`);
  const family = ['--family', 'categorical:region,poisson:visits', '--missing', 'model'];
  const { status, stderr } = await otmix(folder.path, ['fit', 'people.csv', '-k', '2', ...family, '--out', 'm.json', '-q']); // prettier-ignore
  expect([status, stderr]).toEqual([0, '']);
});

test('otmix impute writes rows with what they lack, levels by name', async () => {
  const { status, stdout, stderr } = await otmix(folder.path, ['impute', 'm.json', 'people.csv']);
  expect([status, stderr]).toEqual([0, '']);
  const { columns, rows } = csv(stdout);
  expect(columns).toEqual(['region', 'visits']);
  expect(rows).toHaveLength(60);
  rows.slice(0, 4).forEach(([region], i) => expect(region).toBe(['north', 'south'][i % 2]));
  const { columnMeans } = await loadMixture(`${folder.path}/m.json`);
  const [low, high] = columnMeans.map(([, visits]) => visits).sort((a, b) => a - b);
  rows.slice(4, 8).forEach(([, visits], i) => {
    const near = i % 2 === 0 ? low : high;
    expect(Math.abs(Number(visits) - near)).toBeLessThan(0.5);
  });
  expect(rows.slice(8).map((row) => row.join())).toEqual(lines.slice(8));
});

test('otmix impute writes a file that fits take without a gap', async () => {
  const done = await otmix(folder.path, ['impute', 'm.json', 'people.csv', '--out', 'whole.parquet']);
  expect(done).toEqual({ status: 0, stdout: '', stderr: '' });
  const args = ['fit', 'whole.parquet', '-k', '1', '--columns', 'visits', '-q'];
  expect((await otmix(folder.path, args)).status).toBe(0);
});

test('a direction of which a part is missing is one line', async () => {
  const path = folder.write('directions.csv', 'a,b\n1,0\n0,1\n1,1\n,1\n');
  const fitted = ['fit', path, '-k', '1', '--family', 'von-mises-fisher', '--missing', 'drop', '--out', 'd.json', '-q'];
  expect((await otmix(folder.path, fitted)).status).toBe(0);
  const { status, stderr } = await otmix(folder.path, ['impute', 'd.json', path]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^otmix: .*expected all columns of the family, or none of them, to be missing, got .*\n$/);
});
