import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { gaussian } from '../../src/families/gaussian.js';
import { Mixture, type ModelFile } from '../../src/mixture/mixture.js';
import { loadMixture } from '../../src/mixture/model-file.js';
import * as browserStorage from '../../src/base/storage.browser.js';
import { constrain, problem, type Covariance, type OracleMixture } from '../oracle/index.js';

vi.mock('node:fs/promises', { spy: true });

const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];
const { x, truth } = problem('overlapping', { n: 50, d: 2, k: 3, seed: 5 });

function mixtureOf(parts: OracleMixture, covariance: Covariance = 'full', columns?: readonly string[]): Mixture {
  const family = gaussian({ covariance });
  const weights = Float64Array.from(parts.weights);
  return new Mixture({ family, weights, components: family.fromParameters(parts, 'parts') }, columns);
}

let folder = '';
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'otmix-model-'))));
afterEach(async () => {
  vi.mocked(fs.writeFile).mockReset();
  await rm(folder, { recursive: true });
});
const path = (name = 'model.json'): string => join(folder, name);

describe('save and loadMixture', () => {
  // Doubles with long expansions, far from and near to 0, and next to round numbers.
  const awkward: OracleMixture = {
    weights: [0.1 + 0.2, 1 / 3, 1 - (0.1 + 0.2) - 1 / 3],
    means: [[5e-324, -1.797693134862316e30], [1 + 2 ** -52, 123456789.12345679], [-1e-7, 2 ** 53 - 1]],
    covariances: [
      [[1 / 3, 0.1], [0.1, 0.7]],
      [[1e-10, 0], [0, 1e30]],
      [[2 ** -60, 0], [0, Math.PI]],
    ],
  }; // prettier-ignore

  test.each(forms)('every number comes back bit for bit, %s', async (form) => {
    for (const parts of [truth, awkward]) {
      const mixture = mixtureOf(constrain(parts, form), form, ['größe', 'a "quoted" name\n']);
      await mixture.save(path());
      const loaded = await loadMixture(path());
      expect(loaded.toJSON()).toEqual(mixture.toJSON());
      expect([loaded.weights, loaded.means, loaded.covariances]).toEqual([
        mixture.weights,
        mixture.means,
        mixture.covariances,
      ]);
      expect([loaded.columns, loaded.k, loaded.d, loaded.parameters]).toEqual([
        mixture.columns,
        3,
        2,
        mixture.parameters,
      ]);
      expect(loaded.family.options).toEqual({ covariance: form });
    }
  });

  test.each(forms)('a loaded mixture predicts and draws identically, %s', async (form) => {
    const mixture = mixtureOf(constrain(truth, form), form);
    await mixture.save(path());
    const loaded = await loadMixture(path());
    expect(await loaded.scoreSamples(x)).toEqual(await mixture.scoreSamples(x));
    expect(await loaded.predictProba(x)).toEqual(await mixture.predictProba(x));
    expect(await loaded.predict(x)).toEqual(await mixture.predict(x));
    expect(loaded.sample(20, { seed: 3 })).toEqual(mixture.sample(20, { seed: 3 }));
  });

  test('a file is JSON of the documented form that ends with a line break', async () => {
    await mixtureOf(truth, 'diag', ['a', 'b']).save(path());
    const text = await readFile(path(), 'utf8');
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual({
      format: 'otmix-mixture',
      version: 1,
      family: 'gaussian',
      options: { covariance: 'diag' },
      columns: ['a', 'b'],
      weights: truth.weights,
      means: truth.means,
      covariances: truth.covariances.flatMap((one) => [one[0][0], one[1][1]]),
    });
  });

  test('a place may be a URL, with characters that URLs escape', async () => {
    const url = pathToFileURL(path('the größte model.json'));
    await mixtureOf(truth).save(url);
    expect(await readdir(folder)).toEqual(['the größte model.json']);
    expect((await loadMixture(url)).toJSON()).toEqual(mixtureOf(truth).toJSON());
  });

  test('JSON data are a model too', async () => {
    const mixture = mixtureOf(truth, 'tied');
    const data = JSON.parse(JSON.stringify(mixture)) as ModelFile;
    expect((await loadMixture(data)).toJSON()).toEqual(mixture.toJSON());
    expect((await loadMixture(mixture.toJSON())).means).toEqual(mixture.means);
  });

  test('a component may have weight 0', async () => {
    const mixture = mixtureOf({ ...truth, weights: [0.5, 0, 0.5] });
    expect((await loadMixture(mixture.toJSON())).weights).toEqual([0.5, 0, 0.5]);
  });
});

describe('loadMixture refuses', () => {
  const damaged = (where: string, got: string): InputError =>
    new InputError('format', {
      where,
      expected: 'a model file written by otmix',
      got,
      remedy: 'save the mixture again, or give the right file',
    });
  const model = mixtureOf(truth).toJSON();
  const misfit = 'weights, means, covariances or columns that are missing or do not fit together';
  const without = (key: keyof ModelFile): Partial<ModelFile> =>
    Object.fromEntries(Object.entries(model).filter(([name]) => name !== key));

  test('a file that is not there', async () => {
    await expect(loadMixture(path())).rejects.toMatchObject({
      name: 'InputError',
      code: 'file',
      message: `${path()}: expected a file that can be read, got ENOENT; check the path and its permissions`,
      cause: { code: 'ENOENT' },
    });
    await expect(loadMixture(folder)).rejects.toThrow(`${folder}: expected a file that can be read, got EISDIR; `);
  });

  test.each([
    ['an empty file', ''],
    ['text', 'k,weight\n1,0.5\n'],
    ['JSON that is damaged', '{"format": "otmix-mixture", "version": 1,, }'],
    ['a file that was cut short', JSON.stringify(mixtureOf(truth)).slice(0, -40)],
  ])('%s', async (_, text) => {
    await writeFile(path(), text);
    await expect(loadMixture(path())).rejects.toThrow(damaged(path(), 'text that is not JSON'));
  });

  test.each([
    ['null', null],
    ['a number', 3],
    ['a string', 'model'],
  ])('JSON that is %s', async (_, json) => {
    await writeFile(path(), JSON.stringify(json));
    await expect(loadMixture(path())).rejects.toThrow(damaged(path(), 'JSON that is no object'));
  });

  test.each([
    ['another format', { ...model, format: 'pmml' }, 'format "pmml"'],
    ['no format', without('format'), 'format missing'],
    ['an array', [model], 'format missing'],
    ['another family', { ...model, family: 'student' }, 'family "student"'],
    ['a family that objects inherit', { ...model, family: 'toString' }, 'family "toString"'],
    ['no family', without('family'), 'family missing'],
    ['no weights', without('weights'), misfit],
    ['no means', without('means'), misfit],
    ['no covariances', without('covariances'), misfit],
    ['no columns', without('columns'), misfit],
    ['no options', without('options'), misfit],
    ['null for options', { ...model, options: null }, misfit],
    ['an array for options', { ...model, options: [] }, misfit],
    ['options that are missing', { ...model, options: {} }, 'options {}'],
    ['other options', { ...model, options: { covariance: 'full', ridge: '1' } }, 'options {"covariance":"full","ridge":"1"}'],
    ['two columns of one name', { ...model, columns: ['a', 'a'] }, 'two columns "a"'],
    ['means beyond float32', { ...model, means: [[1e39, 0], ...model.means.slice(1)] }, 'means or covariances that float32 cannot hold'],
    ['covariances that nothing resolves', { ...model, covariances: model.covariances.map((c, at) => (at < 4 ? c * 1e-200 : c)) }, 'means or covariances that float32 cannot hold'],
    ['null among its numbers, as JSON writes NaN', { ...model, weights: [null, 0.5, 0.5] }, misfit],
    ['strings for numbers', { ...model, covariances: model.covariances.map(String) }, misfit],
    ['fewer weights than means', { ...model, weights: [0.5, 0.5] }, misfit],
    ['ragged means', { ...model, means: [[1, 2], [3], [4, 5]] }, misfit],
    ['more columns than means have', { ...model, columns: ['a', 'b', 'c'] }, misfit],
    ['names for no column', { ...model, columns: [], means: [[], [], []], covariances: [] }, misfit],
    ['numbers for column names', { ...model, columns: [1, 2] }, misfit],
    ['no components', { ...model, weights: [], means: [], covariances: [] }, misfit],
    ['too few covariances', { ...model, covariances: model.covariances.slice(1) }, '11 covariance values where 12 belong'],
    ['covariances of another type', { ...model, options: { covariance: 'diag' } }, '12 covariance values where 6 belong'],
    ['negative weights', { ...model, weights: [-0.5, 0.5, 1] }, 'weights that are no proportions'],
    ['weights that do not sum to 1', { ...model, weights: [0.5, 0.5, 0.5] }, 'weights that are no proportions'],
  ])('a model with %s', async (_, json, got) => {
    await expect(loadMixture(json as ModelFile)).rejects.toThrow(damaged('model', got));
    await writeFile(path(), JSON.stringify(json));
    await expect(loadMixture(path())).rejects.toThrow(damaged(path(), got));
  }); // prettier-ignore

  test.each([
    ['full', [1, 0, 0, 1, 1, 2, 2, 1, 1, 0, 0, 1], 'covariances[1]', 'not positive definite'],
    ['full', [1, 0, 0, 1, 1, 0.5, 0.4, 1, 1, 0, 0, 1], 'covariances[1]', 'not symmetric'],
    ['tied', [1, 1, 1, 1], 'covariances[0]', 'not positive definite'],
    ['diag', [1, 1, 1, 1, 0, 1], 'covariances[2]', 'not positive definite'],
    ['spherical', [1, -1, 1], 'covariances[1]', 'not positive definite'],
  ] as const)('a %s covariance that is none: %j', async (covariance, covariances, which, how) => {
    await expect(loadMixture({ ...model, options: { covariance }, covariances })).rejects.toThrow(
      damaged(
        'model',
        `model: ${which}: expected a symmetric positive definite matrix, got one that is ${how}; correct it, or add a little to its diagonal`,
      ),
    );
  });

  test('an unknown covariance type', async () => {
    await expect(loadMixture({ ...model, options: { covariance: 'round' } })).rejects.toThrow(
      damaged(
        'model',
        'gaussian: expected covariance to be one of full, tied, diag, spherical, got "round"; choose one of these',
      ),
    );
  });

  test.each([
    [2, '2'],
    [0, '0'],
    ['1', '"1"'],
    [undefined, 'missing'],
  ])('a version it does not know: %j', async (version, got) => {
    const json = { ...model, version } as unknown as ModelFile;
    await expect(loadMixture(json)).rejects.toThrow(
      new InputError('unsupported', {
        where: 'model',
        expected: 'a model file of version 1',
        got: `version ${got}`,
        remedy: 'use the version of otmix that wrote it, or a newer one',
      }),
    );
  });
});

/** JSON of arrays nested this deep. */
const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

test.each([
  'format',
  'version',
  'family',
  'options',
  'columns',
  'weights',
  'means',
  'covariances',
  'provenance',
] as const)('what is nested 200,000 deep is refused in one line: %s', async (key) => {
  const text = JSON.stringify({ ...mixtureOf(truth).toJSON(), [key]: 'here' });
  await writeFile(path(), text.replace('"here"', deep(200_000)));
  const error = (await loadMixture(path()).catch((thrown: unknown) => thrown)) as Error;
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).not.toContain('\n');
  expect(error.message.length).toBeLessThan(500);
});

test('entries of other names are ignored', async () => {
  const model = { ...mixtureOf(truth).toJSON(), note: 'mine', provenance: { seed: 1 } };
  expect((await loadMixture(model as ModelFile)).means).toEqual(truth.means);
});

describe('save writes whole files or none', () => {
  const refusal = (where: string, code: string): object => ({
    name: 'InputError',
    code: 'file',
    message: `${where}: expected a place that can be written to, got ${code}; check that its folder exists and may be written to`,
    cause: { code },
  });

  test('a folder that is not there', async () => {
    const place = join(folder, 'absent', 'model.json');
    await expect(mixtureOf(truth).save(place)).rejects.toMatchObject(refusal(place, 'ENOENT'));
    expect(await readdir(folder)).toEqual([]);
  });

  test('a file where a folder should be', async () => {
    await writeFile(path('file'), 'text');
    const place = join(folder, 'file', 'model.json');
    await expect(mixtureOf(truth).save(place)).rejects.toMatchObject(refusal(place, 'ENOTDIR'));
    expect(await readdir(folder)).toEqual(['file']);
    expect(await readFile(path('file'), 'utf8')).toBe('text');
  });

  test('a folder where the file should be', async () => {
    await expect(mixtureOf(truth).save(folder)).rejects.toMatchObject({ name: 'InputError', code: 'file' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('a URL that is no file’s', async () => {
    const url = new URL('https://example.org/model.json');
    await expect(mixtureOf(truth).save(url)).rejects.toMatchObject(refusal(String(url), 'ENOENT'));
  });

  test('a disk that is full half way: an existing file survives, and no draft is left', async () => {
    await mixtureOf(truth, 'diag').save(path());
    const before = await readFile(path(), 'utf8');
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const { writeFileSync } = await import('node:fs');
    vi.mocked(fs.writeFile).mockImplementationOnce(async (place, text) => {
      writeFileSync(place as string, (text as string).slice(0, 50));
      throw full;
    });
    await expect(mixtureOf(truth).save(path())).rejects.toMatchObject(refusal(path(), 'ENOSPC'));
    expect(await readdir(folder)).toEqual(['model.json']);
    expect(await readFile(path(), 'utf8')).toBe(before);
  });

  test('saving again replaces the file', async () => {
    await mixtureOf(truth, 'full').save(path());
    await mixtureOf(truth, 'spherical').save(path());
    expect((await loadMixture(path())).family.options).toEqual({ covariance: 'spherical' });
    expect(await readdir(folder)).toEqual(['model.json']);
  });
});

describe('in browsers', () => {
  const refusal = new InputError('unsupported', {
    where: 'model.json',
    expected: 'Node, where there are files',
    got: 'a browser',
    remedy: 'use mixture.toJSON() and loadMixture(json)',
  });

  test('there are no files to read or to write', async () => {
    await expect(browserStorage.readText('model.json')).rejects.toThrow(refusal);
    await expect(browserStorage.writeText('model.json', '{}')).rejects.toThrow(refusal);
  });
});
