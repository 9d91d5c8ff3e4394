/**
 * Is this checkout fit to be published? Builds, packs, has publint and attw judge the package and strangers use it
 * (pack-check.mjs), and lets npm publish it dry. Publishes nothing: `npm publish` does, once this passes.
 */
import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, execute, finish } from './checks.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const folder = await mkdtemp(join(tmpdir(), 'otmix-release-'));
const run = (program, args) => execute(program, args, { cwd: root, seconds: 1800 });

try {
  await check('the working tree is committed', committed);
  await check(`CHANGELOG and sources say ${version}`, versions);
  await check('builds', () => run('npm', ['run', 'build']).then(() => ''));
  await check('packs', () => run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]).then(lastLine));
  const tarball = join(folder, `otmix-${version}.tgz`);
  await check('publint', () => run('npx', ['--yes', 'publint@0.3', 'run', tarball, '--strict']).then(lastLine));
  // ESM alone: a CommonJS caller gets it by import(), which attw would call a fault.
  const attw = [
    '--yes',
    '@arethetypeswrong/cli@0.18',
    tarball,
    '--profile',
    'esm-only',
    '--no-emoji',
    '--format',
    'ascii',
  ];
  await check('attw', () => run('npx', attw).then(() => ''));
  await check('strangers can use it', () => run('node', ['scripts/pack-check.mjs']).then(lastLine));
  await check('npm would publish it', () =>
    run('npm', ['publish', '--dry-run', '--ignore-scripts', tarball]).then(lastLine),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
finish();

async function committed() {
  const changes = await run('git', ['status', '--porcelain']);
  if (changes !== '') throw new Error(`expected no changes, got\n${changes}`);
}

async function versions() {
  const source = await readFile(join(root, 'src/base/version.ts'), 'utf8');
  const changes = await readFile(join(root, 'CHANGELOG.md'), 'utf8');
  if (!source.includes(`'${version}'`)) throw new Error(`expected src/base/version.ts to say ${version}`);
  if (!changes.includes(`\n## ${version}`)) throw new Error(`expected CHANGELOG.md to have a section ${version}`);
}

function lastLine(text) {
  return text.trim().split('\n').at(-1);
}
