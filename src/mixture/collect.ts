import type { EvaluatedRows, Evaluation } from './evaluate.js';

type Values = Int32Array | Float32Array | Float64Array;

/** What to keep of every row. */
export interface Kept<T extends Values> {
  readonly empty: (length: number) => T;
  /** Numbers of a row. */
  readonly width: number;
  /** Of these rows, `[rows, width]`. */
  readonly of: (rows: EvaluatedRows) => T;
  /** What rows that are left out have. */
  readonly absent: number;
}

/** Reads all rows and keeps some numbers of each, `[n, width]`, in the order of the source; nothing else grows with n. */
export async function collect<T extends Values>({ rows, found }: Evaluation, kept: Kept<T>): Promise<T> {
  const { empty, width, of, absent } = kept;
  let all = empty(0);
  for await (const block of rows) {
    const { index } = block;
    const end = (index[index.length - 1] + 1) * width;
    if (end > all.length) all = resized(all, Math.max(end, (found.expected ?? 0) * width, 2 * all.length), kept);
    place(all, of(block), index, width);
  }
  // Rows at the end may have been left out.
  const n = found.n * width;
  if (n === all.length) return all;
  const whole = resized(all, n, kept);
  if (all.length < n) whole.fill(absent, all.length);
  return whole;
}

function resized<T extends Values>(values: T, length: number, { empty, absent }: Kept<T>): T {
  const grown = empty(length).fill(absent) as T;
  grown.set(values.subarray(0, length));
  return grown;
}

function place(all: Values, values: Values, index: Int32Array, width: number): void {
  if (index[index.length - 1] - index[0] === index.length - 1) {
    all.set(values, index[0] * width);
    return;
  }
  for (let row = 0; row < index.length; row++) {
    all.set(values.subarray(row * width, (row + 1) * width), index[row] * width);
  }
}
