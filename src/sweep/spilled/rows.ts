import type { NearestFile } from '../../../kernels/simd/distances.js';
import { GROUP_ROWS, tileRows } from '../../../kernels/simd/layout.js';
import { memoryFor, readRecord, type RecordFile } from '../../../kernels/simd/records.js';
import type { RowsInFile } from '../../../kernels/simd/rows.js';
import { sharedIntegers } from '../../threads/shared.js';
import type { HeldDistances, HeldRows } from '../simd/held.js';
import { told } from './faults.js';
import { RecordWriter } from './writer.js';

/** Sweeps that share a read. */
const TOGETHER = 8;
/** Groups that are read in a row past the page cache, which reads none ahead by itself. */
const IN_ROW = 32;

/** Rows in a file, and what is known of them without reading it. */
export interface FiledRows extends RowsInFile {
  readonly folder: string | undefined;
  readonly groupWeights: Float64Array;
  /** What is to be closed. */
  readonly files: readonly { close(): void }[];
}

/** Rows beyond memory. */
export class SpilledRows implements HeldRows {
  readonly on: RowsInFile;
  readonly n: number;
  readonly groupWeights: Float64Array;
  readonly together = TOGETHER;
  readonly inRow: number;
  private readonly x: LastRecord;

  constructor(private readonly filed: FiledRows) {
    const { d, rows, x, v, groupWeights } = filed;
    this.on = { d, rows, x, v };
    this.n = rows;
    this.groupWeights = groupWeights;
    this.x = new LastRecord(x);
    this.inRow = x.direct ? IN_ROW : 1;
  }

  copyRow(row: number, into: Float64Array, place: number): void {
    if (row < 0 || row >= this.n) throw new RangeError(`there is no row ${row}`);
    const { d } = this.on;
    const tile = tileRows(d);
    const tiles = this.x.at(Math.floor(row / GROUP_ROWS));
    const at = row % GROUP_ROWS;
    const from = Math.floor(at / tile) * tile * d + (at % tile);
    for (let j = 0; j < d; j++) into[place + j] = tiles[from + j * tile];
  }

  weights(start: number, rows: number): Float32Array {
    return weightsIn(this.on, start, rows);
  }

  async distances(parts: number): Promise<HeldDistances> {
    const writer = await RecordWriter.in(
      { folder: this.filed.folder },
      GROUP_ROWS * 4,
      'distances to the nearest centre',
    );
    const nearest: NearestFile = { file: writer.file, begun: sharedIntegers(parts) };
    return {
      nearest,
      written(which) {
        for (const part of which) nearest.begun[part] = 1;
      },
      values: (_, start, rows) => gathered(writer.file, start, rows),
      dispose: () => writer.close(),
    };
  }

  dispose(): void {
    for (const file of this.filed.files) file.close();
  }
}

/** Weights of rows `start` … `start + rows − 1`. */
export function weightsIn({ v }: Pick<RowsInFile, 'v'>, start: number, rows: number): Float32Array<ArrayBuffer> {
  return typeof v === 'number' ? new Float32Array(rows).fill(v) : gathered(v, start, rows);
}

/** Reads single records; those that follow each other in one record, once. */
class LastRecord {
  private record = -1;
  private numbers: Float32Array = new Float32Array();
  private memory: Uint8Array | undefined;

  constructor(private readonly file: RecordFile) {}

  at(record: number): Float32Array {
    if (this.record === record) return this.numbers;
    const { file } = this;
    const memory = (this.memory ??= memoryFor(file, 1));
    const { buffer, byteOffset } = told(() => readRecord(file, record, memory));
    this.record = record;
    return (this.numbers = new Float32Array(buffer, byteOffset, file.payload / 4));
  }
}

/** Numbers of consecutive rows, of which a record has one for each row of a group. */
function gathered(file: RecordFile, start: number, rows: number): Float32Array<ArrayBuffer> {
  const all = new Float32Array(rows);
  const records = new LastRecord(file);
  for (let row = 0; row < rows;) {
    const at = (start + row) % GROUP_ROWS;
    const count = Math.min(rows - row, GROUP_ROWS - at);
    all.set(records.at(Math.floor((start + row) / GROUP_ROWS)).subarray(at, at + count), row);
    row += count;
  }
  return all;
}
