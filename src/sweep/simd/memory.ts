import { FAR } from '../../../kernels/simd/distances.js';
import { filledUp } from '../../../kernels/simd/layout.js';
import type { RowBlock, RowsInMemory } from '../../../kernels/simd/rows.js';
import { sharedFloats } from '../../threads/shared.js';
import type { HeldDistances, HeldRows } from './held.js';
import { copyRow, groupWeights, locate } from './rows.js';

/** Rows in memory that all threads see. */
export class MemoryRows implements HeldRows {
  readonly on: RowsInMemory;
  readonly n: number;
  readonly groupWeights: Float64Array;

  constructor(
    private readonly d: number,
    private readonly blocks: readonly RowBlock[],
  ) {
    this.on = { d, blocks };
    this.n = blocks.reduce((sum, { rows }) => sum + rows, 0);
    this.groupWeights = groupWeights(blocks);
  }

  copyRow(row: number, into: Float64Array, place: number): void {
    const { block, at } = locate(this.blocks, row);
    copyRow(this.blocks[block], at, this.d, into, place);
  }

  weights(start: number, rows: number, into?: Float32Array): Float32Array {
    return this.gathered(
      this.blocks.map(({ v }) => v),
      start,
      rows,
      into,
    );
  }

  distances(): Promise<HeldDistances> {
    const nearest = this.blocks.map(({ rows }) => sharedFloats(filledUp(rows, this.d)).fill(FAR));
    return Promise.resolve({
      nearest,
      written: () => undefined,
      values: (_part, start, rows) => this.gathered(nearest, start, rows),
      dispose: () => void (nearest.length = 0),
    });
  }

  dispose(): void {
    // Nothing but memory.
  }

  /** Numbers of consecutive rows, which may lie in several blocks; of a block's rows each or one of all. */
  private gathered(
    numbers: readonly (Float32Array | number)[],
    start: number,
    rows: number,
    all: Float32Array = new Float32Array(rows),
  ): Float32Array {
    for (let row = 0; row < rows;) {
      const { block, at } = locate(this.blocks, start + row);
      const count = Math.min(rows - row, this.blocks[block].rows - at);
      const own = numbers[block];
      if (typeof own === 'number') all.fill(own, row, row + count);
      else all.set(own.subarray(at, at + count), row);
      row += count;
    }
    return all;
  }
}
