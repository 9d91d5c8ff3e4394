import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { needsProcess } from './test/alone.js';
import type { Share } from './test/cases.js';
import { launchOptions } from './test/chromium.js';
import { LongestFirst } from './test/sequence.js';
import { filesWithTables, testFiles } from './test/tables.js';

/** package.json maps `#gpu` and its like to the built files of each environment; the tests run on the sources. */
function filesOf(environment: 'node' | 'browser') {
  const file = (name: string) => fileURLToPath(new URL(`./${name}.${environment}.ts`, import.meta.url));
  return {
    '#fitters': file('src/fit/fitters'),
    '#gpu': file('kernels/webgpu/gpu'),
    '#scratch': file('src/base/scratch'),
    '#storage': file('src/base/storage'),
    '#tfjs': file('kernels/tfjs'),
    '#cluster': file('src/cluster/cluster'),
    '#threads': file('src/threads/threads'),
  };
}

/** Node 20 has relaxed SIMD behind this flag, which later ones, having it anyway, do not know. */
const execArgv = process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : [];

const MINUTE = 60_000;

const withTables = filesWithTables();

/** What OTMIX_TESTS asks of tables of cases (test/cases.ts), and of which files. */
const takes = {
  few: { tables: 'few', files: testFiles() },
  kinds: { tables: 'kinds', files: testFiles() },
  full: { tables: 'full', files: testFiles() },
  tables: { tables: 'full', files: withTables },
  others: { tables: 'full', files: testFiles().filter((file) => !withTables.includes(file)) },
} as const satisfies Record<string, { readonly tables: Share; readonly files: readonly string[] }>;
const asked = process.env.OTMIX_TESTS ?? 'few';
if (!Object.hasOwn(takes, asked))
  throw new Error(`OTMIX_TESTS was expected to be one of ${Object.keys(takes).join(', ')}, got '${asked}'`);
const { tables, files } = takes[asked as keyof typeof takes];
const provide = { tables };

const projectOf = (file: string): string => {
  if (file.startsWith('test/browser/')) return 'browser';
  return needsProcess(file) ? 'alone' : 'node';
};
const include = (project: string): string[] => files.filter((file) => projectOf(file) === project);

/** A project of files in Node. */
function inNode(name: string, isolate: boolean) {
  return {
    resolve: { alias: filesOf('node') },
    test: {
      ...{ name, provide, execArgv, include: include(name), isolate },
      testTimeout: 6 * MINUTE, // kernels are compiled and run by software, on machines that do other things besides
      hookTimeout: 3 * MINUTE,
      globalSetup: './test/vulkan.ts', // a driver for WebGPU
      setupFiles: './test/dawn.ts',
    },
  };
}

export default defineConfig({
  test: {
    maxWorkers: availableParallelism(), // Vitest's default leaves one core idle
    sequence: { sequencer: LongestFirst },
    projects: [
      inNode('node', false), // files share a process for each core: modules are loaded, and compiled, once
      inNode('alone', true),
      {
        resolve: { alias: filesOf('browser') },
        // Threads share memory on isolated pages alone.
        server: {
          headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
        },
        // Found and bundled before the first test: a dependency discovered later would reload the page under a test.
        optimizeDeps: { include: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-webgpu'] },
        test: {
          name: 'browser',
          provide,
          include: include('browser'),
          testTimeout: 5 * MINUTE, // WebGL and WebGPU run on the CPU here
          hookTimeout: 5 * MINUTE,
          globalSetup: './test/chromium.ts',
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            connectTimeout: 2 * MINUTE,
            api: { host: '127.0.0.1' },
            provider: playwright({ launchOptions }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
