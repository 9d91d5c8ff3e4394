/** Where rows may belong to few components of a linear term (assembly/candidates.ts): which models are tried, and places. */
import type { Arena } from './arena.js';
import { placeOfBlock, type EarlierLogits } from './earlier.js';
import type { Exports } from './exports.js';
import { BLOCK_ROWS } from './layout.js';
import { filledWidth, lineSize } from './linear.js';
import type { SimdModel } from './model.js';

/** Statistics and components from which on a model is tried. Of fewer, to copy and to shorten rows takes what products would. */
export const MANY_STATISTICS = 256;
const MANY_COMPONENTS = 12;

/** Whether a model is of dense statistics alone, of so many that candidates may be told at little cost. */
export function hasCandidates({ d, k, linear }: Pick<SimdModel, 'd' | 'k' | 'linear'>): boolean {
  if (d > 0 || !linear || linear.levels.length > 0) return false;
  return linear.dense >= MANY_STATISTICS && k >= MANY_COMPONENTS;
}

/** A kernel whose memory is laid out, for tiles of so many rows and columns. */
interface Setting {
  readonly wasm: Exports;
  readonly arena: Arena;
  readonly tile: number;
  readonly columns: number;
}

/** A group of rows: whole tiles, which of the shard's groups it is, and where a tile and weights lie in the kernel's memory. */
interface GroupAt {
  readonly x: Float32Array;
  readonly index: number;
  readonly tileAt: number;
  readonly weightsAt: number;
}

/** Sweeps groups block by block by candidates. */
export class CandidateBlocks {
  /** Approximate logits `[b, K]` and lengths `[b]` of a block, and bounds `[4, K]`. */
  private readonly logits: number;
  private readonly lengths: number;
  private readonly bounds: number;
  /** Sums of a group `[K, width]`. */
  private readonly sums: number;
  private readonly size: number;
  private readonly width: number;

  /** Takes places for a block's rows, for η, and for what comes of both. */
  constructor(
    private readonly setting: Setting,
    { k, coupling, linear }: SimdModel,
    private readonly earlier: EarlierLogits | undefined,
  ) {
    const { wasm, arena } = setting;
    const b = BLOCK_ROWS;
    this.width = filledWidth(linear?.dense ?? 0);
    this.size = lineSize(k);
    const { size, width } = this;
    const short = (count: number): number => arena.take(count / 2);
    const rows = [arena.take(b * width), (this.lengths = arena.take(b)), short(b * width)];
    const natural = [arena.take(size * width), short(size * width), arena.take(size), arena.take(size)];
    wasm.placeShorts(width, ...rows, ...natural, (this.logits = arena.take(b * size)));
    const plans = [arena.take(k * b), coupling ? arena.take(k * b) : 0];
    wasm.placeCandidates(...plans, arena.take(b), arena.take(b), (this.sums = arena.take(size * width)));
    this.bounds = arena.take(4 * size);
    wasm.placeEarlier(this.bounds);
  }

  /** To be called once the kernel's memory holds η. */
  begin(): void {
    const { wasm, arena } = this.setting;
    wasm.shortenNatural();
    arena.floats(this.sums, this.size * this.width).fill(0); // where another model's numbers may have been
    if (this.earlier?.bounds) arena.floats(this.bounds, 4 * this.size).set(this.earlier.bounds);
  }

  /** Sweeps blocks until rows of one may belong to many components; returns how many rows it swept. */
  sweep(group: GroupAt): number {
    const { wasm, columns } = this.setting;
    const rows = group.x.length / columns;
    let from = 0;
    for (; from < rows; from += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rows - from);
      const v = group.weightsAt + from * 4;
      if (this.bound(group.index, from, count)) {
        this.turn(group, from, from + count);
        wasm.sweepEarlier(v, count);
        continue;
      }
      if (from === 0 && !this.seemsFew(group)) break;
      this.turn(group, from, from + count);
      if (!wasm.sweepCandidates(v, count)) break;
      this.note(group.index, from, count);
    }
    return from;
  }

  private seemsFew(group: GroupAt): boolean {
    this.turn(group, 0, this.setting.tile);
    return this.setting.wasm.seemsFew() > 0;
  }

  /** Turns tiles to rows of the block that begins with the first of them. */
  private turn({ x, tileAt }: GroupAt, from: number, to: number): void {
    const { wasm, arena, tile, columns } = this.setting;
    for (let row = from; row < to; row += tile) {
      arena.floats(tileAt, tile * columns).set(x.subarray(row * columns, (row + tile) * columns));
      wasm.turnTile(tileAt, row - from);
    }
  }

  /** Whether earlier logits show which components a block's rows may belong to, and that these are few. */
  private bound(index: number, from: number, count: number): boolean {
    const { earlier, size } = this;
    if (!earlier?.bounds) return false;
    const { block, at } = placeOfBlock(index, from, size);
    if (earlier.ids[block] !== earlier.id) return false;
    const { wasm, arena } = this.setting;
    arena.floats(this.logits, count * size).set(earlier.values.subarray(at, at + count * size));
    const lengths = at + BLOCK_ROWS * size;
    arena.floats(this.lengths, count).set(earlier.values.subarray(lengths, lengths + count));
    if (!wasm.boundEarlier(count, from === 0)) return false;
    Atomics.add(earlier.tally, 0, 1);
    return true;
  }

  /** Counts a block that was swept by approximate logits, and keeps these where they are to be kept. */
  private note(index: number, from: number, count: number): void {
    const { earlier, size } = this;
    if (!earlier) return;
    Atomics.add(earlier.tally, 1, 1);
    if (earlier.bounds || earlier.values.length === 0) return;
    const { arena } = this.setting;
    const { block, at } = placeOfBlock(index, from, size);
    earlier.values.set(arena.floats(this.logits, count * size), at);
    earlier.values.set(arena.floats(this.lengths, count), at + BLOCK_ROWS * size);
    earlier.ids[block] = earlier.id;
  }
}
