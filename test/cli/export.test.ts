/** `otmix export`: files for other tools, whole or not at all. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadMixture } from '../../src/index.js';
import { faithful, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();
const run = (...args: string[]): ReturnType<typeof otmix> => otmix(folder.path, ['export', ...args]);

beforeAll(async () => {
  expect((await otmix(folder.path, ['fit', faithful, '-k', '2', '--out', 'model.json'])).status).toBe(0);
});

describe('otmix export', () => {
  test('writes what the library makes of a model', async () => {
    const mixture = await loadMixture(`${folder.path}/model.json`);
    expect(await run('model.json', '--to', 'onnx', '--out', 'model.onnx')).toEqual({ status: 0, stdout: '', stderr: '' }); // prettier-ignore
    expect(new Uint8Array(readFileSync(`${folder.path}/model.onnx`))).toEqual(mixture.toOnnx());
    await run('model.json', '--to', 'onnx', '--precision', 'float32', '--out', 'model.onnx');
    expect(new Uint8Array(readFileSync(`${folder.path}/model.onnx`))).toEqual(mixture.toOnnx({ precision: 'float32' }));
    const { stdout } = await run('model.json', '--to', 'sklearn');
    expect(JSON.parse(stdout)).toEqual(mixture.toScikitLearn());
    expect(JSON.parse((await run('model.json', '--to', 'json')).stdout)).toEqual(JSON.parse(folder.read('model.json')));
  });

  test.each([
    [['model.json'], 'export: expected --to, one of onnx, sklearn, json, got none; add --to onnx'],
    [['model.json', '--to', 'pmml'], '--to: expected one of onnx, sklearn, json, got "pmml"; choose one of these'],
    [['model.json', '--to', 'onnx', '--out', 'a.json'], '--out: expected a file that ends in .onnx, got a.json; onnx is ONNX: rename it'], // prettier-ignore
    [['model.json', '--to', 'json', '--precision', 'float32'], '--precision: expected --to onnx beside it, got --to json, which has every digit; leave it out'], // prettier-ignore
    [['model.json', '--to', 'json', '--out', 'model.json'], '--out: expected a file of its own, got model.json, an input as well; name another'], // prettier-ignore
    [['model.json', '--format', 'onnx'], 'export: expected a known option, got --format; did you mean --to?'],
  ])('%s is one line', async (args, line) => {
    expect(await run(...args)).toEqual({ status: 2, stdout: '', stderr: `otmix: ${line}\n` });
  });
});
