import { total } from '../base/numbers.js';
import { PART_VALUES, type ColumnKernel, type Description, type RowRange } from '../../kernels/simd/columns.js';
import type { Column, Columns } from '../sweep/encode.js';
import { Sample, type SampleParts } from './column-sample.js';

/** Means that are so much alike, relative to their size, are the same but for rounding. */
const ROUNDING = 1e-12;

/** Rows kept as a sample of all: enough for percentiles, in at most 8 MiB. */
export function sampleRows(d: number): number {
  return Math.max(64, Math.min(1024, Math.floor(2 ** 20 / d)));
}

/** The widest and the narrowest value of a column among rows that count, and where they stand. */
export interface Extremes {
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** Numbers of these rows, as blocks number them, or from 0 among all added. */
  readonly leastRow: Float64Array;
  readonly mostRow: Float64Array;
}

/** What `ColumnStatistics` know of some rows, as plain values. */
export interface StatisticsParts {
  readonly rows: number;
  readonly weight: number;
  readonly means: Float64Array;
  readonly variances: Float64Array;
  readonly extremes: Extremes;
  readonly sample: SampleParts;
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

  /** What is known so far, to be merged with that of other rows elsewhere. */
  get parts(): StatisticsParts {
    const { rows, weight, means, variances, extremes } = this;
    return { rows, weight, means, variances, extremes, sample: this.sample.parts };
  }

  /**
   * Adds rows that come after those added: what is known of them, which depends on these rows and on nothing else. `before`:
   * what is added to their numbers.
   */
  merge({ rows, weight, means, variances, extremes: own, sample }: StatisticsParts, before = this.rows): void {
    if (weight > 0) {
      this.weight += weight;
      const share = weight / this.weight;
      for (let j = 0; j < this.d; j++) this.mergeColumn(j, share, means[j], variances[j]);
      for (let j = 0; j < this.d; j++) this.mergeExtremes(j, own, before);
    }
    this.sample.merge(sample);
    this.rows += rows;
  }

  /** Adds finite rows with their weights, none negative. */
  add(block: Columns & { readonly numberOf?: (row: number) => number }): void {
    const { d, rows: before } = this;
    const numberOf = block.numberOf ?? ((row) => before + row);
    const step = Math.max(1, Math.floor(PART_VALUES / d));
    const { columns, weights } = block;
    for (let from = 0; from < block.rows; from += step) {
      const to = Math.min(block.rows, from + step);
      this.addPart({ columns, from, to, weights: weights?.subarray(from, to), numberOf });
      this.sample.add(block, from, to);
      this.rows += to - from;
    }
  }

  /**
   * Whether a column holds one and the same value in every row that counts. With `presence`, in every row where that column
   * is 1; where it is 0, both are.
   */
  isConstant(column: number, presence?: number): boolean {
    const { means, extremes } = this;
    const [least, most] = [extremes.least[column], extremes.most[column]];
    if (most <= least) return true;
    if (presence === undefined || (least !== 0 && most !== 0)) return false;
    const value = least === 0 ? most : least;
    const [mean, expected] = [means[column], value * means[presence]]; // which any other value draws the mean from
    return Math.abs(mean - expected) <= ROUNDING * Math.abs(expected);
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

  private addPart(part: Part): void {
    const { d, kernel } = this;
    const { columns, from, to, weights } = part;
    const weight = weights ? total(weights) : to - from;
    if (weight === 0) return;
    this.weight += weight;
    const share = weight / this.weight;
    const about = { weight, origin: weights?.findIndex((one) => one > 0) ?? 0 };
    const found = kernel ? kernel.describe(columns, part, about) : describe(columns, part, about);
    for (let j = 0; j < d; j++) {
      const [mean, variance, least, most] = [found[4 * j], found[4 * j + 1], found[4 * j + 2], found[4 * j + 3]];
      this.mergeColumn(j, share, mean, variance);
      this.note(j, part, least, most);
    }
  }

  /** Merges mean and variance of rows that have this share of all weight so far (Chan, Golub & LeVeque 1983). */
  private mergeColumn(j: number, share: number, mean: number, variance: number): void {
    const { means, variances } = this;
    const step = mean - means[j];
    means[j] = share === 1 ? mean : means[j] + share * step;
    variances[j] += share * (variance - variances[j]) + (share === 1 ? 0 : share * (1 - share) * step * step);
  }

  private mergeExtremes(j: number, { least, most, leastRow, mostRow }: Extremes, before: number): void {
    const { extremes } = this;
    if (least[j] < extremes.least[j]) {
      extremes.least[j] = least[j];
      extremes.leastRow[j] = before + leastRow[j];
    }
    if (most[j] > extremes.most[j]) {
      extremes.most[j] = most[j];
      extremes.mostRow[j] = before + mostRow[j];
    }
  }

  /** Keeps the extremes of a column, and in which row they were seen first. */
  private note(column: number, part: Part, least: number, most: number): void {
    const { extremes } = this;
    if (least < extremes.least[column]) {
      extremes.least[column] = least;
      extremes.leastRow[column] = part.numberOf(rowWith(least, part, column));
    }
    if (most > extremes.most[column]) {
      extremes.most[column] = most;
      extremes.mostRow[column] = part.numberOf(rowWith(most, part, column));
    }
  }
}

/** Some rows of a block. */
interface Part extends Pick<Columns, 'columns'>, RowRange {
  /** From a row's number in the block. */
  readonly numberOf: (row: number) => number;
}

/** The number within a block of the first row that counts and has this value, which some row of the part has. */
function rowWith(value: number, { columns, from, weights }: Part, column: number): number {
  const { values, start, stride } = columns[column];
  let row = from;
  while (values[start + row * stride] !== value || weights?.[row - from] === 0) row++;
  return row;
}

/** What `ColumnKernel.describe` does, by the same sums in the same order, where there is no such kernel. */
export function describe(
  columns: readonly Column[],
  { from, to, weights = new Float64Array(to - from).fill(1) }: RowRange,
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
