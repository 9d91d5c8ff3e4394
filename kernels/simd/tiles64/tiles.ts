/** Tiles of float64 rows as a thread comes to them one after the other, from memory or from a file. */
import { GROUP_ROWS } from '../layout.js';
import { RecordStream, type RecordMemory } from '../records.js';
import { tileRows64, type TileRows, type TilesInFile, type TilesInMemory } from './model.js';

/** A tile `[columns, b]`, its weights `[b]`, and how many rows there are. */
export interface Tile {
  readonly x: Float64Array;
  readonly v: Float64Array;
  readonly rows: number;
}

export interface Tiles {
  readonly count: number;
  /** Has a tile at hand, of those before `end` that come next; yields what is to be waited for, if there may be such. */
  bring(index: number, end: number): Iterable<Promise<void>> | undefined;
  /** A tile that was brought: valid until another is. */
  at(index: number): Tile;
  /** Lets go of what is held; yields what is to be waited for. */
  end(): Iterable<Promise<void>>;
}

export function tilesOf(on: TileRows, memory: RecordMemory): Tiles {
  return 'blocks' in on ? new MemoryTiles(on) : new FileTiles(on, memory);
}

const NOTHING: readonly Promise<void>[] = [];

class MemoryTiles implements Tiles {
  readonly count: number;
  private readonly b: number;
  /** Tiles before each block. */
  private readonly starts: readonly number[];

  constructor(private readonly on: TilesInMemory) {
    const b = (this.b = tileRows64(on.columns));
    let tiles = 0;
    this.starts = on.blocks.map(({ rows }) => {
      const before = tiles;
      tiles += Math.ceil(rows / b);
      return before;
    });
    this.count = tiles;
  }

  bring(): undefined {
    // All are where they were.
  }

  at(index: number): Tile {
    const { b, on, starts } = this;
    const block = starts.findLastIndex((start) => start <= index);
    const { x, v, rows } = on.blocks[block];
    const from = (index - starts[block]) * b;
    return {
      x: x.subarray(from * on.columns, (from + b) * on.columns),
      v: v.subarray(from, from + b),
      rows: Math.min(b, rows - from),
    };
  }

  end(): Iterable<Promise<void>> {
    return NOTHING;
  }
}

class FileTiles implements Tiles {
  readonly count: number;
  private readonly b: number;
  private readonly stream: RecordStream;
  private record = -1;

  constructor(
    private readonly on: TilesInFile,
    memory: RecordMemory,
  ) {
    this.b = tileRows64(on.columns);
    this.count = Math.ceil(on.rows / this.b);
    this.stream = new RecordStream(on.file, memory);
  }

  bring(index: number, end: number): Iterable<Promise<void>> | undefined {
    const record = this.recordOf(index);
    if (record === this.record) return undefined;
    this.record = record;
    return this.stream.bring(record, this.recordOf(end - 1) + 1);
  }

  at(index: number): Tile {
    const { b, on } = this;
    const numbers = this.stream.doublesAt(this.record);
    const from = index * b - this.record * GROUP_ROWS;
    const weights = GROUP_ROWS * on.columns;
    return {
      x: numbers.subarray(from * on.columns, (from + b) * on.columns),
      v: numbers.subarray(weights + from, weights + from + b),
      rows: Math.min(b, on.rows - index * b),
    };
  }

  *end(): Generator<Promise<void>> {
    this.record = -1;
    yield* this.stream.end();
  }

  private recordOf(index: number): number {
    return Math.floor((index * this.b) / GROUP_ROWS);
  }
}
