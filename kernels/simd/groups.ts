/** Groups of rows as a thread comes to them one after the other, from memory or from files. */
import { ColumnKernel } from './columns.js';
import { GROUP_ROWS, tileRows } from './layout.js';
import { RecordStream, type RecordMemory } from './records.js';
import type { RawBlock, RowsInFile, RowsInMemory, RowSet } from './rows.js';

/** A group of rows as whole tiles, and how many rows there are. */
export interface Group {
  readonly x: Float32Array;
  readonly v: Float32Array;
  readonly rows: number;
}

export interface Groups {
  readonly count: number;
  /** Whether groups are dear to come by: several models sweep each while it is at hand. */
  readonly dear: boolean;
  /** Has a group at hand, of those before `end` that come next; yields what is to be waited for, if there may be such. */
  bring(index: number, end: number): Iterable<Promise<void>> | undefined;
  /** A group that was brought: valid until another is. */
  at(index: number): Group;
  /** Lets go of what is held; yields what is to be waited for. */
  end(): Iterable<Promise<void>>;
}

export function groupsOf(on: RowSet, module: WebAssembly.Module, memory: RecordMemory): Groups {
  return 'blocks' in on ? new GroupsInMemory(on, module) : new GroupsInFile(on, memory);
}

const NOTHING: readonly Promise<void>[] = [];

class GroupsInMemory implements Groups {
  readonly dear = false;
  readonly count: number;
  /** Groups before each block. */
  private readonly starts: readonly number[];
  /** The block of the group that came last. */
  private block = 0;
  private encoder: ColumnKernel | undefined;
  /** A group's tiles. */
  private encoded = new Float32Array();

  constructor(
    private readonly on: RowsInMemory,
    private readonly module: WebAssembly.Module,
  ) {
    let count = 0;
    this.starts = on.blocks.map(({ rows }) => {
      const before = count;
      count += Math.ceil(rows / GROUP_ROWS);
      return before;
    });
    this.count = count;
  }

  bring(): undefined {
    // All are where they were.
  }

  at(index: number): Group {
    const { d, blocks } = this.on;
    const block = this.blockOf(index);
    const on = blocks[block];
    const from = (index - this.starts[block]) * GROUP_ROWS;
    const rows = Math.min(GROUP_ROWS, on.rows - from);
    const filled = filledUp(rows, d);
    const x = 'x' in on ? on.x.subarray(from * d, (from + filled) * d) : this.encode(on, from, rows);
    return { x, v: on.v.subarray(from, from + filled), rows };
  }

  end(): Iterable<Promise<void>> {
    return NOTHING;
  }

  private blockOf(index: number): number {
    const { starts } = this;
    if (index < starts[this.block]) this.block = 0;
    while (this.block + 1 < starts.length && starts[this.block + 1] <= index) this.block++;
    return this.block;
  }

  /** Tiles of rows `from` … of a block. */
  private encode({ columns, coding }: RawBlock, from: number, rows: number): Float32Array {
    const { d } = this.on;
    const length = filledUp(rows, d) * d;
    this.encoder ??= new ColumnKernel(this.module);
    if (this.encoded.length < length) this.encoded = new Float32Array(length);
    this.encoder.encode(columns, { from, to: from + rows, b: tileRows(d) }, coding, this.encoded);
    return this.encoded.subarray(0, length);
  }
}

class GroupsInFile implements Groups {
  readonly dear = true;
  readonly count: number;
  private readonly x: RecordStream;
  private readonly v: RecordStream | undefined;
  /** Weights of a group where all rows have the same. */
  private readonly same = new Float32Array(GROUP_ROWS);

  constructor(
    private readonly on: RowsInFile,
    memory: RecordMemory,
  ) {
    const { x, v, rows } = on;
    this.count = Math.ceil(rows / GROUP_ROWS);
    this.x = new RecordStream(x, memory);
    if (typeof v === 'number') this.same.fill(v);
    else this.v = new RecordStream(v, memory);
  }

  *bring(index: number, end: number): Generator<Promise<void>> {
    yield* this.x.bring(index, end);
    if (this.v) yield* this.v.bring(index, end);
  }

  at(index: number): Group {
    const { d, rows: all } = this.on;
    const rows = Math.min(GROUP_ROWS, all - index * GROUP_ROWS);
    const filled = filledUp(rows, d);
    const v = this.v?.at(index) ?? (rows < filled ? this.same.slice().fill(0, rows) : this.same);
    return { x: this.x.at(index).subarray(0, filled * d), v: v.subarray(0, filled), rows };
  }

  *end(): Generator<Promise<void>> {
    yield* this.x.end();
    if (this.v) yield* this.v.end();
  }
}

function filledUp(rows: number, d: number): number {
  const tile = tileRows(d);
  return Math.ceil(rows / tile) * tile;
}
