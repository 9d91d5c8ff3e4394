import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** What makes a page cross-origin isolated, which threads need to share memory. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** The package as it is built, which a project of its own would have from npm without this. */
const built = (file: string) => fileURLToPath(new URL(`../../dist/src/${file}`, import.meta.url));
const alias = [
  { find: /^otmix$/, replacement: built('index.js') },
  { find: /^otmix\/text$/, replacement: built('text.js') },
];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  resolve: { alias },
  server: { headers },
  preview: { headers },
  // Loaded when they are used: found only then, they would reload the page under its reader.
  optimizeDeps: { include: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-webgpu'] },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 3000, // tfjs is large
    rolldownOptions: {
      input: ['index.html', 'photo.html'].map((page) => fileURLToPath(new URL(page, import.meta.url))),
    },
  },
});
