/**
 * Bundles what `tsc` left in dist/src for Node, as dist/node: Node takes a millisecond to find and read a module, and
 * `otmix` has 150. Doors and the command share chunks, so that a process has every module once. What is imported on
 * demand stays so, packages are imported as they are, and nothing is minified: stack traces name functions.
 */
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(await readFile(`${root}package.json`, 'utf8'));
const doors = [...Object.values(manifest.exports).flatMap(({ node }) => node ?? []), manifest.bin.otmix];
/** A process of its own, which the command `otmix doctor` starts. */
const probe = './dist/node/cli/probe.js';
/** Threads, which selections and large files start. */
const threads = ['./dist/node/fit/fitter.node.js', './dist/node/data/files/reader.node.js'];

await rm(`${root}dist/node`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: [...doors, probe, ...threads].map((path) => path.replace('dist/node', 'dist/src')),
  outbase: 'dist/src',
  outdir: 'dist/node',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
});
