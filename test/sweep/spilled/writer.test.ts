/** Records on their way to a file, several writes at once, through the page cache and past it. */
import { fstatSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { memoryFor, readRecord, RecordMemory, RecordStream, strideOf } from '../../../kernels/simd/records.js';
import { RecordWriter } from '../../../src/sweep/spilled/writer.js';
import { openIn } from './bits.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otmix-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const RECORDS = 100;

/** A writer that was given records of as many numbers as they have, all of them the record's index. */
async function filled(direct: boolean, numbers: number, records = RECORDS): Promise<RecordWriter> {
  const writer = await RecordWriter.in({ folder, direct }, 4 * numbers, 'numbers');
  for (let record = 0; record < records; record++) (await writer.next(true)).fill(record);
  return writer;
}

/** 16 numbers: many records of a block. 2¹⁴: no more than some of a write. 2¹⁹: one of several. */
const sizes = [16, 1024, 2 ** 14, 2 ** 19].flatMap((numbers) => [false, true].map((direct) => ({ numbers, direct })));

describe.each(sizes)('records of $numbers numbers, direct $direct', ({ numbers, direct }) => {
  const isOf = (values: Float32Array, record: number): boolean => values.every((value) => value === record);

  test('are read as they were filled in, alone and in a row', async () => {
    const records = numbers > 2 ** 18 ? 5 : RECORDS;
    const writer = await filled(direct, numbers, records);
    await writer.finish();
    const { file } = writer;
    expect(writer.bytes).toBe(records * strideOf(file));
    const size = fstatSync(file.descriptor).size - file.start;
    expect(size).toBe(direct ? Math.ceil(writer.bytes / 4096) * 4096 : writer.bytes);
    const memory = memoryFor(file, 1);
    const stream = new RecordStream(file, new RecordMemory());
    for (let record = 0; record < records; record++) {
      const { buffer, byteOffset } = readRecord(file, record, memory);
      expect(isOf(new Float32Array(buffer, byteOffset, numbers), record)).toBe(true);
      for (const coming of stream.bring(record, records)) await coming;
      expect(isOf(stream.at(record), record)).toBe(true);
    }
    writer.close();
    expect(openIn(folder)).toEqual([]);
  });
});

test.each([false, true])('no record is a file too, direct %s', async (direct) => {
  const writer = await filled(direct, 16, 0);
  await writer.finish();
  expect(fstatSync(writer.file.descriptor).size).toBe(4096);
  writer.close();
});

test.each([false, true])('a file is closed once nothing is on its way there, direct %s', async (direct) => {
  const writer = await filled(direct, 2 ** 14);
  writer.close();
  expect(openIn(folder)).toHaveLength(1);
  await vi.waitFor(() => expect(openIn(folder)).toEqual([]));
});
