import type { Batch } from '../data/source.js';

/** As many rows as a report draws. */
const ENOUGH = 4000;

/**
 * Rows spread evenly over a stream of unknown length, for a report: every m-th whole one, m a power of 2 that doubles
 * whenever there are four times as many as needed. So a report costs no second read of the data.
 */
export class RowSample {
  private rows: number[][] = [];
  private shares: number[] = [];
  private weighted = false;
  private step = 1;
  private seen = 0;

  constructor(private readonly d: number) {}

  /** Takes its share of a batch; `before` rows came before it in this pass, and 0 starts anew. */
  see({ rows, values, weights }: Batch, before: number): void {
    if (before === 0) {
      this.rows = [];
      this.shares = [];
      this.weighted = weights !== undefined;
      this.step = 1;
      this.seen = 0;
    }
    for (let row = 0; row < rows; row++) {
      if (!isWhole(values, row * this.d, this.d) || (weights && !Number.isFinite(weights[row]))) continue;
      if (this.seen++ % this.step !== 0) continue;
      this.take(Array.from(values.subarray(row * this.d, (row + 1) * this.d)), weights ? weights[row] : 1);
    }
  }

  /** Rows in the data's units, and their sample weights where they have any. */
  taken(): { readonly rows: number[][]; readonly weights?: number[] } {
    const step = Math.max(1, this.rows.length / ENOUGH);
    const indices = Array.from({ length: Math.ceil(this.rows.length / step) }, (_, i) => Math.floor(i * step));
    const rows = indices.map((index) => this.rows[index]);
    return this.weighted ? { rows, weights: indices.map((index) => this.shares[index]) } : { rows };
  }

  private take(values: number[], weight: number): void {
    this.rows.push(values);
    this.shares.push(weight);
    if (this.rows.length < 4 * ENOUGH) return;
    this.rows = this.rows.filter((_, index) => index % 2 === 0);
    this.shares = this.shares.filter((_, index) => index % 2 === 0);
    this.step *= 2;
  }
}

function isWhole(values: Batch['values'], from: number, d: number): boolean {
  for (let j = 0; j < d; j++) if (!Number.isFinite(values[from + j])) return false;
  return true;
}
