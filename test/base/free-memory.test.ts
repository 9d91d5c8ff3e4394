/** What is free, of control groups as Linux shows them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freeMemory } from '../../src/base/free-memory.node.js';

const MIB = 2 ** 20;
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'otmix-test-'));
});
afterEach(() => rm(root, { recursive: true }));

/** What a process sees whose groups are so, on a machine with 8 GiB free. */
async function free(own: string, files: Readonly<Record<string, string>>): Promise<number> {
  for (const [name, text] of Object.entries({ own, ...files })) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return freeMemory({ groups: root, own: join(root, 'own') }, 8192 * MIB);
}

test('without groups it is what the machine has', async () => {
  expect(await free('', {})).toBe(8192 * MIB);
  expect(freeMemory()).toBeLessThanOrEqual(freemem() * 1.5);
});

test('a group of version 2 counts, with what it has cached of files', async () => {
  const group = { 'a/memory.max': `${512 * MIB}\n`, 'a/memory.current': `${300 * MIB}\n` };
  expect(await free('0::/a\n', group)).toBe(212 * MIB);
  expect(await free('0::/a\n', { 'a/memory.stat': `anon 5\ninactive_file ${100 * MIB}\n` })).toBe(312 * MIB);
});

test('so does a group above it, and none without a limit', async () => {
  const own = { 'a/b/memory.max': 'max\n', 'a/b/memory.current': `${300 * MIB}\n` };
  expect(await free('0::/a/b\n', own)).toBe(8192 * MIB);
  expect(await free('0::/a/b\n', { 'a/memory.max': `${MIB}\n`, 'a/memory.current': `${3 * MIB}\n` })).toBe(0);
});

test('and one of version 1', async () => {
  const group = {
    'memory/a/memory.limit_in_bytes': `${512 * MIB}\n`,
    'memory/a/memory.usage_in_bytes': `${500 * MIB}\n`,
    'memory/a/memory.stat': `total_inactive_file ${MIB}\n`,
  };
  expect(await free('5:cpu:/x\n4:memory:/a\n', group)).toBe(13 * MIB);
});
