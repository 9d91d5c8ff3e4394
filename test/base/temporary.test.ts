import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ownFolder, ownName } from '../../src/base/temporary.node.js';

/** A number that no process has: Linux counts to 2²² at the most. */
const NOBODY = 2 ** 22 + 7;

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'otmix-test-'))));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Makes folders with a file in each. */
function left(...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'data.csv'), 'x');
  }
}

test('what killed processes left goes with the next, what others use or made stays', () => {
  const others = ['otmix-duckdb-1-5-aB3', 'otmix-model', `otmix-stream-${NOBODY}`, `a-otmix-stream-${NOBODY}-5-x`];
  left(`otmix-duckdb-${NOBODY}-5-aB3`, `otmix-stream-${process.pid}-5-x`, `otmix-spill-${NOBODY}-5-0`, ...others);
  const name = ownName('spill', folder);
  expect(readdirSync(folder).sort()).toEqual([...others].sort());
  expect(name.startsWith(join(folder, `otmix-spill-${process.pid}-`))).toBe(true);
});

test('a folder is where TMPDIR says, and this user alone may look into it', () => {
  vi.stubEnv('TMPDIR', folder);
  left(`otmix-stream-${NOBODY}-5-x`);
  const [first, second] = [ownFolder('stream'), ownFolder('stream')];
  expect(
    readdirSync(folder)
      .map((name) => join(folder, name))
      .sort(),
  ).toEqual([first, second].sort());
  expect(statSync(first).mode & 0o777).toBe(0o700);
});
