/** Files past the page cache, where the system has none, refuses them or writes a part of what was asked. */
import type fileSystem from 'node:fs';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pageAligned } from '../../kernels/simd/blocks.js';
import { scratchFile } from '../../src/base/scratch.node.js';

/** What the system does: as it is, unless a test says. */
const system = vi.hoisted(() => ({ has: true, opens: true, writes: (length: number) => length }));

vi.mock('node:fs', async (original) => {
  const real: typeof fileSystem = await original();
  const constants = {
    ...real.constants,
    get O_DIRECT(): number | undefined {
      return system.has ? real.constants.O_DIRECT : undefined;
    },
  };
  const openSync: typeof real.openSync = (path, flags, mode) => {
    const descriptor = real.openSync(path, flags, mode);
    if (system.opens) return descriptor;
    real.closeSync(descriptor);
    throw Object.assign(new Error('EINVAL: invalid argument, open'), { code: 'EINVAL' });
  };
  type Done = (cause: Error | null, written: number) => void;
  const write = (file: number, bytes: Uint8Array, at: number, length: number, place: number, done: Done): void => {
    real.write(file, bytes, at, system.writes(length), place, done);
  };
  return { ...real, constants, openSync, write };
});

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'otmix-test-'))));
afterEach(() => {
  Object.assign(system, { has: true, opens: true, writes: (length: number) => length });
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

const expected = 'a folder whose files can be written and read past the page cache (O_DIRECT), as directSpill asks';
const remedy = 'leave directSpill (--direct-spill) out, or name a folder on another disk with spill (--spill DIR)';

test('a system without direct files is one line', () => {
  system.has = false;
  const got = `${process.platform}, which has no O_DIRECT`;
  expect(() => scratchFile({ folder, direct: true })).toThrow(
    `spill ${folder}: expected ${expected}, got ${got}; ${remedy}`,
  );
  scratchFile({ folder }).close();
});

test('a file system that makes a direct file and does not open it is one line, and no file is left', () => {
  system.opens = false;
  expect(() => scratchFile({ folder, direct: true })).toThrow(
    `spill ${folder}: expected ${expected}, got EINVAL; ${remedy}`,
  );
});

test('a file system that opens a direct file and writes none of its blocks is one line', async () => {
  const file = scratchFile({ folder, direct: true });
  const odd = pageAligned(4096).subarray(0, 100); // what no system writes
  await expect(file.write(odd, 0)).rejects.toThrow(`spill ${folder}: expected ${expected}, got EINVAL; ${remedy}`);
  file.close();
});

test('writes of some blocks go on behind them, and one of a part of a block is one line', async () => {
  const file = scratchFile({ folder, direct: true });
  const bytes = pageAligned(4 * 4096);
  const asked: number[] = [];
  system.writes = (length) => {
    asked.push(length);
    return Math.min(length, 8192);
  };
  await file.write(bytes, 0);
  expect(asked).toEqual([16384, 8192]);
  system.writes = () => 512;
  await expect(file.write(bytes, 2 ** 20)).rejects.toThrow(
    `spill ${folder}: expected room for the rows beyond memory, got a part of a block after 1 MiB; `,
  );
  file.close();
});
