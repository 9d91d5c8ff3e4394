/** Distances of rows to the nearest centre, group by group as a thread comes to them, in memory or in a file. */
import { GROUP_ROWS } from './layout.js';
import { RecordStream, strideOf, writeRecord, type RecordFile, type RecordMemory } from './records.js';
import type { RowsInMemory, RowSet } from './rows.js';

/** Farther than any row: where the distance to the nearest of no centres starts. */
export const FAR = 1e30;

/** Distances to the nearest centre, `[rows]` of each block. */
export type NearestArrays = readonly Float32Array[];

/** The same beyond memory, `[1024]` of each group. */
export interface NearestFile {
  readonly file: RecordFile;
  /** Of each part, 1 once there are distances of its rows in the file, in memory that all threads see; until then all are `FAR`. */
  readonly begun: Int32Array;
}

export interface Distances {
  /** To be called before a part's groups are brought. */
  begin(part: number): void;
  /** Has those of a group at hand; yields what is to be waited for, if there may be such. */
  bring(index: number, end: number): Iterable<Promise<void>> | undefined;
  /** Distances of a group that was brought, of so many rows. */
  at(index: number, rows: number): Float32Array;
  /** Keeps what these have become. */
  keep(index: number): void;
  end(): Iterable<Promise<void>>;
}

export function distancesOf(nearest: NearestArrays | NearestFile, on: RowSet, memory: RecordMemory): Distances {
  if ('file' in nearest) return new DistancesInFile(nearest, memory);
  if ('blocks' in on) return new DistancesInMemory(nearest, on);
  throw new Error('distances of rows in a file lie in a file');
}

class DistancesInMemory implements Distances {
  /** Groups before each block. */
  private readonly starts: readonly number[];

  constructor(
    private readonly arrays: NearestArrays,
    { blocks }: RowsInMemory,
  ) {
    let groups = 0;
    this.starts = blocks.map(({ rows }) => {
      const before = groups;
      groups += Math.ceil(rows / GROUP_ROWS);
      return before;
    });
  }

  begin(): void {
    // All are where they were.
  }

  bring(): undefined {
    // The same.
  }

  at(index: number, rows: number): Float32Array {
    const block = this.starts.findLastIndex((start) => start <= index);
    const from = (index - this.starts[block]) * GROUP_ROWS;
    return this.arrays[block].subarray(from, from + rows);
  }

  keep(): void {
    // They are views.
  }

  end(): Iterable<Promise<void>> {
    return [];
  }
}

class DistancesInFile implements Distances {
  private readonly stream: RecordStream;
  private readonly record: Uint8Array;
  private readonly values: Float32Array;
  private part = 0;

  constructor(
    private readonly nearest: NearestFile,
    memory: RecordMemory,
  ) {
    this.stream = new RecordStream(nearest.file, memory);
    this.record = new Uint8Array(strideOf(nearest.file));
    this.values = new Float32Array(this.record.buffer, 0, GROUP_ROWS);
  }

  begin(part: number): void {
    this.part = part;
  }

  *bring(index: number, end: number): Generator<Promise<void>> {
    if (!this.begun) return;
    yield* this.stream.bring(index, end);
  }

  at(index: number, rows: number): Float32Array {
    if (this.begun) this.values.set(this.stream.at(index));
    else this.values.fill(FAR);
    return this.values.subarray(0, rows);
  }

  keep(index: number): void {
    writeRecord(this.nearest.file, index, this.record);
  }

  end(): Iterable<Promise<void>> {
    return this.stream.end();
  }

  private get begun(): boolean {
    return this.nearest.begun[this.part] !== 0;
  }
}
