import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const modules = join(root, 'node_modules');

interface Manifest {
  readonly name: string;
  readonly exports: { readonly '.': { readonly default: string } };
  readonly imports: Readonly<Record<string, { readonly node: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const manifest = manifestAt(root) as Manifest;

/** What a page and a script say of their fit. */
export interface Report {
  readonly backend: string;
  readonly threads: number;
  readonly notes: readonly string[];
  readonly reason: string;
  readonly weights: readonly number[];
  readonly means: readonly (readonly number[])[];
  readonly objective: number;
}

/** A small problem and its fit: 60,000 rows in three components, from integers alone, enough for threads to start. */
const fitCode = `import { fitMixture, resolveBackend } from '${manifest.name}';
function rows() {
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const bell = () => random() + random() + random() + random() - 2;
  return Array.from({ length: 60_000 }, (_, i) => [(i % 3) * 4 + bell(), (i % 2) * 3 + bell(), bell()]);
}
export async function report(threads) {
  const on = { backend: 'wasm', threads };
  const { mixture, diagnostics, objective } = await fitMixture(rows(), { components: 6, tolerance: 0, maxIterations: 10, ...on });
  const { backend, threads: used, notes } = diagnostics;
  const { reason } = await resolveBackend('wasm', { threads });
  const { weights, means } = mixture;
  return { backend, threads: used, notes, reason, weights, means, objective: objective.at(-1) };
}
`;

const html = (script: string, head = ''): string =>
  `<!doctype html><html><head><title>fit</title><link rel="icon" href="data:,">${head}
  <script type="module" src="${script}"></script></head></html>\n`;

/** A stranger's project that has the package as it would be published. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), `${manifest.name}-bundles-`));

  /** Packs the build and unpacks it beside the packages it needs. */
  async install(): Promise<void> {
    const options = ['--json', '--ignore-scripts', '--pack-destination', this.folder];
    const packed = JSON.parse(await execute(root, 'npm', ['pack', ...options])) as Record<string, { filename: string }>;
    const home = join(this.folder, 'node_modules', manifest.name);
    await mkdir(home, { recursive: true });
    const [{ filename }] = Object.values(packed);
    await execute(this.folder, 'tar', ['-xzf', filename, '-C', home, '--strip-components=1']);
    const { dependencies, optionalDependencies } = manifest;
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), '@tensorflow/tfjs']) {
      const place = join(this.folder, 'node_modules', name);
      await mkdir(dirname(place), { recursive: true });
      await symlink(join(modules, name), place, 'dir');
    }
    await this.write('package.json', JSON.stringify({ name: 'page', private: true, type: 'module' }));
    await this.write('fit.js', fitCode);
    await this.write('page.js', "import { report } from './fit.js';\nglobalThis.report = report;\n");
    await this.write('index.html', html('./page.js'));
  }

  /** The same fit in Node. */
  async node(threads: number): Promise<Report> {
    const script = `const { report } = await import('./fit.js');
      process.stdout.write(JSON.stringify(await report(${threads})));`;
    const args = ['--input-type=module', '--eval', script];
    return JSON.parse(await execute(this.folder, process.execPath, args)) as Report;
  }

  /** Builds with Vite for production and says where the page is. */
  async vite(): Promise<string> {
    const vite = join(modules, 'vite/bin/vite.js');
    await execute(this.folder, process.execPath, [
      vite,
      'build',
      '--outDir',
      'vite',
      '--base',
      './',
      '--logLevel',
      'warn',
    ]);
    return 'vite/index.html';
  }

  /** Bundles with esbuild, minified, and says where the page is. */
  async esbuild(): Promise<string> {
    const esbuild = join(modules, 'esbuild/bin/esbuild');
    const options = ['--bundle', '--minify', '--format=esm', '--outfile=esbuild/page.js', '--log-level=warning'];
    await execute(this.folder, esbuild, ['page.js', ...options]);
    await this.write('esbuild/index.html', html('./page.js'));
    return 'esbuild/index.html';
  }

  /** A page that loads the package's files as they are, found by an import map, and says where it is. */
  async plain(): Promise<string> {
    const importMap = JSON.stringify({ imports: this.addresses() });
    await this.write('plain.html', html('/page.js', `<script type="importmap">${importMap}</script>`));
    return 'plain.html';
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Where a page finds each bare specifier. */
  private addresses(): Record<string, string> {
    const at = (name: string, path: string): string => `/${join('node_modules', name, path)}`;
    const addresses: Record<string, string> = {
      [manifest.name]: at(manifest.name, manifest.exports['.'].default),
      '@tensorflow/tfjs': at('@tensorflow/tfjs', 'dist/tf.fesm.min.js'), // all of it in one module
    };
    for (const [name, { default: path }] of Object.entries(manifest.imports)) addresses[name] = at(manifest.name, path);
    const { exports } = manifestAt(join(modules, 'pure-rand')) as {
      exports: Record<string, { import?: string }>;
    };
    for (const [path, { import: module }] of Object.entries(exports)) {
      if (module) addresses[join('pure-rand', path)] = at('pure-rand', module);
    }
    return addresses;
  }

  private async write(path: string, text: string): Promise<void> {
    await writeFile(join(this.folder, path), text);
  }
}

function manifestAt(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** Runs a program as a stranger would: not as part of the tests. */
async function execute(cwd: string, program: string, args: readonly string[]): Promise<string> {
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const { stdout } = await promisify(execFile)(program, args, { cwd, env, timeout: 240_000 });
  return stdout;
}
