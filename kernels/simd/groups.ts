/** Groups of rows as a thread comes to them one after the other, from memory or from files. */
import type { Encoder } from './encoder.js';
import { filledUp, GROUP_ROWS } from './layout.js';
import { tilesOf, type ListedRows } from './nonzeros.js';
import { RecordStream, type RecordMemory } from './records.js';
import type { RowsInFile, RowsInMemory, RowSet } from './rows.js';

/** A group of rows as whole tiles, and how many rows there are. */
export interface Group {
  readonly x: Float32Array;
  readonly v: Float32Array;
  readonly rows: number;
  /** The same rows as lists, where they lie as such: tiles are made of them at the first look. */
  readonly listed?: ListedRows;
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

/** `encoder` and `memory` are the thread's own, and serve one task after the other. */
export function groupsOf(on: RowSet, encoder: Encoder, memory: RecordMemory): Groups {
  return 'blocks' in on ? new GroupsInMemory(on, encoder) : new GroupsInFile(on, memory);
}

const NOTHING: readonly Promise<void>[] = [];

class GroupsInMemory implements Groups {
  readonly dear = false;
  readonly count: number;
  /** Groups before each block. */
  private readonly starts: readonly number[];
  /** The block of the group that came last. */
  private block = 0;
  private readonly equal = new EqualWeights();
  /** Tiles of listed rows. */
  private made = new Float32Array();

  constructor(
    private readonly on: RowsInMemory,
    private readonly encoder: Encoder,
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
    const v = typeof on.v === 'number' ? this.equal.of(on.v, rows, filled) : on.v.subarray(from, from + filled);
    if ('lists' in on) {
      const { lists } = on;
      const make = (): Float32Array => tilesOf(lists, from, filled, d, this.room(filled * d));
      return new ListedGroup({ lists, first: from }, v, rows, make);
    }
    const x = 'x' in on ? on.x.subarray(from * d, (from + filled) * d) : this.encoder.tiles(on, from, rows);
    return { x, v, rows };
  }

  end(): Iterable<Promise<void>> {
    return NOTHING;
  }

  private room(count: number): Float32Array {
    if (this.made.length < count) this.made = new Float32Array(count);
    return this.made.subarray(0, count);
  }

  private blockOf(index: number): number {
    const { starts } = this;
    if (index < starts[this.block]) this.block = 0;
    while (this.block + 1 < starts.length && starts[this.block + 1] <= index) this.block++;
    return this.block;
  }
}

class ListedGroup implements Group {
  private tiles: Float32Array | undefined;

  constructor(
    readonly listed: ListedRows,
    readonly v: Float32Array,
    readonly rows: number,
    private readonly make: () => Float32Array,
  ) {}

  get x(): Float32Array {
    return (this.tiles ??= this.make());
  }
}

class GroupsInFile implements Groups {
  readonly dear = true;
  readonly count: number;
  private readonly x: RecordStream;
  private readonly v: RecordStream | number;
  private readonly equal = new EqualWeights();

  constructor(
    private readonly on: RowsInFile,
    memory: RecordMemory,
  ) {
    const { x, v, rows } = on;
    this.count = Math.ceil(rows / GROUP_ROWS);
    this.x = new RecordStream(x, memory);
    this.v = typeof v === 'number' ? v : new RecordStream(v, memory);
  }

  *bring(index: number, end: number): Generator<Promise<void>> {
    yield* this.x.bring(index, end);
    if (typeof this.v !== 'number') yield* this.v.bring(index, end);
  }

  at(index: number): Group {
    const { d, rows: all } = this.on;
    const rows = Math.min(GROUP_ROWS, all - index * GROUP_ROWS);
    const filled = filledUp(rows, d);
    const { v } = this;
    return {
      x: this.x.at(index).subarray(0, filled * d),
      v: typeof v === 'number' ? this.equal.of(v, rows, filled) : v.at(index).subarray(0, filled),
      rows,
    };
  }

  *end(): Generator<Promise<void>> {
    yield* this.x.end();
    if (typeof this.v !== 'number') yield* this.v.end();
  }
}

/** Weights of groups in which every row has the same. */
class EqualWeights {
  private whole: Float32Array | undefined;

  /** Weights of so many rows, zeros beyond: valid until others are asked for. */
  of(weight: number, rows: number, filled: number): Float32Array {
    if (this.whole?.[0] !== weight) this.whole = new Float32Array(GROUP_ROWS).fill(weight);
    if (rows === filled) return this.whole.subarray(0, filled);
    return new Float32Array(filled).fill(weight, 0, rows);
  }
}
