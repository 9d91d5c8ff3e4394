/** The tests of a folder are in the folder of its name. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './unpack.js';

/** Folders of tests that mirror none of src, and why. */
const others: Readonly<Record<string, string>> = {
  bench: 'mirrors bench',
  browser: 'suites of others in a browser',
  bundles: 'the package as it is published',
  examples: 'mirrors examples',
  golden: 'published values',
  kernels: 'mirrors kernels',
  oracle: 'float64 answers to compare with, and their own tests',
  webgpu: 'mirrors kernels/webgpu, and what the package makes of a GPU',
};

/** Folders of src whose tests are in the folder of another. */
const elsewhere: Readonly<Record<string, string>> = { geometry: 'sinkhorn' };

const folders = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, path).length + 1));

test('each folder of tests has the name of the folder that it tests', () => {
  const strangers = folders('test').filter(
    (path) => !path.endsWith('fixtures') && !(path.split('/')[0] in others) && !existsSync(join(root, 'src', path)),
  );
  expect(strangers).toEqual([]);
});

test('each folder of src has tests', () => {
  const tested = folders('test');
  const without = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !tested.includes(elsewhere[entry.name] ?? entry.name))
    .map((entry) => entry.name);
  expect(without).toEqual([]);
});
