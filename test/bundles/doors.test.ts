/** The doors of the package as Node finds them: what an import loads, in processes of their own, and what doors share. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { root } from '../unpack.js';

/** Prints the address of each module that Node loads. */
const hooks = `import { writeSync } from 'node:fs';
  export async function load(url, context, next) { writeSync(1, url + '\\n'); return next(url, context); }`;
const register = `import { register } from 'node:module'; register(${JSON.stringify(asModule(hooks))});`;

function asModule(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** What a script loads: packages by name, and files of ours relative to this checkout. */
function loadedBy(script: string): { readonly packages: readonly string[]; readonly own: readonly string[] } {
  // What require() loads, no hook of Node 20 sees; the module cache has it.
  const code = `import { createRequire } from 'node:module';
    ${script};
    for (const path of Object.keys(createRequire(import.meta.url).cache)) console.log('file://' + path);`;
  const said = execFileSync(process.execPath, ['--import', asModule(register), '--input-type=module', '--eval', code], {
    ...{ cwd: root, encoding: 'utf8' },
  });
  const files = said.split('\n').filter((line) => line.startsWith('file://'));
  const paths = files.map((url) => relative(root, fileURLToPath(url)));
  const packages = paths.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return { packages: [...new Set(packages)].sort(), own: paths.filter((path) => !path.startsWith('node_modules/')) };
}

const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { otmix: string } };
const version = `process.argv.splice(1, 9, 'otmix', '--version'); await import(${JSON.stringify(bin.otmix)})`;

test.each([
  ['otmix', "await import('otmix')", ['pure-rand']],
  ['otmix/sources', "await import('otmix/sources')", []],
  ['otmix/text', "await import('otmix/text')", []],
  ['otmix/report', "await import('otmix/report')", ['pure-rand']],
  ['the command', version, ['commander', 'pure-rand']],
])('%s loads no package that it does not need at once, and few files', (_, script, packages) => {
  const loaded = loadedBy(script);
  expect(loaded.packages).toEqual(packages);
  expect(loaded.own.length).toBeGreaterThan(0);
  expect(loaded.own.length).toBeLessThan(64); // what threads have of their own is cut off from the rest
  expect(loaded.own.filter((path) => !path.startsWith('dist/node/'))).toEqual([]);
});

test('the errors of all doors are of one class', () => {
  const script = `const { InputError, loadMixture } = await import('otmix');
    const { openSource } = await import('otmix/sources');
    const { openDelimited } = await import('otmix/text');
    const { renderReport } = await import('otmix/report');
    const mistakes = {
      otmix: () => loadMixture('{}'),
      sources: () => openSource('no-such.csv'),
      text: () => openDelimited({ name: 'x.csv', format: 'csv', bytes: () => new Blob(['a,b\\n1']).stream() }),
      report: () => renderReport({ k: 1, sample: { n: 1, columns: ['a'], data: [] } }),
    };
    for (const [door, mistake] of Object.entries(mistakes)) {
      const error = await Promise.resolve().then(mistake).catch((error) => error);
      console.log(door, error instanceof InputError);
    }`;
  const options = { cwd: root, encoding: 'utf8' } as const;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], options);
  expect(said).toBe('otmix true\nsources true\ntext true\nreport true\n');
});
