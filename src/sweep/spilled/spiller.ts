import type { ColumnKernel } from '../../../kernels/simd/columns.js';
import { filledUp, GROUP_ROWS, tileRows } from '../../../kernels/simd/layout.js';
import { tilesOf } from '../../../kernels/simd/nonzeros.js';
import type { EncodedBlock, ListedBlock } from '../../../kernels/simd/rows.js';
import type { ScratchPlace } from '../../base/scratch.js';
import { encodeTiles, encodeWeights, type Columns, type Encoding } from '../encode.js';
import type { FiledRows } from './rows.js';
import type { SpillSize } from './limit.js';
import { RecordWriter } from './writer.js';

/** Rows that are encoded. */
type Held = Pick<EncodedBlock, 'rows' | 'x' | 'v'> | Pick<ListedBlock, 'rows' | 'lists' | 'v'>;

/** Writes rows to files as they come, encoded: a record of tiles for each group, and one of weights where they differ. */
export class Spiller {
  private rows = 0;
  private readonly groupWeights: number[] = [];
  /** The weight of all rows so far. */
  private weight: number | undefined;
  private v: RecordWriter | undefined;

  private constructor(
    private readonly d: number,
    /** Of weights, and of what else there is a little of for each row. */
    private readonly folder: string | undefined,
    private readonly x: RecordWriter,
  ) {}

  /** Rejects with `InputError('file')`, as all that writes. */
  static in(place: ScratchPlace, d: number): Promise<Spiller> {
    const tile = tileRows(d);
    return Spiller.of(place, d, `rows of ${d} columns, float32 tiles [${GROUP_ROWS / tile}, ${d}, ${tile}]`);
  }

  /** Of rows that come encoded, the length of so many float32 each; `what` says how. */
  static async of(place: ScratchPlace, length: number, what: string): Promise<Spiller> {
    return new Spiller(length, place.folder, await RecordWriter.in(place, GROUP_ROWS * length * 4, what));
  }

  /** Bytes in files, and in which folder. */
  get size(): SpillSize {
    return { bytes: this.x.bytes + (this.v?.bytes ?? 0), folder: this.x.folder };
  }

  /** Rows that are encoded already. */
  async addEncoded(block: Held): Promise<void> {
    const { d } = this;
    const { rows, v } = block;
    for (let from = 0; from < rows; from += GROUP_ROWS) {
      const record = await this.x.next(rows - from >= GROUP_ROWS);
      if ('x' in block) record.set(block.x.subarray(from * d, (from + GROUP_ROWS) * d));
      else tilesOf(block.lists, from, Math.min(GROUP_ROWS, filledUp(rows - from, d)), d, record);
      await this.addWeights(v.subarray(from, from + GROUP_ROWS), Math.min(GROUP_ROWS, rows - from));
    }
  }

  async add(block: Columns, encoding: Encoding, kernel?: ColumnKernel): Promise<void> {
    const b = tileRows(this.d);
    const { weights } = block;
    const v = new Float32Array(GROUP_ROWS);
    for (let from = 0; from < block.rows; from += GROUP_ROWS) {
      const range = { from, to: Math.min(from + GROUP_ROWS, block.rows) };
      const rows = range.to - from;
      encodeTiles(block, encoding, { ...range, b }, await this.x.next(rows === GROUP_ROWS), kernel);
      if (!weights && !this.v && this.addAlike(Math.fround(1 / encoding.weightUnit), rows)) continue;
      v.fill(0);
      encodeWeights(block, encoding, range, v);
      await this.addWeights(v, rows);
    }
  }

  async finish(): Promise<FiledRows> {
    const { d, rows, x, v, folder } = this;
    await x.finish();
    await v?.finish();
    const files = v ? [x, v] : [x];
    const groupWeights = Float64Array.from(this.groupWeights);
    return { d, rows, x: x.file, v: v?.file ?? this.weight ?? 0, folder, groupWeights, files };
  }

  close(): void {
    this.x.close();
    this.v?.close();
  }

  /** So many rows that weigh the same; false, and nothing is added, where others weigh something else. */
  private addAlike(weight: number, rows: number): boolean {
    this.weight ??= weight;
    if (weight !== this.weight) return false;
    this.groupWeights.push(weight * rows); // exact: a power of two times few rows
    this.rows += rows;
    return true;
  }

  /** Of a group of so many rows, zeros after them. */
  private async addWeights(v: Float32Array, rows: number): Promise<void> {
    let sum = 0;
    let alike = true;
    this.weight ??= v[0];
    for (let row = 0; row < rows; row++) {
      sum += v[row];
      alike &&= v[row] === this.weight;
    }
    if (!alike && !this.v) await this.beginWeights();
    if (this.v) (await this.v.next(v.length === GROUP_ROWS)).set(v);
    this.groupWeights.push(sum);
    this.rows += rows;
  }

  /** A file of weights, which all were alike until now: groups before this one are whole. */
  private async beginWeights(): Promise<void> {
    const { folder, rows, weight = 0 } = this;
    this.v = await RecordWriter.in({ folder }, GROUP_ROWS * 4, 'weights');
    for (let row = 0; row < rows; row += GROUP_ROWS) (await this.v.next(true)).fill(weight);
  }
}
