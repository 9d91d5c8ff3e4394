/**
 * Compiles the AssemblyScript kernels, that of sweeps with and without relaxed SIMD, and bundles the workers; writes all as
 * text into kernels/simd/generated.ts, and what workers have in themselves into generated-checksum.ts beside it. As text they
 * load in Node, through any bundler and from a plain ES module alike.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

await write('generated-checksum', { checksumKernel: await compile('checksum') });
await write('generated', {
  simdKernel: await compile('index'),
  relaxedKernel: await compile('index', '--enable', 'relaxed-simd'),
  samplingKernel: await compile('sampling'),
  workerCode: await bundle('kernels/simd/worker.ts'),
  samplingWorkerCode: await bundle('kernels/simd/sampling-worker.ts'),
});

/** Writes texts by their names as a module. */
async function write(name, texts) {
  const lines = Object.entries(texts).map(([name, text]) => `export const ${name} =\n  ${JSON.stringify(text)};`);
  await writeFile(`${root}kernels/simd/${name}.ts`, `// Written by scripts/build-kernels.mjs.\n${lines.join('\n')}\n`);
}

/** A kernel as base64. */
async function compile(entry, ...features) {
  // What a kernel has of constants lies in the first bytes of memory, which the host leaves alone (RESERVED).
  const memory = ['--runtime', 'stub', '--memoryBase', '64'];
  const options = ['-O3', '--noAssert', ...memory, '--enable', 'simd', ...features];
  const source = `kernels/simd/assembly/${entry}.ts`;
  demandNamesOnce(source, await readFile(`${root}${source}`, 'utf8'));
  let binary;
  const { error, stderr } = await asc.main([source, ...options, '--outFile', 'kernel.wasm', '--baseDir', root], {
    writeFile(name, contents) {
      if (name === 'kernel.wasm') binary = contents;
    },
  });
  if (error) throw new Error(`build-kernels: expected ${source} to compile, got\n${stderr.toString()}`);
  return Buffer.from(binary).toString('base64');
}

/** The compiler takes one of two exports that have the same name, and says nothing. */
function demandNamesOnce(source, text) {
  const lists = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) => list.split(','));
  const functions = [...text.matchAll(/^export function (\w+)/gm)].map(([, name]) => name);
  const names = [...lists.map((name) => name.trim()).filter(Boolean), ...functions];
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length > 0)
    throw new Error(`build-kernels: expected ${source} to export names once, got ${twice.join()} again`);
}

/** A module and all it imports as one script. */
async function bundle(entry) {
  const [{ output }] = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: { write: false, target: 'es2022', lib: { entry, formats: ['iife'], name: 'worker', fileName: 'worker' } },
  });
  return output[0].code;
}
