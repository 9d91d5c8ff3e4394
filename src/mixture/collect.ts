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
  const { width, of } = kept;
  const all = new Growing(kept);
  for await (const block of rows) {
    all.reserve((block.index[block.index.length - 1] + 1) * width, (found.expected ?? 0) * width);
    all.place(of(block), block.index);
  }
  return all.whole(found.n * width); // rows at the end may have been left out
}

/** Numbers of rows as they come. */
class Growing<T extends Values> {
  private values: T;
  /** How many of them there are so far, those of rows left out included. */
  private filled = 0;

  constructor(private readonly kept: Kept<T>) {
    this.values = kept.empty(0);
  }

  /** Makes place for so many, at once for as many as are expected. */
  reserve(count: number, expected: number): void {
    if (count > this.values.length) this.resize(Math.max(count, expected, 2 * this.values.length));
  }

  place(values: T, index: Int32Array): void {
    const { width, absent } = this.kept;
    const [first, last] = [index[0], index[index.length - 1]];
    const consecutive = last - first === index.length - 1;
    // No more than that: memory is fresh, and what first touches it is dear.
    this.values.fill(absent, this.filled, (consecutive ? first : last) * width);
    if (consecutive) this.values.set(values, first * width);
    else {
      for (let row = 0; row < index.length; row++) {
        this.values.set(values.subarray(row * width, (row + 1) * width), index[row] * width);
      }
    }
    this.filled = (last + 1) * width;
  }

  whole(count: number): T {
    if (count !== this.values.length) this.resize(count);
    return this.values.fill(this.kept.absent, this.filled) as T;
  }

  private resize(length: number): void {
    const grown = this.kept.empty(length);
    grown.set(this.values.subarray(0, Math.min(this.filled, length)));
    this.values = grown;
  }
}
