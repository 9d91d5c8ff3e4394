/** Records on their way to a file, several writes at once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readRecord, strideOf } from '../../../kernels/simd/records.js';
import { RecordWriter } from '../../../src/sweep/spilled/writer.js';
import { openIn } from './bits.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otmix-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const NUMBERS = 2 ** 14; // 64 KiB: three records a write
const RECORDS = 40;

/** A writer that was given records of as many numbers as they have, all of them the record's index. */
async function filled(): Promise<RecordWriter> {
  const writer = await RecordWriter.in({ folder }, 4 * NUMBERS, 'numbers');
  for (let record = 0; record < RECORDS; record++) (await writer.next(true)).fill(record);
  return writer;
}

test('records of many writes are read as they were filled in', async () => {
  const writer = await filled();
  await writer.finish();
  const { file } = writer;
  expect(writer.bytes).toBe(RECORDS * strideOf(file));
  for (let record = 0; record < RECORDS; record++) {
    const read = readRecord(file, record, new Uint8Array(strideOf(file)));
    const numbers = new Float32Array(read.buffer, 0, NUMBERS);
    expect(numbers.every((number) => number === record)).toBe(true);
  }
  writer.close();
  expect(openIn(folder)).toEqual([]);
});

test('a file is closed once nothing is on its way there', async () => {
  const writer = await filled();
  writer.close();
  expect(openIn(folder)).toHaveLength(1);
  await vi.waitFor(() => expect(openIn(folder)).toEqual([]));
});
