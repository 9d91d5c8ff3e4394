import { readdir, readFile, writeFile } from 'node:fs/promises';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import type { ModelFile } from '../../src/mixture/model-json.js';
import { loadMixture } from '../../src/mixture/model-file.js';
import * as browserStorage from '../../src/base/storage.browser.js';
import { constrain, type OracleMixture } from '../oracle/index.js';
import { modelFolder, truth, x } from './model-folder.js';
import { forms, mixtureOf } from './setting.js';

vi.mock('node:fs/promises', { spy: true });

const folder = modelFolder();
afterEach(() => void vi.mocked(fs.writeFile).mockReset());

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
      await mixture.save(folder.file());
      const loaded = await loadMixture(folder.file());
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
    await mixture.save(folder.file());
    const loaded = await loadMixture(folder.file());
    expect(await loaded.scoreSamples(x)).toEqual(await mixture.scoreSamples(x));
    expect(await loaded.predictProba(x)).toEqual(await mixture.predictProba(x));
    expect(await loaded.predict(x)).toEqual(await mixture.predict(x));
    expect(loaded.sample(20, { seed: 3 })).toEqual(mixture.sample(20, { seed: 3 }));
  });

  test('a file is JSON of the documented form that ends with a line break', async () => {
    await mixtureOf(truth, 'diag', ['a', 'b']).save(folder.file());
    const text = await readFile(folder.file(), 'utf8');
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
    const url = pathToFileURL(folder.file('the größte model.json'));
    await mixtureOf(truth).save(url);
    expect(await readdir(folder.path)).toEqual(['the größte model.json']);
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

describe('save writes whole files or none', () => {
  const refusal = (where: string, code: string): object => ({
    name: 'InputError',
    code: 'file',
    message: `${where}: expected a place that can be written to, got ${code}; check that its folder exists and may be written to`,
    cause: { code },
  });

  test('a folder that is not there', async () => {
    const place = join(folder.path, 'absent', 'model.json');
    await expect(mixtureOf(truth).save(place)).rejects.toMatchObject(refusal(place, 'ENOENT'));
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('a file where a folder should be', async () => {
    await writeFile(folder.file('file'), 'text');
    const place = join(folder.path, 'file', 'model.json');
    await expect(mixtureOf(truth).save(place)).rejects.toMatchObject(refusal(place, 'ENOTDIR'));
    expect(await readdir(folder.path)).toEqual(['file']);
    expect(await readFile(folder.file('file'), 'utf8')).toBe('text');
  });

  test('a folder where the file should be', async () => {
    await expect(mixtureOf(truth).save(folder.path)).rejects.toMatchObject({ name: 'InputError', code: 'file' });
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('a URL that is no file’s', async () => {
    const url = new URL('https://example.org/model.json');
    await expect(mixtureOf(truth).save(url)).rejects.toMatchObject(refusal(String(url), 'ENOENT'));
  });

  test('a disk that is full half way: an existing file survives, and no draft is left', async () => {
    await mixtureOf(truth, 'diag').save(folder.file());
    const before = await readFile(folder.file(), 'utf8');
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const { writeFileSync } = await import('node:fs');
    vi.mocked(fs.writeFile).mockImplementationOnce(async (place, text) => {
      writeFileSync(place as string, (text as string).slice(0, 50));
      throw full;
    });
    await expect(mixtureOf(truth).save(folder.file())).rejects.toMatchObject(refusal(folder.file(), 'ENOSPC'));
    expect(await readdir(folder.path)).toEqual(['model.json']);
    expect(await readFile(folder.file(), 'utf8')).toBe(before);
  });

  test('saving again replaces the file', async () => {
    await mixtureOf(truth, 'full').save(folder.file());
    await mixtureOf(truth, 'spherical').save(folder.file());
    expect((await loadMixture(folder.file())).family.options).toEqual({ covariance: 'spherical' });
    expect(await readdir(folder.path)).toEqual(['model.json']);
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
