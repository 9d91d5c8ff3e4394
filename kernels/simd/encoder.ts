import { ColumnKernel } from './columns.js';
import { filledUp, tileRows } from './layout.js';
import type { RawBlock } from './rows.js';

/**
 * Encodes rows that are read once, for one thread, task after task. An instance of the kernel for every task would leave
 * its memory, and 10 GiB of addresses, to the collector of garbage.
 */
export class Encoder {
  private kernel: ColumnKernel | undefined;
  /** A group's tiles. */
  private encoded = new Float32Array();

  constructor(private readonly module: WebAssembly.Module) {}

  /** Tiles of rows `from` … of a block: valid until others are encoded. */
  tiles({ columns, coding }: RawBlock, from: number, rows: number): Float32Array {
    const d = columns.length;
    const length = filledUp(rows, d) * d;
    this.kernel ??= new ColumnKernel(this.module);
    if (this.encoded.length < length) this.encoded = new Float32Array(length);
    this.kernel.encode(columns, { from, to: from + rows, b: tileRows(d) }, coding, this.encoded);
    return this.encoded.subarray(0, length);
  }
}
