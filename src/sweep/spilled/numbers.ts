import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import { memoryFor, readRecord, type RecordFile } from '../../../kernels/simd/records.js';
import { told } from './faults.js';
import { RecordWriter } from './writer.js';

/** A float64 of each row, wherever they lie. */
export interface RowNumbers {
  /** Those of rows `start` … `end − 1`. */
  slice(start: number, end: number): Float64Array;
  dispose?(): void;
}

/** Writes a float64 of each row to a file, a record for each group; all but the last call bring whole groups. */
export class NumberWriter {
  private constructor(private readonly writer: RecordWriter) {}

  static async in(folder: string | undefined, what: string): Promise<NumberWriter> {
    return new NumberWriter(await RecordWriter.in({ folder }, GROUP_ROWS * 8, what));
  }

  get bytes(): number {
    return this.writer.bytes;
  }

  async add(numbers: Float64Array): Promise<void> {
    for (let from = 0; from < numbers.length; from += GROUP_ROWS) {
      asDoubles(await this.writer.next(numbers.length - from >= GROUP_ROWS)).set(
        numbers.subarray(from, from + GROUP_ROWS),
      );
    }
  }

  async finish(): Promise<RowNumbers> {
    await this.writer.finish();
    const { file } = this.writer;
    return { slice: (start, end) => numbersOf(file, start, end), dispose: () => this.writer.close() };
  }

  close(): void {
    this.writer.close();
  }
}

/** The place of a record as float64. */
export function asDoubles({ buffer, byteOffset, byteLength }: Float32Array): Float64Array {
  return new Float64Array(buffer, byteOffset, byteLength / 8);
}

function numbersOf(file: RecordFile, start: number, end: number): Float64Array {
  const found = new Float64Array(end - start);
  const memory = memoryFor(file, 1);
  for (let row = start; row < end;) {
    const at = row % GROUP_ROWS;
    const count = Math.min(end - row, GROUP_ROWS - at);
    const { buffer, byteOffset } = told(() => readRecord(file, Math.floor(row / GROUP_ROWS), memory));
    found.set(new Float64Array(buffer, byteOffset + at * 8, count), row - start);
    row += count;
  }
  return found;
}
