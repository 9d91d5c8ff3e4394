import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import { memoryFor, readRecord } from '../../../kernels/simd/records.js';
import type { TilesInFile } from '../../../kernels/simd/tiles64/model.js';
import type { ScratchPlace } from '../../base/scratch.js';
import type { TaskForce } from '../../threads/pool.js';
import type { Float64Builder } from '../float64/builder.js';
import { Float64Sums, MemoryFloat64, type HeldFloat64 } from '../float64/held.js';
import type { RowTotals } from '../float64/model.js';
import { copyTileRow, encodedTiles, type Float64Block } from '../float64/rows.js';
import { Float64Shard } from '../float64/shard.js';
import { tellingForce, told } from './faults.js';
import { expectsRoom, type SpillLimit } from './limit.js';
import { asDoubles, NumberWriter, type RowNumbers } from './numbers.js';
import { RecordWriter } from './writer.js';

/** Bytes of a row in float64, and of its weight. */
export function float64BytesOfRow(d: number): number {
  return (d + 1) * Float64Array.BYTES_PER_ELEMENT;
}

/**
 * Rows of d columns in float64, in the CPU's memory while they have room there; once they have not, all in a file. The shard
 * says the same either way, bit for bit.
 */
export function spillingFloat64Builder(d: number, hold: () => Promise<TaskForce>, limit: SpillLimit): Float64Builder {
  return new SpillingFloat64(d, hold, limit);
}

class SpillingFloat64 implements Float64Builder {
  private blocks: Float64Block[] = [];
  private rows = 0;
  private file: Float64File | undefined;

  constructor(
    private readonly d: number,
    private readonly hold: () => Promise<TaskForce>,
    private readonly limit: SpillLimit,
  ) {}

  async add(...[block, encoding]: Parameters<Float64Builder['add']>): Promise<void> {
    const { d, limit } = this;
    const tiles = encodedTiles(this.rows, block, encoding);
    this.rows += block.rows;
    if (!this.file && !expectsRoom(float64BytesOfRow(d), this.rows, limit)) {
      this.file = await Float64File.in(limit, d);
      for (let held = this.blocks.shift(); held; held = this.blocks.shift()) await this.file.add(held);
    }
    if (this.file) await this.file.add(tiles);
    else this.blocks.push(tiles);
  }

  async finish(): Promise<Float64Shard> {
    const { d, file, blocks, hold } = this;
    if (!file) return new Float64Shard(d, new MemoryFloat64(d, blocks), hold);
    return new Float64Shard(d, await file.finish(), async () => tellingForce(await hold()));
  }

  discard(): void {
    this.blocks = [];
    this.file?.close();
  }
}

/** Writes float64 rows to a file as they come: a record of tiles and weights for each group. */
class Float64File {
  private readonly sums = new Float64Sums();
  private rows = 0;
  /** Rows of all blocks but the last. */
  private blockRows = 0;
  private base: NumberWriter | undefined;

  private constructor(
    private readonly d: number,
    /** Of log h(x). */
    private readonly folder: string | undefined,
    private readonly x: RecordWriter,
  ) {}

  static async in(place: ScratchPlace, d: number): Promise<Float64File> {
    const what = `rows of ${d} columns, float64 tiles and weights of ${GROUP_ROWS} rows`;
    return new Float64File(d, place.folder, await RecordWriter.in(place, GROUP_ROWS * float64BytesOfRow(d), what));
  }

  async add(block: Float64Block): Promise<void> {
    const { d } = this;
    const { rows, x, v, base } = block;
    this.sums.add(block);
    this.blockRows = Math.max(this.blockRows, rows);
    for (let from = 0; from < rows; from += GROUP_ROWS) {
      const record = asDoubles(await this.x.next(rows - from >= GROUP_ROWS));
      record.set(x.subarray(from * d, (from + GROUP_ROWS) * d));
      record.set(v.subarray(from, from + GROUP_ROWS), GROUP_ROWS * d);
    }
    this.rows += rows;
    if (!base) return;
    this.base ??= await NumberWriter.in(this.folder, 'log h(x)');
    await this.base.add(base);
  }

  async finish(): Promise<FiledFloat64> {
    const { d, rows, blockRows, sums, x } = this;
    await x.finish();
    const base = await this.base?.finish();
    return new FiledFloat64(
      { columns: d, rows, file: x.file },
      {
        ...{ blockRows, base, totals: sums.totals, far: sums.far },
        close: () => this.close(),
      },
    );
  }

  close(): void {
    this.x.close();
    this.base?.close();
  }
}

/** What is known of rows in a file without reading it, and how to be rid of it. */
interface Known {
  readonly blockRows: number;
  readonly totals: RowTotals;
  readonly far: boolean;
  readonly base: RowNumbers | undefined;
  readonly close: () => void;
}

/** Rows beyond memory. */
class FiledFloat64 implements HeldFloat64 {
  readonly n: number;
  readonly totals: RowTotals;
  readonly far: boolean;

  constructor(
    readonly on: TilesInFile,
    private readonly known: Known,
  ) {
    this.n = on.rows;
    this.totals = known.totals;
    this.far = known.far;
  }

  *blocks(): Generator<Float64Block> {
    const { n } = this;
    const { blockRows, base } = this.known;
    for (let start = 0; start < n; start += blockRows) {
      const rows = Math.min(blockRows, n - start);
      yield { start, rows, ...this.read(start, rows), base: base?.slice(start, start + rows) };
    }
  }

  copyRow(row: number, into: Float64Array, place: number): void {
    if (row < 0 || row >= this.n) throw new RangeError(`row ${row} of ${this.n}`);
    const start = row - (row % GROUP_ROWS);
    const group = { rows: GROUP_ROWS, ...this.read(start, Math.min(GROUP_ROWS, this.n - start)) };
    copyTileRow(group, row - start, this.on.columns, into, place);
  }

  dispose(): void {
    this.known.close();
  }

  /** Tiles and weights of rows from the first of a group on. */
  private read(start: number, rows: number): Pick<Float64Block, 'x' | 'v'> {
    const { columns, file } = this.on;
    const filled = Math.ceil(rows / GROUP_ROWS) * GROUP_ROWS;
    const [x, v] = [new Float64Array(filled * columns), new Float64Array(filled)];
    const memory = memoryFor(file, 1);
    for (let from = 0; from < rows; from += GROUP_ROWS) {
      const { buffer, byteOffset } = told(() => readRecord(file, (start + from) / GROUP_ROWS, memory));
      const record = new Float64Array(buffer, byteOffset, file.payload / 8);
      x.set(record.subarray(0, GROUP_ROWS * columns), from * columns);
      v.set(record.subarray(GROUP_ROWS * columns), from);
    }
    return { x, v };
  }
}
