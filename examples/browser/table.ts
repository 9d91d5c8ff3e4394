import { sampledIndices, type Source } from 'otmix';
import type { TextOptions } from 'otmix/text';

const BATCH = 1 << 15;

/** Columns of numbers, each `[rows]`, NaN where a value is missing. */
export interface Table {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** What reading decided and left out, a sentence each. */
  readonly remarks: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly values: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
  /** What the column is, if it is fitted only where it is chosen. */
  readonly aside?: string;
}

/** A file that is no table of numbers. The message says what was expected, what was got and what to do. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

/** A cloud to generate: rows of a random mixture of Gaussians. */
export interface CloudRequest {
  readonly kind: 'cloud';
  readonly rows: number;
  readonly d: number;
  readonly clusters: number;
  readonly seed: number;
}

export interface FileRequest {
  readonly kind: 'csv';
  readonly file: File;
  /** How it is written, where that is not to be found from it. */
  readonly reading: TextOptions;
}

export type TableRequest = CloudRequest | FileRequest;

/** What the worker answers; `share` is how much is done, 0 to 1. */
export type TableReply =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'error'; readonly message: string };

/** The rows of a table as otmix reads them: batch by batch, so that there is no second copy of them. */
export function sourceOf({ name, rows, columns }: Table): Source {
  const wide = columns.some(({ values }) => values instanceof Float64Array);
  return {
    name,
    columns: columns.map((column) => column.name),
    rows,
    async *batches() {
      for (let start = 0; start < rows; start += BATCH) {
        const length = Math.min(BATCH, rows - start);
        const values = wide ? new Float64Array(length * columns.length) : new Float32Array(length * columns.length);
        for (const [j, column] of columns.entries()) {
          for (let i = 0; i < length; i++) values[i * columns.length + j] = column.values[start + i];
        }
        yield { rows: length, values };
      }
    },
  };
}

/** The numbers of the rows that have no missing value. */
export function wholeRows({ rows, columns }: Table): Uint32Array {
  const whole = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (columns.every(({ values }) => !Number.isNaN(values[row]))) whole[count++] = row;
  }
  return whole.subarray(0, count);
}

/** At most `most` of these rows of a table, drawn at random; the same ones every time. */
export function sampleOf({ columns, ...table }: Table, among: Uint32Array, most: number): Table {
  const drawn = sampledIndices(among.length, { size: most }).map((at) => among[at]);
  const pick = (values: Column['values']): Float64Array<ArrayBuffer> => Float64Array.from(drawn, (row) => values[row]);
  return { ...table, rows: drawn.length, columns: columns.map(({ name, values }) => ({ name, values: pick(values) })) };
}
