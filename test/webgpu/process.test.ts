/** Programs of their own: they end by themselves, and say clearly what they lack. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { cases } from '../cases.js';

const built = new URL('../../dist/', import.meta.url);
const library = new URL('src/index.js', built).href;
const kernels = new URL('kernels/webgpu/', built).href;

beforeAll(() => {
  const entry = new URL('kernels/webgpu/tfjs.js', built);
  if (!existsSync(entry)) throw new Error(`expected ${fileURLToPath(entry)}, got no such file; run npm run build`);
});

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
}

/** What Dawn says of adapters with large limits, and cannot be told not to say. */
const reduced = /^Warning: maxDynamic.* artificially reduced .*\n/gm;

/** Runs a program to its end, which it must find by itself. */
async function run(code: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const script = `import { fitMixture, resolveBackend, probeBackend } from ${JSON.stringify(library)};
    const rows = Array.from({ length: 50 }, (_, i) => [(i % 2) * 50 + (i % 7), i % 11]);
    const fit = (options) => fitMixture(rows, { components: 2, backend: 'webgpu', ...options });
    const say = (text) => process.stdout.write(String(text));
    ${code}`;
  const options = { timeout: 240_000, env: { ...process.env, ...env } };
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    options,
  );
  return { stdout, stderr: stderr.replace(reduced, '') };
}

const device = `import { openGpu } from '${kernels}device.js'; import { startGpuBackend } from '${kernels}tfjs.js';
  import * as tf from '@tensorflow/tfjs'; tf.enableProdMode();`;

describe('a program ends by itself', () => {
  const programs: Readonly<Record<string, { readonly code: string; readonly says: string }>> = {
    'after a device was opened': { code: `${device} const gpu = await openGpu(); say(gpu.isLost);`, says: 'false' },
    'after tfjs computed on it and it was released': {
      code:
        `${device} const { name, gpu } = await startGpuBackend(); await tf.setBackend(name);` +
        'say((await tf.matMul(tf.ones([9, 99]), tf.ones([99, 9])).data())[0]); gpu.release();',
      says: '99',
    },
    'after a fit': { code: 'const { status } = await fit(); say(status);', says: 'converged' },
    'after an error in the data': {
      code: 'await fit({ components: 60 }).catch((error) => say(error.name));',
      says: 'InputError',
    },
    'after the device was lost': {
      code:
        `${device} const { gpu } = await startGpuBackend();` +
        'const onProgress = ({ iteration }) => { if (iteration) gpu.device.destroy(); };' +
        'await fit({ onProgress }).catch((error) => say(error.code));',
      says: 'lost',
    },
    'when nobody waits for the fit': { code: 'void fit().then(({ status }) => say(status));', says: 'converged' },
  };

  const some = cases(Object.entries(programs), ([, { code }]) => [code.startsWith(device), code.includes('fit(')]);

  test.each(some)('%s', async (_, { code, says }) => {
    expect(await run(code)).toEqual({ stdout: says, stderr: '' });
  });
});

describe('without a driver', () => {
  const nowhere = { VK_ICD_FILENAMES: '/nonexistent/icd.json', VK_DRIVER_FILES: '', VK_ADD_DRIVER_FILES: '' };

  test('webgpu is refused with the reason, and without a warning of Dawn’s', async () => {
    const refused = await run('await fit().catch((error) => say(`${error.code}: ${error.message}`));', nowhere);
    expect(refused).toEqual({
      stdout:
        'backend: backend: expected a usable one of auto, webgpu, tensorflow, webgl, wasm, cpu, ' +
        'got "webgpu" (VK_ICD_FILENAMES names no driver (/nonexistent/icd.json)); ' +
        "use 'auto', or see what `otmix doctor` says",
      stderr: '',
    });
  });

  test('auto asks none that computes on the CPU, of which Dawn would warn', async () => {
    // Its library is not there: asking would be heard.
    const folder = mkdtempSync(join(tmpdir(), 'otmix-drivers-'));
    const manifest = (name: string): string => {
      const icd = {
        file_format_version: '1.0.0',
        ICD: { library_path: `${folder}/libvulkan_${name}.so`, api_version: '1.3.0' },
      };
      const path = join(folder, `${name}_icd.json`);
      writeFileSync(path, JSON.stringify(icd));
      return path;
    };
    const drivers = { ...nowhere, VK_ICD_FILENAMES: manifest('lvp') };
    const code =
      "const { diagnostics } = await fit({ backend: 'auto' }); say(diagnostics.backend + diagnostics.notes);";
    expect(await run(code, drivers)).toEqual({ stdout: 'wasm', stderr: '' });
    rmSync(folder, { recursive: true });
  });

  test('auto fits on the CPU', async () => {
    const code =
      "const { diagnostics } = await fit({ backend: 'auto' }); say(diagnostics.backend + diagnostics.notes);";
    expect(await run(code, nowhere)).toEqual({ stdout: 'wasm', stderr: '' });
  });
});

test('without the package webgpu, which is optional, auto fits on the CPU', async () => {
  // As Node answers where it is not installed.
  const hook = `export const resolve = (name, context, next) => {
    if (name === 'webgpu') throw Object.assign(new Error('no such package'), { code: 'ERR_MODULE_NOT_FOUND' });
    return next(name, context);
  }`;
  const code = `const { register } = await import('node:module');
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});
    say((await probeBackend('webgpu')).reason + ', ' + (await fit({ backend: 'auto' })).diagnostics.backend);`;
  expect(await run(code)).toEqual({ stdout: 'the package webgpu is not installed, wasm', stderr: '' });
});

test('importing the package loads neither Dawn nor tfjs’s WebGPU kernels', async () => {
  const code = `const { getKernelsForBackend, engine } = await import('@tensorflow/tfjs');
    say([getKernelsForBackend('webgpu').length, Object.keys(engine().registry).length, 'GPUBuffer' in globalThis]);`;
  expect(await run(code)).toEqual({ stdout: '0,0,false', stderr: '' });
});
