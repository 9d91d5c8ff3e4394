import { seededRandom } from '../base/random.js';
import type { Columns } from '../sweep/encode.js';

/** A sample `[kept, d]` of the rows that count, of which there were so many. */
export interface SampleParts {
  readonly seen: number;
  readonly values: Float64Array;
}

/** A uniform sample of the rows that count, from one pass (algorithm L, Li 1994); the same rows give the same sample. */
export class Sample {
  private readonly values: Float64Array;
  private readonly random = seededRandom(0);
  private seen = 0;
  private next = 0;
  private threshold = 1;
  /** Columns that were asked for since rows were added, sorted. */
  private readonly columns = new Map<number, Float64Array>();

  constructor(
    private readonly d: number,
    private readonly size: number,
  ) {
    this.values = new Float64Array(size * d);
  }

  /** Takes its share of rows `from` … `to − 1` of a block. */
  add({ columns, weights }: Columns, from: number, to: number): void {
    const { d, size, values } = this;
    this.columns.clear();
    for (let row = from; row < to; row++) {
      if (weights && weights[row] === 0) continue;
      const number = this.seen++;
      if (number < this.next) {
        if (weights) continue;
        // Of rows that all count, those to leave out are known.
        const left = Math.min(this.next - number, to - row) - 1;
        this.seen += left;
        row += left;
        continue;
      }
      const slot = number < size ? number : Math.floor(this.random.uniform() * size);
      for (let j = 0; j < d; j++) values[slot * d + j] = columns[j].values[columns[j].start + row * columns[j].stride];
      this.next = number + 1 < size ? number + 1 : number + 1 + this.skipped();
    }
  }

  get parts(): SampleParts {
    const { d, size, seen, values } = this;
    return { seen, values: values.slice(0, Math.min(seen, size) * d) };
  }

  /** Makes it one of these rows too: each side keeps as many rows as chance would have drawn from it. Adds no rows later. */
  merge({ seen, values }: SampleParts): void {
    const { d, size, random } = this;
    this.columns.clear();
    const sides = [
      { left: this.seen, rows: rowsIn(this.values, d, Math.min(this.seen, size)) },
      { left: seen, rows: rowsIn(values, d, values.length / d) },
    ];
    this.seen += seen;
    const drawn: Float64Array[] = [];
    while (drawn.length < Math.min(this.seen, size)) {
      const [first, second] = sides;
      const side = random.uniform() * (first.left + second.left) < first.left ? first : second;
      const at = Math.floor(random.uniform() * side.rows.length);
      drawn.push(side.rows[at]);
      side.rows[at] = side.rows[side.rows.length - 1];
      side.rows.pop();
      side.left--;
    }
    drawn.forEach((row, at) => this.values.set(row, at * d));
  }

  /** A column of the sample, rising: several quantiles are asked for, one after another. */
  sorted(column: number): Float64Array {
    const { d, values } = this;
    const held = this.columns.get(column);
    if (held) return held;
    const sorted = new Float64Array(Math.min(this.seen, this.size));
    for (let row = 0; row < sorted.length; row++) sorted[row] = values[row * d + column];
    this.columns.set(column, sorted.sort());
    return sorted;
  }

  /** How many values of a column lie at or below one bound, and at or above another, of how many. */
  outside(
    column: number,
    low: number,
    high: number,
  ): { readonly below: number; readonly above: number; readonly count: number } {
    const { d, values } = this;
    const count = Math.min(this.seen, this.size);
    let [below, above] = [0, 0];
    for (let row = 0, at = column; row < count; row++, at += d) {
      if (values[at] <= low) below++;
      if (values[at] >= high) above++;
    }
    return { below, above, count };
  }

  /** Rows to leave out until the next that joins. */
  private skipped(): number {
    this.threshold *= this.random.uniform() ** (1 / this.size);
    return Math.floor(Math.log(this.random.uniform()) / Math.log1p(-this.threshold));
  }
}

/** Copies of the first rows of a matrix. */
function rowsIn(values: Float64Array, d: number, count: number): Float64Array[] {
  return Array.from({ length: count }, (_, row) => values.slice(row * d, (row + 1) * d));
}
