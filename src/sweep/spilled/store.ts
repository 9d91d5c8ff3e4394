/** A file of rows for a GPU, in its tiles: read chunk by chunk on the way there. */
import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import { RecordMemory, RecordStream } from '../../../kernels/simd/records.js';
import type { ScratchPlace } from '../../base/scratch.js';
import type { HostRows, RowPiece, RowShape, RowStore } from '../../../kernels/webgpu/chunks.js';
import { paddedRows, TILE_ROWS } from '../../../kernels/webgpu/layout.js';
import { bytesOf } from '../../../kernels/webgpu/rows.wgsl.js';
import { clearly } from './faults.js';
import type { SpillSize } from './limit.js';
import { weightsIn, type FiledRows } from './rows.js';
import { Spiller } from './spiller.js';

/** Bytes that are handed to the device at once. */
const PIECE_BYTES = 2 ** 20;

/** Rows of a GPU in a file: a record of tiles for each 1024, and one of weights where they differ. */
export class FiledStore implements RowStore {
  private readonly memory = new RecordMemory();
  private filed: FiledRows | undefined;

  private constructor(
    private readonly spiller: Spiller,
    /** Of a row, as its bytes. */
    private readonly floats: number,
  ) {}

  /** Rejects with `InputError('file')`, as all that writes and reads. */
  static async in(place: ScratchPlace, { d, format }: RowShape): Promise<FiledStore> {
    const floats = (d * bytesOf(format)) / 4;
    const what = `rows of ${d} columns, ${format} tiles [${GROUP_ROWS / TILE_ROWS}, ${d}, ${TILE_ROWS}]`;
    return new FiledStore(await Spiller.of(place, floats, what), floats);
  }

  get size(): SpillSize {
    return this.spiller.size;
  }

  add(rows: number, { x, v }: RowPiece): Promise<void> {
    return this.spiller.addEncoded({ rows, x: new Float32Array(x.buffer, x.byteOffset, x.byteLength / 4), v });
  }

  async finish(): Promise<void> {
    this.filed = await this.spiller.finish();
  }

  rows(start: number, rows: number): HostRows {
    return { [Symbol.asyncIterator]: () => this.read(start, rows) };
  }

  close(): void {
    this.spiller.close();
  }

  private async *read(start: number, rows: number): AsyncGenerator<RowPiece> {
    const { filed, floats } = this;
    if (!filed) throw new Error('rows were read before all had been added');
    const stream = new RecordStream(filed.x, this.memory);
    const step = GROUP_ROWS * Math.max(1, Math.floor(PIECE_BYTES / (GROUP_ROWS * floats * 4)));
    const x = new Float32Array(step * floats);
    const end = Math.ceil((start + rows) / GROUP_ROWS);
    try {
      for (let first = start; first < start + rows; first += step) {
        const count = Math.min(step, start + rows - first);
        for (let from = 0; from < count; from += GROUP_ROWS) {
          const record = (first + from) / GROUP_ROWS;
          for (const wait of stream.bring(record, end)) await wait;
          x.set(stream.at(record), from * floats);
        }
        const v = new Float32Array(paddedRows(count));
        v.set(weightsIn(filed, first, count));
        yield { x: x.subarray(0, v.length * floats), v };
      }
    } catch (error) {
      throw clearly(error);
    } finally {
      for (const wait of stream.end()) await wait;
    }
  }
}
