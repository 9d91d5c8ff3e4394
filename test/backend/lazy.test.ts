/** What is loaded of tfjs, in processes of their own that use the built package. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const built = (file: string): string => JSON.stringify(new URL(`../../dist/node/${file}`, import.meta.url).href);
const folder = mkdtempSync(join(tmpdir(), 'otmix-lazy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a module; the last line that it prints is whether anything has loaded tfjs. */
function loadsTfjs(code: string): boolean {
  const script = `process.exitCode = 0;
    process.on('exit', () => console.log('_tfengine' in globalThis));
    ${code}`;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    ...{ cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  });
  return said.trim().split('\n').at(-1) === 'true';
}

const rows = '[[1, 2], [2, 1], [3, 3], [8, 9], [9, 8], [7, 7]]';

/** Runs a command in the process that looks. */
const command = (...words: string[]): string =>
  `process.argv = [...process.argv.slice(0, 1), 'otmix', ...${JSON.stringify(words)}]; await import(${built('cli/main.js')});`;

test.each([
  ['the import', `await import(${built('index.js')});`],
  [
    'a fit on the SIMD CPU, and what its mixture says of rows',
    `const { fitMixture } = await import(${built('index.js')});
    const { mixture, plan } = await fitMixture(${rows}, { components: 2, backend: 'wasm' });
    await mixture.predict(${rows}, { backend: 'wasm' });
    await plan.duality();`,
  ],
  [
    'a selection',
    `const { selectMixture } = await import(${built('index.js')});
    await selectMixture(${rows}, { components: [1, 2], backend: 'wasm' });`,
  ],
  [
    'transport between arrays',
    `const { sinkhorn } = await import(${built('index.js')});
    await sinkhorn([[0, 1], [1, 0]], { epsilon: 1 });
    await sinkhorn({ x: ${rows}, y: ${rows} }, { epsilon: 1, backend: 'wasm' });`,
  ],
  ['otmix --help', command('--help')],
])('%s does not load tfjs', (_, code) => {
  expect(loadsTfjs(code)).toBe(false);
});

test('nor does otmix fit of a file', () => {
  const data = join(folder, 'data.csv');
  writeFileSync(data, 'a,b\n1,2\n2,1\n3,3\n8,9\n9,8\n7,7\n');
  expect(loadsTfjs(command('fit', data, '-k', '2', '--backend', 'wasm', '--json'))).toBe(false);
});

test('a call that takes tensors loads the very module that callers import', () => {
  const code = `const { softmin } = await import(${built('index.js')});
    const before = '_tfengine' in globalThis;
    const tf = await import('@tensorflow/tfjs');
    const answer = softmin(tf.tensor2d([[0, 1]]), { epsilon: 1 });
    if (before || !(answer instanceof tf.Tensor)) throw new Error('expected a tensor of theirs');`;
  expect(loadsTfjs(code)).toBe(true);
});
