import { beforeAll, describe, expect, test } from 'vitest';
import {
  bernoulli,
  categorical,
  fitMixture,
  gaussian,
  loadMixture,
  poisson,
  product,
  type ModelFile,
} from '../../src/index.js';
import { openSource } from '../../src/sources.js';
import { csv, faithful, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();

/** Two kinds of people: id, age, visits, region (a name may need quotes), and whether member, 1 or 0. */
const people = Array.from({ length: 120 }, (_, i): [number, number, number, string, number] => {
  const young = i % 5 < 2;
  const age = (young ? 35 : 60) + ((i * 7) % 11) / 2;
  const visits = young ? [1, 2, 3, 2][i % 4] : [8, 9, 11, 7][i % 4];
  const region = young ? ['north, upper', 'north, upper', 'south'][i % 3] : ['south', '"west"'][i % 2];
  return [i + 1, age, visits, region, Number(young || i % 3 === 0)];
});
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const text = people.map(([id, age, visits, region, member]) => [id, age, visits, quoted(region), member].join());

const mixed = 'gaussian:age,poisson:visits,categorical:region,ignore:*';

beforeAll(async () => {
  folder.write('people.csv', `id,age,visits,region,member\n${text.join('\n')}\n`);
  const args = ['fit', 'people.csv', '-k', '2', '--family', mixed, '--out', 'mixed.json', '-q'];
  expect((await otmix(folder.path, args)).status).toBe(0);
});

interface FitJson {
  readonly columns: string[];
  readonly levels?: (null | (string | number)[])[];
  readonly family: string;
  readonly logLikelihood: number;
  readonly components: unknown;
}

async function fitJson(...args: string[]): Promise<FitJson> {
  const { status, stdout, stderr } = await otmix(folder.path, ['fit', ...args, '--json', '-q']);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as FitJson;
}

const source = (columns: string[]): ReturnType<typeof openSource> =>
  openSource(`${folder.path}/people.csv`, { columns, text: 'levels' });

describe('otmix fit --family', () => {
  test('fits one family to all columns, as the library does', async () => {
    const { family, columns, components, logLikelihood } = await fitJson('people.csv', '-k', '2', '--columns', 'visits', '--family', 'poisson'); // prettier-ignore
    const fit = await fitMixture(await source(['visits']), { components: 2, family: poisson() });
    expect({ family, columns }).toEqual({ family: 'poisson', columns: ['visits'] });
    expect(components).toEqual(fit.mixture.components);
    expect(logLikelihood).toBe(fit.criteria.logLikelihood);
  });

  test('fits families of columns, reads text as levels, and leaves out what is ignored', async () => {
    const told = await fitJson('people.csv', '-k', '2', '--family', mixed);
    const factors = [
      { columns: ['age'], family: gaussian() },
      { columns: ['visits'], family: poisson() },
      { columns: ['region'], family: categorical() },
    ];
    const fit = await fitMixture(await source(['age', 'visits', 'region']), { components: 2, family: product(factors) }); // prettier-ignore
    expect(told.columns).toEqual(['age', 'visits', 'region']);
    expect(told.levels).toEqual([null, null, ['"west"', 'north, upper', 'south']]);
    expect(told.family).toBe('product');
    expect(told.components).toEqual(fit.mixture.components);
    expect(told.logLikelihood).toBe(fit.criteria.logLikelihood);
  });

  test('takes the columns that no entry names as *, but those to ignore, whatever --columns says', async () => {
    const star = 'gaussian:age,poisson:*,ignore:id+region';
    expect((await fitJson('people.csv', '-k', '1', '--family', star)).columns).toEqual(['age', 'visits', 'member']);
    const some = ['--columns', 'id,age,visits', '--family', 'gaussian:*,ignore:id'];
    expect((await fitJson('people.csv', '-k', '1', ...some)).columns).toEqual(['age', 'visits']);
  });

  test('--covariance is that of Gaussians that have none of their own', async () => {
    const typed = async (...args: string[]): Promise<unknown> => (await fitJson('people.csv', '-k', '2', ...args)).components; // prettier-ignore
    const diag = await typed('--family', 'gaussian(diag):age+visits,bernoulli:member,ignore:*');
    expect(await typed('--family', 'gaussian:age+visits,bernoulli:member,ignore:*', '--covariance', 'diag')).toEqual(diag); // prettier-ignore
    expect(await typed('--family', 'gaussian(diag):age+visits,bernoulli:member,ignore:*')).toEqual(diag);
    expect(await typed('--family', 'gaussian:age+visits,bernoulli:member,ignore:*')).not.toEqual(diag);
  });

  test('gaussian is what is fitted where nothing is said', async () => {
    const { status, stdout } = await otmix(folder.path, ['fit', faithful, '-k', '2', '--json']);
    const told = await fitJson(faithful, '-k', '2', '--family', 'gaussian');
    expect(status).toBe(0);
    const { seconds: _, ...plain } = JSON.parse(stdout) as Record<string, unknown>;
    expect(told).toMatchObject(plain);
    expect(plain).toMatchObject({ family: 'gaussian', covariance: 'full' });
  });

  test('prints a table for each family, levels by name', async () => {
    const { stdout } = await otmix(folder.path, ['fit', 'people.csv', '-k', '2', '--family', mixed]);
    expect(stdout).toContain(
      'Fitted 2 components of gaussian(full):age,poisson:visits,categorical:region to 120 rows of age, visits, region in',
    );
    expect(stdout).toMatch(
      /\ngaussian: means ± standard deviations\ncomponent +weight +age\n +\d +60\.0 % +6\d\.\d+ ± 1\.\d+\n/,
    );
    // Rates are the means of 7 to 11 and of 1 to 3, half of the others live in the west.
    expect(stdout).toMatch(/\npoisson: rates\ncomponent +weight +visits\n +\d +60\.0 % +8\.75\n +\d +40\.0 % +2\.00\n/);
    expect(stdout).toMatch(/\ncategorical: likeliest levels\n.+\n +\d +60\.0 % +"west" 50\.0 %, south 50\.0 %\n/);
    expect(stdout).toMatch(/ north, upper 66\.7 %, south 33\.3 %\n/);
    expect(stdout).not.toContain('NaN');
  });

  test('is told by a report too', async () => {
    const args = ['fit', 'people.csv', '-k', '2', '--family', mixed, '--report', 'mixed.html', '-q'];
    expect((await otmix(folder.path, args)).status).toBe(0);
    const page = folder.read('mixed.html');
    expect(page).toContain('a mixture of 2 components of columns that are Gaussian, Poisson and categorical');
    for (const level of ['north, upper', 'south']) expect(page).toContain(level);
  });
});

describe('--missing model', () => {
  test('fits and labels rows by what they have, as the library does', async () => {
    const gaps = people.map(([, , visits, region, member], i) => [i % 3 ? visits : '', i % 4 ? quoted(region) : '', member]); // prettier-ignore
    folder.write('gaps.csv', `visits,region,member\n${gaps.map((row) => row.join()).join('\n')}\n`);
    const args = ['gaps.csv', '-k', '2', '--family', 'poisson:visits,categorical:region,bernoulli:member'];
    const told = await fitJson(...args, '--missing', 'model', '--out', 'gaps.json');
    const gapped = await openSource(`${folder.path}/gaps.csv`, { text: 'levels' });
    const family = product([
      { columns: ['visits'], family: poisson() },
      { columns: ['region'], family: categorical() },
      { columns: ['member'], family: bernoulli() },
    ]);
    const { mixture } = await fitMixture(gapped, { components: 2, family, missing: 'model' });
    expect(told.components).toEqual(mixture.components);
    const { status, stdout } = await otmix(folder.path, ['predict', 'gaps.json', 'gaps.csv', '--missing', 'model']);
    const labels = await mixture.predict(gapped, { missing: 'model' });
    expect(status).toBe(0);
    expect(csv(stdout).rows.map(([, label]) => Number(label))).toEqual(Array.from(labels));
  });

  test('fits Gaussians by the columns that rows have', async () => {
    folder.write('holes.csv', 'x,y\n1,2\n2,\n,5\n4,7\n3,7\n,\n');
    const { logLikelihood } = await fitJson('holes.csv', '-k', '1', '--missing', 'model', '--out', 'holes.json');
    expect(logLikelihood).toBeLessThan(0);
    const { status, stdout } = await otmix(folder.path, ['predict', 'holes.json', 'holes.csv', '--missing', 'model']);
    expect([status, stdout.trim().split('\n').length]).toEqual([0, 7]);
  });
});

describe('a model of levels', () => {
  test('labels rows of files as the library does, of all their columns or of some rows alone', async () => {
    const { status, stdout } = await otmix(folder.path, ['predict', 'mixed.json', 'people.csv']);
    const mixture = await loadMixture(`${folder.path}/mixed.json`);
    expect(status).toBe(0);
    expect(csv(stdout).rows.map(([, label]) => Number(label))).toEqual(Array.from(await mixture.predict(await source(['age', 'visits', 'region'])))); // prettier-ignore
  });

  test('is sampled by the names of levels, in every format, and reads what it wrote', async () => {
    const { data } = (await loadMixture(`${folder.path}/mixed.json`)).sample(200);
    const [columns] = [['age', 'visits', 'region']];
    const regions = ['"west"', 'north, upper', 'south'];
    const drawn = Array.from({ length: 200 }, (_, i) => regions[data[3 * i + 2]]);
    const printed = await otmix(folder.path, ['sample', 'mixed.json', '-n', '200']);
    folder.write('sample.csv', printed.stdout);
    for (const name of ['sample.tsv', 'sample.jsonl', 'sample.parquet']) {
      expect(await otmix(folder.path, ['sample', 'mixed.json', '-n', '200', '--out', name])).toEqual({ status: 0, stdout: '', stderr: '' }); // prettier-ignore
    }
    for (const name of ['sample.csv', 'sample.tsv', 'sample.jsonl', 'sample.parquet']) {
      const read: unknown[] = [];
      for await (const { values, levels } of (
        await openSource(`${folder.path}/${name}`, { columns, text: 'levels' })
      ).batches()) {
        // prettier-ignore
        for (let at = 2; at < values.length; at += 3) read.push(levels?.[2]?.[values[at]]);
      }
      expect(read).toEqual(drawn);
      const { status, stdout } = await otmix(folder.path, ['predict', 'mixed.json', name]);
      expect(status).toBe(0);
      expect(csv(stdout).rows).toHaveLength(200);
    }
  });

  test('of true and false has these names in the model, in JSON, in what is printed and in samples', async () => {
    folder.write('flags.csv', `open,n\n${'true,1\nFALSE,2\ntrue,4\n,3\n'.repeat(10)}`);
    const args = ['fit', 'flags.csv', '-k', '1', '--missing', 'model', '--family', 'categorical:open,ignore:*'];
    const { stdout: told } = await otmix(folder.path, [...args, '--out', 'flags.json']);
    expect(told).toContain('true 66.7 %, false 33.3 %');
    expect(JSON.parse(folder.read('flags.json'))).toMatchObject({ columns: [{ name: 'open', levels: ['false', 'true'] }] }); // prettier-ignore
    const { stdout: json } = await otmix(folder.path, [...args, '--json', '-q']);
    expect(JSON.parse(json)).toMatchObject({ levels: [['false', 'true']] });
    const { stdout: sampled } = await otmix(folder.path, ['sample', 'flags.json', '-n', '50']);
    expect(new Set(csv(sampled).rows.map(([open]) => open))).toEqual(new Set(['false', 'true']));
    const { stdout: whole } = await otmix(folder.path, ['impute', 'flags.json', 'flags.csv']);
    expect(csv(whole).rows.slice(0, 4)).toEqual([['true'], ['false'], ['true'], ['true']]);
    expect((await otmix(folder.path, ['predict', 'flags.json', '-'], { stdin: sampled })).status).toBe(0);
  });

  test('of numbers is sampled as numbers, and of texts that spell them as these', async () => {
    folder.write('codes.csv', 'a,b\n1,x\n2,7\n2,x\n1,x\n');
    const args = ['fit', 'codes.csv', '-k', '1', '--family', 'categorical', '--out', 'codes.json', '-q'];
    expect((await otmix(folder.path, args)).status).toBe(0);
    const { columns } = JSON.parse(folder.read('codes.json')) as Extract<ModelFile, { version: 2 }>;
    expect(columns).toEqual([
      { name: 'a', levels: [1, 2] },
      { name: 'b', levels: ['7', 'x'] },
    ]);
    const { stdout } = await otmix(folder.path, ['sample', 'codes.json', '-n', '50']);
    expect(new Set(csv(stdout).rows.map(([a]) => a))).toEqual(new Set(['1', '2']));
    expect(new Set(csv(stdout).rows.map(([, b]) => b))).toEqual(new Set(['7', 'x']));
    // Rows whose levels all spell numbers are a column of numbers.
    const { status } = await otmix(folder.path, ['predict', 'codes.json', '-'], { stdin: 'a,b\n1,7\n2,7\n' });
    expect(status).toBe(0);
  });
});

describe('otmix select --family', () => {
  test('compares families at every k', async () => {
    const args = ['select', 'people.csv', '-k', '1:2', '--columns', 'visits', '--family', 'poisson', '--family', 'geometric']; // prettier-ignore
    const { status, stdout } = await otmix(folder.path, args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Fitted 4 mixtures in .+\n\nk +family +bic /);
    expect(Array.from(stdout.matchAll(/^(\d) +(poisson|geometric) /gm), ([, k, name]) => `${name} ${k}`)).toEqual([
      ...['poisson 1', 'poisson 2', 'geometric 1', 'geometric 2'],
    ]);
    expect(stdout).toMatch(/^2 +poisson .*<- lowest bic$/m);
  });

  test('tries every covariance type of Gaussians that have none of their own', async () => {
    const args = ['select', 'people.csv', '-k', '1', '--family', 'gaussian:age+visits,bernoulli:member,ignore:*', '--covariance', 'full,diag', '--json']; // prettier-ignore
    const { candidates } = JSON.parse((await otmix(folder.path, args)).stdout) as { candidates: unknown[] };
    expect(candidates).toMatchObject([
      { k: 1, family: 'product', factors: 'gaussian(full):age+visits,bernoulli:member' },
      { k: 1, family: 'product', factors: 'gaussian(diag):age+visits,bernoulli:member' },
    ]);
  });
});
