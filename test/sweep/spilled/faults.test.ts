/** What becomes of fits whose file is not what it was, and of their descriptors; Linux shows both in /proc. */
import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fitMixture, type FitOptions } from '../../../src/index.js';
import { size } from '../../cases.js';
import { bytesHeld } from '../../held.js';
import { problem } from '../../oracle/index.js';
import { openIn } from './bits.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otmix-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const rows = 3 * 1024 + 77;
const { x } = problem('overlapping', { n: rows, d: 3, k: 3, seed: 2 });

const open = (): string[] => openIn(folder);

function fit(options: Partial<FitOptions> = {}): Promise<unknown> {
  const settings = { components: 3, backend: 'wasm', memory: 0, spill: folder, maxIterations: 4, ...options } as const;
  return fitMixture(x, settings);
}

/** A fit during which something happens to its file. */
function damaged(harm: (descriptor: number) => void, options: Partial<FitOptions>): Promise<unknown> {
  let done = false;
  const onProgress: FitOptions['onProgress'] = ({ phase, iteration }) => {
    if (phase !== 'fit' || iteration !== 1 || done) return;
    done = true;
    const descriptor = openSync(open()[0], 'r+');
    harm(descriptor);
    closeSync(descriptor);
  };
  return fit({ onProgress, ...options });
}

describe.each([
  { threads: 1, directSpill: false },
  { threads: 2, directSpill: false },
  { threads: 1, directSpill: true },
  { threads: 2, directSpill: true },
])('on $threads threads, directSpill $directSpill, one line tells of', (options) => {
  test('a bit that was flipped', async () => {
    const flipped = damaged((descriptor) => {
      const byte = new Uint8Array(1);
      readSync(descriptor, byte, 0, 1, 4096 + 20_000);
      byte[0] ^= 4;
      writeSync(descriptor, byte, 0, 1, 4096 + 20_000);
    }, options);
    await expect(flipped).rejects.toThrow(
      `spill: expected rows in their file as they were written, got record 1 of the spill file in ${folder} with another checksum; check that disk, or name a folder on another with spill (--spill DIR)`,
    );
    expect(open()).toEqual([]);
  });

  test('a file that was cut off', async () => {
    await expect(damaged((descriptor) => ftruncateSync(descriptor, 4096 + 30_000), options)).rejects.toThrow(
      ' cut off; check that disk',
    );
    expect(open()).toEqual([]);
  });

  test('and fits go on as if nothing had been', async () => {
    await fit(options);
    expect(open()).toEqual([]);
  });
});

test('a folder that is not there is one line', () =>
  expect(fit({ spill: join(folder, 'gone') })).rejects.toThrow(
    /^spill .*gone: expected a folder in which files can be made, got ENOENT; make it, or name another with spill \(--spill DIR\)$/,
  ));

test('rows that have room in memory ask for no direct file', () =>
  expect(fit({ spill: join(folder, 'gone'), directSpill: true, memory: 2 ** 30 })).resolves.toBeDefined());

test('backends that keep all rows where they sweep them say that memory is no limit there', async () => {
  const notes = async (backend: 'cpu' | 'wasm'): Promise<string> => {
    const { diagnostics } = await fitMixture(x, { components: 2, backend, memory: 2 ** 30, maxIterations: 1 });
    return diagnostics.notes.join();
  };
  expect(await notes('cpu')).toContain(
    'memory is a limit of backends wasm and webgpu: all rows lie where cpu sweeps them',
  );
  expect(await notes('wasm')).not.toContain('memory is a limit');
});

test('aborted fits close their files', async () => {
  const controller = new AbortController();
  const onProgress: FitOptions['onProgress'] = ({ phase }) => {
    if (phase === 'fit') controller.abort();
  };
  await fit({ signal: controller.signal, onProgress });
  expect(open()).toEqual([]);
});

test(`${size(100, 20)} fits leave no descriptor, thread, file or listener behind, and memory does not grow`, async () => {
  const threads = (): number => Number(/Threads:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  for (let time = 0; time < 5; time++) await fit({ seeding: 'k-means||', directSpill: time % 2 === 1 });
  const bytes = bytesHeld();
  const before = { threads: threads(), listeners: process.listenerCount('exit') };
  for (let time = 0; time < size(100, 20); time++) {
    await fit({ maxIterations: 1, seeding: 'k-means||', seed: time, directSpill: time % 2 === 1 });
  }
  expect(bytesHeld() - bytes).toBeLessThan(2 ** 20); // the rows of a hundred fits are 5 MB
  expect({ open: open(), names: readdirSync(folder) }).toEqual({ open: [], names: [] });
  expect(process.listenerCount('exit')).toBe(before.listeners);
  expect(threads()).toBeLessThanOrEqual(before.threads + 1); // V8 may start a helper
});

test('names that killed processes left are removed, those of others are not', async () => {
  const other = await mkdtemp(join(tmpdir(), 'otmix-test-'));
  const names = [
    `otmix-spill-${2 ** 22 + 7}-5-0`,
    `otmix-spill-${process.pid}-5-0`,
    `otmix-spill-1-5-0`,
    'otmix-spill-x',
  ];
  for (const name of names) await writeFile(join(other, name), 'x');
  await fit({ spill: other });
  expect(readdirSync(other).sort()).toEqual(['otmix-spill-1-5-0', 'otmix-spill-x']);
  await rm(other, { recursive: true });
});
