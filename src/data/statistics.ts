import { seededRandom } from '../base/random.js';

/** Rows kept as a sample of all: enough for percentiles, in at most 8 MiB. */
function sampleRows(d: number): number {
  return Math.max(64, Math.min(1024, Math.floor(2 ** 20 / d)));
}

/** Values that are looked at column by column while they are in a cache. */
const PART = 2 ** 15;

/** The widest and the narrowest value of a column among rows that count, and where they stand. */
export interface Extremes {
  readonly least: Float64Array;
  readonly most: Float64Array;
  /** Numbers of these rows, from 0 among all added. */
  readonly leastRow: Float64Array;
  readonly mostRow: Float64Array;
}

/**
 * Means, variances and ranges of columns `[d]` over all rows added, in float64: blocks are merged by their weights (Chan,
 * Golub & LeVeque 1983), so that the order of rows changes nothing beyond rounding. Rows of weight 0 do not count.
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

  constructor(private readonly d: number) {
    this.means = new Float64Array(d);
    this.variances = new Float64Array(d);
    this.extremes = {
      ...{ least: new Float64Array(d).fill(Infinity), most: new Float64Array(d).fill(-Infinity) },
      ...{ leastRow: new Float64Array(d), mostRow: new Float64Array(d) },
    };
    this.sample = new Sample(d, sampleRows(d));
  }

  /** Adds finite rows `[rows, d]` with weights `[rows]`, none negative. */
  add(values: Float64Array, weights: Float64Array): void {
    const { d } = this;
    const step = Math.max(1, Math.floor(PART / d));
    for (let from = 0; from < weights.length; from += step) {
      const part = weights.subarray(from, from + step);
      this.addPart(values.subarray(from * d, (from + part.length) * d), part);
      this.rows += part.length;
    }
    this.sample.add(values, weights);
  }

  /** Whether a column holds one and the same value in every row that counts. */
  isConstant(column: number): boolean {
    return this.extremes.most[column] <= this.extremes.least[column];
  }

  /** These quantiles of a column among a sample of the rows, drawn in one pass whatever their order. */
  quantiles(column: number, at: readonly number[]): number[] {
    const sorted = this.sample.column(column).sort();
    return at.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  }

  private addPart(values: Float64Array, weights: Float64Array): void {
    const { d, means, variances } = this;
    let weight = 0;
    for (const one of weights) weight += one;
    if (weight === 0) return;
    this.weight += weight;
    const share = weight / this.weight;
    for (let j = 0; j < d; j++) {
      const mean = this.meanOf(j, values, weights, 1 / weight);
      const variance = varianceOf(j, values, weights, 1 / weight, mean);
      const step = mean - means[j];
      means[j] = share === 1 ? mean : means[j] + share * step;
      variances[j] += share * (variance - variances[j]) + (share === 1 ? 0 : share * (1 - share) * step * step);
    }
  }

  /** The mean of a column, about a value of it, so that a column that never changes has its value; notes extremes. */
  private meanOf(j: number, values: Float64Array, weights: Float64Array, unit: number): number {
    const { d, rows, extremes } = this;
    const origin = values[weights.findIndex((one) => one > 0) * d + j];
    let [least, most, sum] = [extremes.least[j], extremes.most[j], 0];
    for (let row = 0, at = j; row < weights.length; row++, at += d) {
      const own = weights[row];
      if (own === 0) continue;
      const value = values[at];
      sum += own * unit * (value - origin);
      if (value < least) {
        least = value;
        extremes.leastRow[j] = rows + row;
      }
      if (value > most) {
        most = value;
        extremes.mostRow[j] = rows + row;
      }
    }
    extremes.least[j] = least;
    extremes.most[j] = most;
    return origin + sum;
  }
}

function varianceOf(j: number, values: Float64Array, weights: Float64Array, unit: number, mean: number): number {
  const d = values.length / weights.length;
  let sum = 0;
  for (let row = 0, at = j; row < weights.length; row++, at += d) {
    const difference = values[at] - mean;
    // A row of weight 0 may be anything, also what has no square.
    if (weights[row] > 0) sum += weights[row] * unit * difference * difference;
  }
  return sum;
}

/** A uniform sample of the rows that count, from one pass (algorithm L, Li 1994); the same rows give the same sample. */
class Sample {
  private readonly values: Float64Array;
  private readonly random = seededRandom(0);
  private seen = 0;
  private next = 0;
  private threshold = 1;

  constructor(
    private readonly d: number,
    private readonly size: number,
  ) {
    this.values = new Float64Array(size * d);
  }

  add(values: Float64Array, weights: Float64Array): void {
    const { d, size } = this;
    for (let row = 0; row < weights.length; row++) {
      if (weights[row] === 0) continue;
      const number = this.seen++;
      if (number < this.next) continue;
      const slot = number < size ? number : Math.floor(this.random.uniform() * size);
      this.values.set(values.subarray(row * d, (row + 1) * d), slot * d);
      this.next = number + 1 < size ? number + 1 : number + 1 + this.skipped();
    }
  }

  column(column: number): Float64Array {
    const { d, values } = this;
    return new Float64Array(Math.min(this.seen, this.size)).map((_, row) => values[row * d + column]);
  }

  /** Rows to leave out until the next that joins. */
  private skipped(): number {
    this.threshold *= this.random.uniform() ** (1 / this.size);
    return Math.floor(Math.log(this.random.uniform()) / Math.log1p(-this.threshold));
  }
}
