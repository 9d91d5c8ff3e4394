/** A process that fits on several threads ends by itself, with nobody calling process.exit. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const built = new URL('../../dist/src/index.js', import.meta.url);

beforeAll(() => {
  if (!existsSync(built)) throw new Error(`expected ${fileURLToPath(built)}, got no such file; run npm run build`);
});

const scripts: Readonly<Record<string, { readonly code: string; readonly says: string }>> = {
  'after a fit': { code: 'const { status } = await fit(); say(status);', says: 'converged' },
  'after predictions': {
    code: 'const { mixture } = await fit(); say((await mixture.predict(rows, on)).length);',
    says: '60000',
  },
  'after an error in the data': {
    code: 'await fit(); await fit({ components: 60001 }).catch((error) => say(error.name));',
    says: 'InputError',
  },
  'after a progress callback that throws': {
    code:
      "const onProgress = ({ iteration }) => { if (iteration) throw new Error('no more'); };" +
      'await fit({ onProgress }).catch((error) => say(error.message));',
    says: 'no more',
  },
  'after an abort': {
    code:
      'const controller = new AbortController();' +
      'const onProgress = ({ iteration }) => { if (iteration === 1) setTimeout(() => controller.abort(), 1); };' +
      'const { status } = await fit({ onProgress, signal: controller.signal, ...long });' +
      'say(status);',
    says: 'aborted',
  },
  'after a worker thread was lost': {
    code:
      "process.once('worker', (worker) => worker.terminate());" +
      'await fit(long).catch((error) => say(error.message.slice(0, 24)));',
    says: 'a worker thread was lost',
  },
  'when nobody waits for the fit': { code: 'void fit().then(({ status }) => say(status));', says: 'converged' },
};

test.each(Object.entries(scripts))('%s', async (_, { code, says }) => {
  const script = `import { fitMixture } from ${JSON.stringify(built.href)};
    const rows = Array.from({ length: 60_000 }, (_, i) => [(i % 2) * 50 + (i % 7), i % 11]);
    const on = { backend: 'wasm', threads: 2 };
    const fit = (options) => fitMixture(rows, { components: 6, ...on, ...options });
    const long = { components: 60, tolerance: 0, maxIterations: 1e6 };
    const say = (text) => process.stdout.write(String(text));
    let started = 0;
    process.on('worker', () => started++);
    process.on('exit', () => { if (started < 2) process.exitCode = 3; });
    ${code}`;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { timeout: 240_000 });
  expect(await run).toEqual({ stdout: says, stderr: '' });
});
