import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { problem } from '../oracle/index.js';

/** Rows, and the mixture that they were drawn from. */
export const { x, truth } = problem('overlapping', { n: 50, d: 2, k: 3, seed: 5 });

/** Makes a folder for models before each test of a file and removes it after. */
export function modelFolder(): { readonly path: string; file(name?: string): string } {
  let path = '';
  beforeEach(async () => void (path = await mkdtemp(join(tmpdir(), 'otmix-model-'))));
  afterEach(() => rm(path, { recursive: true }));
  return {
    get path() {
      return path;
    },
    file: (name = 'model.json') => join(path, name),
  };
}
