import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { launchOptions } from './test/chromium.js';

/** package.json maps `#storage` to the built file of each environment; the tests run on the sources. */
function storageOf(environment: 'node' | 'browser') {
  return { '#storage': fileURLToPath(new URL(`./src/storage.${environment}.ts`, import.meta.url)) };
}

const MINUTE = 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: storageOf('node') },
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**'],
          testTimeout: MINUTE,
          hookTimeout: MINUTE,
        },
      },
      {
        resolve: { alias: storageOf('browser') },
        // Found and bundled before the first test: a dependency discovered later would reload the page under a test.
        optimizeDeps: { include: ['@tensorflow/tfjs'] },
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 5 * MINUTE, // WebGL and WebGPU run on the CPU here
          hookTimeout: 5 * MINUTE,
          fileParallelism: false,
          sequence: { groupOrder: 1 }, // after the node tests, not beside them
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
