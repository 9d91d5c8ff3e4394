import type { TileRows } from '../../../kernels/simd/tiles64/model.js';
import type { RowTotals } from './model.js';
import { copyTileRow, type Float64Block } from './rows.js';

/** Beyond this many scales from 0 squares could leave float64's range. */
const FARTHEST = 1e100;

/** Float64 rows that a shard sweeps, wherever they lie. Owns them. */
export interface HeldFloat64 {
  readonly on: TileRows;
  readonly n: number;
  readonly totals: RowTotals;
  /** Whether the kernel could not square some. */
  readonly far: boolean;
  /** All rows, block by block. */
  blocks(): Iterable<Float64Block>;
  /** Writes a row, encoded, from a place on. */
  copyRow(row: number, into: Float64Array, place: number): void;
  dispose(): void;
}

/** Rows in memory that all threads see. */
export class MemoryFloat64 implements HeldFloat64 {
  readonly on: TileRows;
  readonly n: number;
  readonly totals: RowTotals;
  readonly far: boolean;

  constructor(
    private readonly d: number,
    private readonly held: readonly Float64Block[],
  ) {
    this.on = { columns: d, blocks: held.map(({ rows, x, v }) => ({ rows, x, v })) };
    this.n = held.reduce((sum, { rows }) => sum + rows, 0);
    const sums = new Float64Sums();
    for (const block of held) sums.add(block);
    this.totals = sums.totals;
    this.far = sums.far;
  }

  blocks(): Iterable<Float64Block> {
    return this.held;
  }

  copyRow(row: number, into: Float64Array, place: number): void {
    const block = this.held.find(({ start, rows }) => row >= start && row < start + rows);
    if (!block) throw new RangeError(`row ${row} of ${this.n}`);
    copyTileRow(block, row - block.start, this.d, into, place);
  }

  dispose(): void {
    // Nothing but memory.
  }
}

/** Adds up what is known of all rows without reading them again. */
export class Float64Sums {
  private weight = 0;
  private base = 0;
  far = false;

  get totals(): RowTotals {
    return { weight: this.weight, base: this.base };
  }

  add({ rows, x, v, base }: Float64Block): void {
    for (let row = 0; row < rows; row++) {
      this.weight += v[row];
      if (base) this.base += v[row] * base[row];
    }
    this.far ||= x.some((value) => Math.abs(value) > FARTHEST);
  }
}
