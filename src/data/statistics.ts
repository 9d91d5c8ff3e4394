import { total } from '../base/numbers.js';
import { seededRandom } from '../base/random.js';
import { PART_VALUES, type ColumnKernel, type Description } from '../../kernels/simd/columns.js';
import type { Column, Columns } from '../sweep/encode.js';

/** Rows kept as a sample of all: enough for percentiles, in at most 8 MiB. */
function sampleRows(d: number): number {
  return Math.max(64, Math.min(1024, Math.floor(2 ** 20 / d)));
}

/** The widest and the narrowest value of a column among rows that count, and where they stand. */
export interface Extremes {
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** Numbers of these rows, from 0 among all added. */
  readonly leastRow: Float64Array;
  readonly mostRow: Float64Array;
}

/**
 * Means, variances and ranges of columns `[d]` over all rows added, in float64. Blocks are merged by their weights
 * (Chan, Golub & LeVeque 1983), so that the order of rows changes nothing beyond rounding. Rows of weight 0 do not
 * count.
 */
export class ColumnStatistics {
  /** Rows added, those of weight 0 included. */
  rows = 0;
  /** Σ of the weights. */
  weight = 0;
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly extremes: Extremes;
  private readonly sample: Sample;
  private ones = new Float64Array();

  constructor(
    private readonly d: number,
    /** Describes parts; without it the host does, with the same result. */
    private readonly kernel?: ColumnKernel,
  ) {
    this.means = new Float64Array(d);
    this.variances = new Float64Array(d);
    this.extremes = {
      ...{ least: new Float64Array(d).fill(Infinity), most: new Float64Array(d).fill(-Infinity) },
      ...{ leastRow: new Float64Array(d), mostRow: new Float64Array(d) },
    };
    this.sample = new Sample(d, sampleRows(d));
  }

  /** Adds finite rows with their weights, none negative. */
  add(block: Columns): void {
    const { d } = this;
    const step = Math.max(1, Math.floor(PART_VALUES / d));
    for (let from = 0; from < block.rows; from += step) {
      const to = Math.min(block.rows, from + step);
      this.addPart({ columns: block.columns, from, to, weights: this.weightsOf(block, from, to) });
      this.sample.add(block, from, to);
      this.rows += to - from;
    }
  }

  /** Whether a column holds one and the same value in every row that counts. */
  isConstant(column: number): boolean {
    return this.extremes.most[column] <= this.extremes.least[column];
  }

  /** These quantiles of a column among a sample of the rows, drawn in one pass whatever their order. */
  quantiles(column: number, at: readonly number[]): number[] {
    const sorted = this.sample.sorted(column);
    return at.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  }

  /** Whether quantiles `low` and `high` of a column surely lie this distance from its mean or more, one on each side. */
  areApart(column: number, [low, high]: readonly [number, number], distance: number): boolean {
    const middle = this.means[column];
    const { below, above, count } = this.sample.outside(column, middle - distance, middle + distance);
    return below > Math.floor(low * count) && above >= count - Math.floor(high * count);
  }

  /** Weights of some rows of a block. */
  private weightsOf({ weights }: Columns, from: number, to: number): Float64Array {
    if (weights) return weights.subarray(from, to);
    if (this.ones.length < to - from) this.ones = new Float64Array(to - from).fill(1);
    return this.ones.subarray(0, to - from);
  }

  private addPart(part: Part): void {
    const { d, means, variances, kernel } = this;
    const { columns, from, weights } = part;
    const weight = total(weights);
    if (weight === 0) return;
    this.weight += weight;
    const share = weight / this.weight;
    const about = { weight, origin: weights.findIndex((one) => one > 0) };
    const found = kernel ? kernel.describe(columns, from, weights, about) : describe(columns, from, weights, about);
    for (let j = 0; j < d; j++) {
      const [mean, variance, least, most] = [found[4 * j], found[4 * j + 1], found[4 * j + 2], found[4 * j + 3]];
      const step = mean - means[j];
      means[j] = share === 1 ? mean : means[j] + share * step;
      variances[j] += share * (variance - variances[j]) + (share === 1 ? 0 : share * (1 - share) * step * step);
      this.note(j, part, least, most);
    }
  }

  /** Keeps the extremes of a column, and in which row they were seen first. */
  private note(column: number, part: Part, least: number, most: number): void {
    const { extremes } = this;
    if (least < extremes.least[column]) {
      extremes.least[column] = least;
      extremes.leastRow[column] = this.rows + rowWith(least, part, column);
    }
    if (most > extremes.most[column]) {
      extremes.most[column] = most;
      extremes.mostRow[column] = this.rows + rowWith(most, part, column);
    }
  }
}

/** Rows `from` … `to − 1` of a block, and their weights. */
interface Part extends Pick<Columns, 'columns'> {
  readonly from: number;
  readonly to: number;
  readonly weights: Float64Array;
}

/** The number within a part of the first row that counts and has this value. */
function rowWith(value: number, { columns, from, weights }: Part, column: number): number {
  const { values, start, stride } = columns[column];
  return weights.findIndex((own, row) => own > 0 && values[start + (from + row) * stride] === value);
}

/** What `ColumnKernel.describe` does, by the same sums in the same order, where there is no such kernel. */
export function describe(
  columns: readonly Column[],
  from: number,
  weights: Float64Array,
  { weight, origin }: { readonly weight: number; readonly origin: number },
): Description {
  const unit = 1 / weight;
  const found = new Float64Array(4 * columns.length);
  for (const [j, { values, start, stride }] of columns.entries()) {
    const first = start + from * stride;
    // About a value of the column, so that a column that never changes has its value.
    const about = values[first + origin * stride];
    let [sum, least, most, square] = [0, Infinity, -Infinity, 0];
    for (let row = 0, at = first; row < weights.length; row++, at += stride) {
      if (weights[row] === 0) continue;
      const value = values[at];
      sum += weights[row] * unit * (value - about);
      if (value < least) least = value;
      if (value > most) most = value;
    }
    const mean = about + sum;
    for (let row = 0, at = first; row < weights.length; row++, at += stride) {
      const difference = values[at] - mean;
      // A row of weight 0 may be anything, also what has no square.
      if (weights[row] > 0) square += weights[row] * unit * difference * difference;
    }
    found.set([mean, square, least, most], 4 * j);
  }
  return found;
}

/** A uniform sample of the rows that count, from one pass (algorithm L, Li 1994); the same rows give the same sample. */
class Sample {
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
