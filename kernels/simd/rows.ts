import type { Coding, Column } from './columns.js';
import type { Lists } from './nonzeros.js';
import type { RecordFile } from './records.js';

/** Rows that a task is about, where every thread sees them. */
export type RowSet = RowsInMemory | RowsInFile;

export interface RowsInMemory {
  readonly d: number;
  readonly blocks: readonly RowBlock[];
}

/** Rows beyond memory, each group of them a record. */
export interface RowsInFile {
  readonly d: number;
  readonly rows: number;
  /** Tiles of each group, filled up with zeros to those of 1024 rows. */
  readonly x: RecordFile;
  /** Weights of each group, `[1024]`; or the weight of every row. */
  readonly v: RecordFile | number;
}

/** Rows with their weights. */
export type RowBlock = EncodedBlock | ListedBlock | RawBlock;

interface Block {
  readonly start: number;
  readonly rows: number;
}

/** Rows that are swept often: tiles `[tiles, d, b]`, filled up with zeros. */
export interface EncodedBlock extends Block {
  readonly x: Float32Array;
  /** Filled up with zeros to whole tiles. */
  readonly v: Float32Array;
}

/** Rows that are swept often, most of whose numbers are 0. */
export interface ListedBlock extends Block {
  readonly lists: Lists;
  /** As of encoded rows. */
  readonly v: Float32Array;
}

/** Rows that are swept once: as they came, encoded by the thread that reads them. */
export interface RawBlock extends Block {
  /** Views of shared memory. */
  readonly columns: readonly Column[];
  readonly coding: Coding;
  /** As of encoded rows; or the weight of every row. */
  readonly v: Float32Array | number;
}
