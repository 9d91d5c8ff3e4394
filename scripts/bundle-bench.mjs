/**
 * `npm run bench:bundle [-- --out DIR]`: the GPU bench in one folder, for a Linux x64 machine
 * with a GPU driver and no network.
 *
 *   run.sh            unpacks into a temporary folder, finds the Vulkan loader and driver, runs the bench
 *   payload.tar.gz    Node, Dawn, the bench in one script, the script for PyTorch, a Vulkan loader for want of another
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliDecompressSync } from 'node:zlib';
import { build } from 'esbuild';

const LIMIT = 55 * 2 ** 20;
const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const out = resolve(folderAsked());

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(`bench:bundle: expected Linux x64, whose Node goes along, got ${process.platform} ${process.arch}`);
  process.exit(2);
}
const staged = mkdtempSync(join(tmpdir(), 'otmix-bundle-'));
try {
  await script();
  binaries();
  loader();
  starts();
  pack();
} finally {
  rmSync(staged, { recursive: true, force: true });
}

/** The folder to write to; ends here where help was asked for, or what there is none of. */
function folderAsked() {
  const usage = 'npm run bench:bundle [-- --out DIR]';
  try {
    const { values } = parseArgs({ options: { out: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
    if (!values.help) return values.out ?? join(root, '.cache/bench-bundle');
    console.log(usage);
    process.exit(0);
  } catch {
    console.error(`bench:bundle: expected ${usage}, got ${process.argv.slice(2).join(' ')}; correct it`);
    process.exit(2);
  }
}

/** Has tfjs bundled: in Node otmix loads the package when something of it is first asked for, and there is none there. */
function tfjsWithin() {
  return {
    name: 'tfjs within',
    setup({ onResolve }) {
      onResolve({ filter: /^#tfjs$/ }, () => ({ path: join(root, 'dist/kernels/tfjs.browser.js') }));
    },
  };
}

/** The bench and all it imports; Dawn stays a package, since it looks for its binary beside itself. */
async function script() {
  await build({
    entryPoints: [join(root, 'dist/bench/main.js')],
    outfile: join(staged, 'bench.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    minify: true,
    external: ['webgpu', '@duckdb/*'], // benches that read files stay behind
    plugins: [tfjsWithin()],
    // tfjs requires Node's own modules, which an ES module can't without this.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  copyFileSync(join(root, 'bench/peers/torch_em.py'), join(staged, 'torch_em.py'));
}

function binaries() {
  copyFileSync(process.execPath, join(staged, 'node'));
  chmodSync(join(staged, 'node'), 0o755);
  const dawn = dirname(require.resolve('webgpu'));
  for (const file of ['package.json', 'index.js', 'LICENSE.md', 'dist/linux-x64']) {
    const to = join(staged, 'node_modules/webgpu', file);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(dawn, file), to, { recursive: true });
  }
}

/**
 * The Vulkan loader that comes with the tests' browser. Drivers know their own way to the GPU; they all need a loader.
 */
function loader() {
  const archive = join(root, 'node_modules/@sparticuz/chromium/bin/swiftshader.tar.br');
  const tar = join(staged, 'loader.tar');
  writeFileSync(tar, brotliDecompressSync(readFileSync(archive)));
  mkdirSync(join(staged, 'lib'));
  const name = execFileSync('tar', ['-tf', tar], { encoding: 'utf8' })
    .split('\n')
    .find((path) => path.endsWith('libvulkan.so.1'));
  if (name === undefined)
    throw new Error(`bench:bundle: expected libvulkan.so.1 in ${archive}, got none; see its version`);
  writeFileSync(join(staged, 'lib/libvulkan.so.1'), execFileSync('tar', ['-xOf', tar, name], { maxBuffer: 2 ** 26 }));
  rmSync(tar);
}

/** Loads everything that was bundled, by the Node that goes along, and asks for a bench that there is none of. */
function starts() {
  const { status, stderr } = spawnSync(join(staged, 'node'), [join(staged, 'bench.mjs'), 'nothing'], {
    encoding: 'utf8',
  });
  if (status === 2 && stderr.startsWith('bench: expected')) return;
  throw new Error(`bench:bundle: expected the bundled bench to start, got exit status ${status}; ${stderr}`);
}

function pack() {
  mkdirSync(out, { recursive: true });
  execFileSync('tar', ['-czf', join(out, 'payload.tar.gz'), '-C', staged, '.']);
  copyFileSync(join(root, 'scripts/bundle-run.sh'), join(out, 'run.sh'));
  chmodSync(join(out, 'run.sh'), 0o755);
  const bytes = ['payload.tar.gz', 'run.sh'].reduce((sum, file) => sum + statSync(join(out, file)).size, 0);
  const mebibytes = `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  if (bytes > LIMIT)
    throw new Error(`bench:bundle: expected at most ${LIMIT / 2 ** 20} MiB, got ${mebibytes}; see what grew`);
  console.log(
    `${out}: ${mebibytes}\nThere: sh run.sh [--quick] [--seconds S] [--json FILE] [--adapter NAME] [--rows N]`,
  );
}
