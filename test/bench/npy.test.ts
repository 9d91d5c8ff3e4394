import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { npyHeader, writeNpy } from '../../bench/peers/npy.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('npyHeader', () => {
  test('is that of format version 1.0, byte for byte', () => {
    const fields = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
    // 118 = 0x76 bytes follow the ten of magic, version and length.
    expect(text(npyHeader('<f4', [3, 2]))).toBe(`\x93NUMPY\x01\x00\x76\x00${fields.padEnd(117)}\n`);
  });

  test('writes a shape of one size as Python does', () => {
    expect(text(npyHeader('<f8', [7]))).toContain("'descr': '<f8', 'fortran_order': False, 'shape': (7,), }");
  });

  test.each([[[1]], [[1, 1]], [[123_456_789, 128]], [[1_234_567_890, 1_234_567_890]]])(
    'fills up to a multiple of 64 bytes: %j',
    (shape) => {
      const header = npyHeader('<f8', shape);
      expect(header.length % 64).toBe(0);
      expect(header[8] + 256 * header[9]).toBe(header.length - 10);
      expect(header.at(-1)).toBe('\n'.charCodeAt(0));
    },
  );
});

describe('writeNpy', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'otmix-npy-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ['<f4', Float32Array.of(1.5, -2, 0, 3e30, NaN, -0)],
    ['<f8', Float64Array.of(1.1, -2, 0, 3e300, NaN, -0)],
  ] as const)('puts the values of %s after the header', async (descr, values) => {
    const path = join(folder, `${descr.slice(1)}.npy`);
    await writeNpy(path, values, [3, 2]);
    const expected = Buffer.concat([npyHeader(descr, [3, 2]), Buffer.from(values.buffer)]);
    expect(text(await readFile(path))).toBe(text(expected));
  });

  test('writes of a view what it shows', async () => {
    const path = join(folder, 'view.npy');
    await writeNpy(path, Float64Array.of(9, 1, 2, 9).subarray(1, 3), [2]);
    const body = (await readFile(path)).subarray(npyHeader('<f8', [2]).length);
    expect([body.readDoubleLE(0), body.readDoubleLE(8), body.length]).toEqual([1, 2, 16]);
  });

  test('refuses a shape that the values do not have', async () => {
    const path = join(folder, 'none.npy');
    await expect(writeNpy(path, new Float32Array(5), [3, 2])).rejects.toThrow(
      'writeNpy: expected 6 values for [3, 2], got 5; pass all rows',
    );
    await expect(readFile(path)).rejects.toThrow('ENOENT');
  });
});
