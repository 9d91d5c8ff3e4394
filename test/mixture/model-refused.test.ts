import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import type { GaussianModelFile } from '../../src/mixture/model-json.js';
import { loadMixture } from '../../src/mixture/model-file.js';
import { modelFolder, truth } from './model-folder.js';
import { mixtureOf } from './setting.js';

const folder = modelFolder();

describe('loadMixture refuses', () => {
  const damaged = (where: string, got: string): InputError =>
    new InputError('format', {
      where,
      expected: 'a model file written by otmix',
      got,
      remedy: 'save the mixture again, or give the right file',
    });
  const model = mixtureOf(truth).toJSON() as GaussianModelFile;
  const misfit = 'weights, means, covariances or columns that are missing or do not fit together';
  const without = (key: keyof GaussianModelFile): Partial<GaussianModelFile> =>
    Object.fromEntries(Object.entries(model).filter(([name]) => name !== key));

  test('a file that is not there', async () => {
    await expect(loadMixture(folder.file())).rejects.toMatchObject({
      name: 'InputError',
      code: 'file',
      message: `${folder.file()}: expected a file that can be read, got ENOENT; check the path and its permissions`,
      cause: { code: 'ENOENT' },
    });
    await expect(loadMixture(folder.path)).rejects.toThrow(
      `${folder.path}: expected a file that can be read, got EISDIR; `,
    );
  });

  test.each([
    ['an empty file', ''],
    ['text', 'k,weight\n1,0.5\n'],
    ['JSON that is damaged', '{"format": "otmix-mixture", "version": 1,, }'],
    ['a file that was cut short', JSON.stringify(mixtureOf(truth)).slice(0, -40)],
  ])('%s', async (_, text) => {
    await writeFile(folder.file(), text);
    await expect(loadMixture(folder.file())).rejects.toThrow(damaged(folder.file(), 'text that is not JSON'));
  });

  test.each([
    ['null', null],
    ['a number', 3],
    ['a string', 'model'],
  ])('JSON that is %s', async (_, json) => {
    await writeFile(folder.file(), JSON.stringify(json));
    await expect(loadMixture(folder.file())).rejects.toThrow(damaged(folder.file(), 'JSON that is no object'));
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
    await expect(loadMixture(json as GaussianModelFile)).rejects.toThrow(damaged('model', got));
    await writeFile(folder.file(), JSON.stringify(json));
    await expect(loadMixture(folder.file())).rejects.toThrow(damaged(folder.file(), got));
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
    [3, '3'],
    [0, '0'],
    ['1', '"1"'],
    [undefined, 'missing'],
  ])('a version it does not know: %j', async (version, got) => {
    const json = { ...model, version } as unknown as GaussianModelFile;
    await expect(loadMixture(json)).rejects.toThrow(
      new InputError('unsupported', {
        where: 'model',
        expected: 'a model file of version 1 or 2',
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
  await writeFile(folder.file(), text.replace('"here"', deep(200_000)));
  const error = (await loadMixture(folder.file()).catch((thrown: unknown) => thrown)) as Error;
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).not.toContain('\n');
  expect(error.message.length).toBeLessThan(500);
});

test('entries of other names are ignored', async () => {
  const model = { ...mixtureOf(truth).toJSON(), note: 'mine', provenance: { seed: 1 } };
  expect((await loadMixture(model as GaussianModelFile)).means).toEqual(truth.means);
});
