/** Rows most of whose numbers are 0, as lists of what is not (assembly/nonzeros.ts), for models of dense statistics alone. */
import type { Arena } from './arena.js';
import type { Exports } from './exports.js';
import type { SimdModel } from './model.js';
import { tileRows } from './layout.js';
import { lineSize } from './linear.js';

/** Lists of consecutive rows: compressed sparse rows, whose lengths are even. */
export interface Lists {
  /** What is not 0, row after row, and one 0 more where a row has an odd number of these. */
  readonly values: Float32Array;
  /** Their columns. */
  readonly columns: Uint16Array;
  /** The place that each row's list begins with, and that after the last; of whole tiles of rows, `[rows + 1]`. */
  readonly starts: Uint32Array;
}

/** Some of them: `first` is the first. */
export interface ListedRows {
  readonly lists: Lists;
  readonly first: number;
}

/** Columns of rows that may be listed: of fewer, products take no longer than lists. */
const SOME_COLUMNS = 16;
const MOST_COLUMNS = 2 ** 16;

/** Whether rows of so many columns may be listed. */
export function mayBeListed(columns: number): boolean {
  return columns >= SOME_COLUMNS && columns <= MOST_COLUMNS;
}

/** Rows of a tile that tell whether most of it is 0. */
const TELLING = 8;

/** Whether so many of a tile's telling rows are not 0 that lists of it take longer than products do. */
function areMany(count: number, columns: number): boolean {
  return 5 * count >= 2 * TELLING * columns;
}

/** Whether most of a tile `[d, b]` is 0: where it is, sweeps leave zeros out. assembly/nonzeros.ts has the same. */
export function isMostlyZero(tile: Float32Array, d: number): boolean {
  if (!mayBeListed(d)) return false;
  const b = tile.length / d;
  let count = 0;
  for (let j = 0; j < d; j++) for (let row = 0; row < TELLING; row++) if (tile[j * b + row] !== 0) count++;
  return !areMany(count, d);
}

/** The same of the tile that begins with one of the listed rows. */
export function isListMostlyZero({ lists: { values, starts }, first }: ListedRows, d: number): boolean {
  let count = starts[first + TELLING] - starts[first];
  for (let row = 0; row < TELLING; row++) {
    const end = starts[first + row + 1];
    if (end > starts[first + row] && values[end - 1] === 0) count--; // which makes their number even
  }
  return !areMany(count, d);
}

/** Whether a model takes lists of rows, all of whose columns it multiplies with its parameters. */
export function takesLists({ d, linear }: Pick<SimdModel, 'd' | 'linear'>): boolean {
  return d === 0 && linear !== undefined && linear.levels.length === 0 && mayBeListed(linear.dense);
}

/** Rows whose lists are copied at once: few enough for the second-level cache. */
const AT_ONCE = 128;

/** A kernel whose memory is laid out, in tiles of so many rows. */
interface Setting {
  readonly wasm: Pick<Exports, 'placeNonzeros' | 'spreadLists' | 'takeLists' | 'dropLists'>;
  readonly arena: Arena;
  readonly tile: number;
}

/** Where lists of rows lie in a kernel's memory. */
interface Places {
  readonly values: number;
  readonly columns: number;
  readonly starts: number;
}

/** Lists in a kernel's memory: those that the kernel makes of a tile, and those of some rows that are given. */
export class ListPlaces {
  private readonly own: Places & { readonly ends: number };
  private readonly given: Places;
  /** Rows that are given at once, whole tiles. */
  private readonly most: number;
  /** Views of what is given. */
  private views: Lists | undefined;

  /** Of rows of d columns; `k`: components, each of which has a logit of every row, 0 where none are computed. */
  constructor(
    private readonly setting: Setting,
    private readonly d: number,
    k: number,
  ) {
    const { wasm, arena, tile } = setting;
    const room = tile * roomOf(d);
    const [values, columns, starts, ends] = [room, room / 2, tile, tile].map((count) => arena.take(count));
    this.own = { values, columns, starts, ends };
    this.most = Math.max(tile, AT_ONCE);
    const given = this.most * (d + 1);
    this.given = { values: arena.take(given), columns: arena.take(given / 2), starts: arena.take(this.most + 1) };
    wasm.placeNonzeros(values, columns, starts, ends, arena.take(tile * lineSize(k)));
  }

  /** Has each tile of listed rows at hand: as lists, where most of it is 0, or written to `x`. */
  each(listed: ListedRows, rows: number, x: number, use: (from: number) => void): void {
    const { wasm } = this.setting;
    this.eachTile(listed, rows, (from) => {
      const few = isListMostlyZero({ lists: listed.lists, first: listed.first + from }, this.d);
      if (!few) {
        wasm.spreadLists(x, this.d);
        wasm.dropLists();
      }
      use(from);
    });
  }

  /** Writes listed rows as tiles, one after the other. */
  spread(listed: ListedRows, rows: number, x: number): void {
    const { wasm } = this.setting;
    this.eachTile(listed, rows, (from) => wasm.spreadLists(x + from * this.d * 4, this.d));
  }

  /** Gives the kernel the lists of each tile. */
  private eachTile(
    { lists: { values, columns, starts }, first }: ListedRows,
    rows: number,
    use: (from: number) => void,
  ): void {
    const { given, most } = this;
    const { wasm, tile } = this.setting;
    const views = this.viewsOf();
    const filled = Math.ceil(rows / tile) * tile;
    for (let from = 0; from < filled; from += most) {
      const own = starts.subarray(first + from, first + Math.min(from + most, filled) + 1);
      const [begin, end] = [own[0], own[own.length - 1]];
      views.values.set(values.subarray(begin, end));
      views.columns.set(columns.subarray(begin, end));
      views.starts.set(own);
      for (let row = 0; row + 1 < own.length; row += tile) {
        wasm.takeLists(given.values - begin * 4, given.columns - begin * 2, given.starts + row * 4);
        use(from + row);
      }
    }
    wasm.dropLists();
  }

  private viewsOf(): Lists {
    const { given, most, d } = this;
    const { arena } = this.setting;
    return (this.views ??= {
      values: arena.floats(given.values, most * (d + 1)),
      columns: arena.shorts(given.columns, most * (d + 1)),
      starts: new Uint32Array(arena.integers(given.starts, most + 1).buffer, given.starts, most + 1),
    });
  }

  /** Adds the lists that the kernel made of a tile to others, which have room for them. */
  take(into: Lists, row: number): void {
    const { arena, tile } = this.setting;
    const { own, d } = this;
    const [begin, end] = [arena.integers(own.starts, tile), arena.integers(own.ends, tile)];
    const values = arena.floats(own.values, tile * roomOf(d));
    const columns = arena.shorts(own.columns, tile * roomOf(d));
    for (let at = 0; at < tile; at++) {
      const place = into.starts[row + at];
      into.values.set(values.subarray(begin[at], end[at]), place);
      into.columns.set(columns.subarray(begin[at], end[at]), place);
      into.starts[row + at + 1] = place + end[at] - begin[at];
    }
  }
}

/** Places of a row of d columns where the kernel makes lists: four are written at a time, and one after the last. */
function roomOf(d: number): number {
  return (d + 8) & ~3;
}

/** Room for the lists of so many rows: what is there, where that is enough. */
export function listsFor(there: Lists | undefined, rows: number, d: number): Lists {
  const most = rows * (d + 1);
  if (there && there.values.length >= most && there.starts.length > rows) return there;
  return { values: new Float32Array(most), columns: new Uint16Array(most), starts: new Uint32Array(rows + 1) };
}

/** Listed rows `from` … `from + rows − 1`, whole tiles, as tiles `[tiles, d, b]`. */
export function tilesOf(
  { values, columns, starts }: Lists,
  from: number,
  rows: number,
  d: number,
  into: Float32Array,
): Float32Array {
  const b = tileRows(d);
  into.fill(0);
  for (let row = 0; row < rows; row++) {
    const tile = Math.floor(row / b) * b * d + (row % b);
    const end = starts[from + row + 1];
    for (let at = starts[from + row]; at < end; at++) if (values[at] !== 0) into[tile + columns[at] * b] = values[at];
  }
  return into;
}
