/**
 * Is what would be published usable? Packs the build, installs it in an empty project and uses it as a stranger would.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, execute, finish } from './checks.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const name = manifest.name;
const entries = Object.keys(manifest.exports).map((path) => path.replace(/^\./, name));
const modules = entries.filter((entry) => !entry.endsWith('.json'));

/** TypeScript before this checkout's, whose users are many. */
const OLDER_TYPESCRIPT = '5.9';
/** What arrays alone may take of a disk, packages of others included. */
const MOST_MEGABYTES = 60;

/** What a fit of arrays is to a stranger; it prints `converged`. */
const fitArrays = `import { fitMixture } from '${name}';
const rows = Array.from({ length: 400 }, (_, i) => [Math.sin(i * i) + (i % 2 ? 4 : 0), Math.cos(i * i)]);
const { status, mixture } = await fitMixture(rows, { components: 2, restarts: 2 });
if ((await mixture.predict(rows)).length !== 400) throw new Error('expected 400 labels');
console.log(status);
`;

const project = await mkdtemp(join(tmpdir(), `${name}-pack-`));
const bare = await mkdtemp(join(tmpdir(), `${name}-bare-`));
console.log(`pack-check on Node ${process.version}`);
try {
  const tarball = await packed();
  await check('installs beside its peer @tensorflow/tfjs', () => install(tarball));
  for (const entry of entries) await check(`imports ${entry}`, () => importEntry(entry));
  for (const entry of modules) await check(`importing ${entry} starts nothing`, () => importIdle(entry));
  const own = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const older = join(project, 'node_modules/typescript/bin/tsc');
  await check(`TypeScript ${OLDER_TYPESCRIPT} installs`, () => npmInstall(project, [`typescript@${OLDER_TYPESCRIPT}`]));
  for (const [version, tsc] of [
    ['of this checkout', own],
    [OLDER_TYPESCRIPT, older],
  ]) {
    for (const resolution of ['nodenext', 'bundler']) {
      await check(`types hold with TypeScript ${version}, moduleResolution ${resolution}`, () =>
        typeCheck(tsc, resolution),
      );
    }
  }
  await check('bundles for Node by esbuild, and the bundle fits', bundleForNode);
  await check('fits arrays without tfjs and optional packages', () => fitBare(tarball));
  await check(`runs ${name} --help`, help);
  await check('bundles for the browser', bundle);
} finally {
  await rm(project, { recursive: true, force: true });
  await rm(bare, { recursive: true, force: true });
}
finish();

/** Packs what `npm run build` left, and checks that it is what should be published. */
async function packed() {
  let tarball = '';
  await check('packs only what users need', async () => {
    const report = await execute('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
      cwd: root,
    });
    const [{ filename, files, size, unpackedSize }] = Object.values(JSON.parse(report));
    tarball = join(project, filename);
    const paths = files.map(({ path }) => path);
    const junk = paths.filter((path) =>
      /(^|\/)(test|bench|scripts|golden|\.[^/]*)\/|\.(map|tgz|csv|parquet|npy)$|\.config\./.test(path),
    );
    if (junk.length > 0) throw new Error(`expected no tests, benchmarks, data or source maps, got ${summary(junk)}`);
    const missing = [
      ...wanted(manifest.exports),
      ...wanted(manifest.imports),
      ...wanted(manifest.bin),
      'README.md',
      'LICENSE',
    ].filter((path) => !paths.includes(path));
    if (missing.length > 0) throw new Error(`expected all that package.json names, lacks ${missing.join(', ')}`);
    return `${files.length} files, ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} unpacked`;
  });
  return tarball;
}

/** The files that a field of package.json points to, however deep. */
function wanted(target) {
  if (typeof target === 'string') return [target.replace(/^\.\//, '')];
  return Object.values(target ?? {}).flatMap(wanted);
}

async function install(tarball) {
  if (tarball === '') throw new Error('expected a tarball, got none');
  await write('package.json', JSON.stringify({ name: 'consumer', version: '1.0.0', private: true, type: 'module' }));
  const peer = `@tensorflow/tfjs@${manifest.peerDependencies['@tensorflow/tfjs']}`;
  await npmInstall(project, [tarball, peer]);
}

function npmInstall(cwd, args) {
  return execute('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...args], { cwd });
}

function requireConverged(text) {
  if (text.trim() !== 'converged') throw new Error(`expected converged, got ${JSON.stringify(text)}`);
}

/** The least that a user of arrays installs: no tfjs, no GPU, no DuckDB. */
async function fitBare(tarball) {
  await writeFile(join(bare, 'package.json'), JSON.stringify({ name: 'bare', private: true, type: 'module' }));
  await npmInstall(bare, ['--omit=optional', tarball]);
  await writeFile(join(bare, 'fit.js'), fitArrays);
  requireConverged(await execute(process.execPath, ['fit.js'], { cwd: bare, seconds: 60 }));
  const size = await execute('du', ['-sk', 'node_modules'], { cwd: bare });
  const [megabytes] = size.split('\t').map((kilo) => Number(kilo) / 1024);
  if (megabytes > MOST_MEGABYTES) throw new Error(`expected ${MOST_MEGABYTES} MB at most, got ${megabytes.toFixed(0)}`);
  return `${megabytes.toFixed(0)} MB`;
}

/** One file, which runs where no package is. */
async function bundleForNode() {
  const { build } = await import('esbuild');
  const outfile = join(bare, 'bundle/fit.mjs');
  await write('fit.js', fitArrays);
  const external = ['webgpu', '@duckdb/node-api', '@tensorflow/*'];
  const settings = { bundle: true, platform: 'node', format: 'esm', logLevel: 'silent', metafile: true };
  const { metafile, warnings } = await build({
    ...settings,
    absWorkingDir: project,
    entryPoints: ['fit.js'],
    outfile,
    external,
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
  requireConverged(await execute(process.execPath, [outfile], { cwd: bare, seconds: 60 }));
  return kilobytes(Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0));
}

async function importEntry(entry) {
  const json = entry.endsWith('.json');
  const options = json ? ", { with: { type: 'json' } }" : '';
  await node(`const entry = await import('${entry}'${options});
    if (Object.keys(entry).length === 0) throw new Error('exports nothing');`);
}

/** A process that imports the entry and nothing else must have initialised no backend, and end by itself. */
async function importIdle(entry) {
  await node(`await import('${entry}');
    const tf = await import('@tensorflow/tfjs');
    const started = Object.keys(tf.engine().registry);
    if (started.length > 0) throw new Error('expected no backend to be initialised, got ' + started);`);
}

/** Also without skipLibCheck our own declarations must hold: an unresolved type would quietly be `any`. */
async function typeCheck(tsc, resolution) {
  await write(
    'consumer.ts',
    `import { fitMixture, gaussian } from '${name}';
${modules.map((entry, index) => `import * as entry${index} from '${entry}';`).join('\n')}
const fit = await fitMixture([[0], [1], [5]], { family: gaussian({ covariance: 'full' }), components: 2 });
export const weights: ArrayLike<number> = fit.mixture.weights;
// @ts-expect-error: options have types
await fitMixture([[0], [1]], { family: 'no family', components: 'two' });
export const names: string[] = [${modules.map((_, index) => `...Object.keys(entry${index})`).join(', ')}];
`,
  );
  const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
  const compilerOptions = {
    module,
    moduleResolution: resolution,
    target: 'es2022',
    strict: true,
    noEmit: true,
    types: [],
    skipLibCheck: false,
  };
  await write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  const output = await execute(process.execPath, [tsc, '--pretty', 'false'], { cwd: project }).catch(
    (error) => error.message,
  );
  const ours = output
    .split('\n')
    .filter((line) => line.startsWith('consumer.ts') || line.startsWith(`node_modules/${name}/`));
  if (ours.length > 0) throw new Error(ours.slice(0, 20).join('\n'));
}

async function help() {
  const bin = join(project, 'node_modules/.bin', name);
  const text = await execute(bin, ['--help'], { cwd: project, seconds: 60 });
  if (!text.includes(name)) throw new Error(`expected a help text on standard output, got ${JSON.stringify(text)}`);
}

/**
 * Vite reports what it cannot bring into a browser, such as node:fs, as a warning: where it comes from us, it fails.
 */
async function bundle() {
  const { build, createLogger } = await import('vite');
  await write('index.html', '<script type="module" src="/browser.js"></script>\n');
  await write('browser.js', `import { fitMixture } from '${name}';\nglobalThis.fitMixture = fitMixture;\n`);
  const logger = createLogger('silent');
  const ours = [];
  const record = (message) => {
    if (message.includes(`node_modules/${name}/`) || message.includes('externalized for browser')) ours.push(message);
  };
  Object.assign(logger, { warn: record, warnOnce: record });
  const result = await build({
    root: project,
    configFile: false,
    logLevel: 'silent',
    customLogger: logger,
    build: { target: 'es2022', write: false },
  });
  if (ours.length > 0) throw new Error(ours.join('\n'));
  const code = result.output.filter(({ type }) => type === 'chunk').map((chunk) => chunk.code);
  return `${code.length} chunks, ${kilobytes(code.join('').length)} with tfjs`;
}

async function node(script) {
  await execute(process.execPath, ['--input-type=module', '--eval', script], { cwd: project, seconds: 60 });
}

async function write(path, text) {
  await writeFile(join(project, path), text);
}

function summary(paths) {
  const folders = [...new Set(paths.map((path) => `${dirname(path)}/*${/\.[^.]+$/.exec(path)?.[0] ?? ''}`))];
  return `${paths.length}: ${folders.slice(0, 8).join(', ')}${folders.length > 8 ? ', …' : ''}`;
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(0)} kB`;
}
