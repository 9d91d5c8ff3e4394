import { total } from '../base/numbers.js';
import { seededRandom } from '../base/random.js';
import type { Columns } from '../sweep/encode.js';

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
  private ones = new Float64Array();

  constructor(private readonly d: number) {
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
    const step = Math.max(1, Math.floor(PART / d));
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
    const sorted = this.sample.column(column).sort();
    return at.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  }

  /** Weights of some rows of a block. */
  private weightsOf({ weights }: Columns, from: number, to: number): Float64Array {
    if (weights) return weights.subarray(from, to);
    if (this.ones.length < to - from) this.ones = new Float64Array(to - from).fill(1);
    return this.ones.subarray(0, to - from);
  }

  private addPart(part: Part): void {
    const { d, means, variances } = this;
    const weight = total(part.weights);
    if (weight === 0) return;
    this.weight += weight;
    const share = weight / this.weight;
    const unit = 1 / weight;
    for (let j = 0; j < d; j += 2) {
      // Of an odd number of columns the last is its own neighbour.
      const pair = [j, Math.min(j + 1, d - 1)] as const;
      const mean = this.meansOf(pair, part, unit);
      const variance = variancesOf(pair, part, unit, mean);
      for (let at = 0; at < pair[1] - j + 1; at++) {
        const column = j + at;
        const step = mean[at] - means[column];
        means[column] = share === 1 ? mean[at] : means[column] + share * step;
        const between = share === 1 ? 0 : share * (1 - share) * step * step;
        variances[column] += share * (variance[at] - variances[column]) + between;
      }
    }
  }

  /** The means of two columns, about a value of each, so that a column that never changes has its value; notes extremes. */
  private meansOf(pair: Pair, part: Part, unit: number): readonly [number, number] {
    const { least, most } = this.extremes;
    const { columns, from, weights } = part;
    const origin = weights.findIndex((one) => one > 0) + from;
    const [{ values: x, stride: xStep, start: xStart }, { values: y, stride: yStep, start: yStart }] = [
      columns[pair[0]],
      columns[pair[1]],
    ];
    const [xOrigin, yOrigin] = [x[xStart + origin * xStep], y[yStart + origin * yStep]];
    let [xSum, xLeast, xMost] = [0, least[pair[0]], most[pair[0]]];
    let [ySum, yLeast, yMost] = [0, least[pair[1]], most[pair[1]]];
    let [xAt, yAt] = [xStart + from * xStep, yStart + from * yStep];
    for (let row = 0; row < weights.length; row++, xAt += xStep, yAt += yStep) {
      const own = weights[row];
      if (own === 0) continue;
      const share = own * unit;
      const [one, other] = [x[xAt], y[yAt]];
      xSum += share * (one - xOrigin);
      ySum += share * (other - yOrigin);
      if (one < xLeast) xLeast = one;
      if (one > xMost) xMost = one;
      if (other < yLeast) yLeast = other;
      if (other > yMost) yMost = other;
    }
    this.note(pair[0], part, xLeast, xMost);
    this.note(pair[1], part, yLeast, yMost);
    return [xOrigin + xSum, yOrigin + ySum];
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

/** Two columns, which are summed side by side: a sum has to wait for itself. */
type Pair = readonly [number, number];

/** The number within a part of the first row that counts and has this value. */
function rowWith(value: number, { columns, from, weights }: Part, column: number): number {
  const { values, start, stride } = columns[column];
  return weights.findIndex((own, row) => own > 0 && values[start + (from + row) * stride] === value);
}

function variancesOf(
  [j, l]: Pair,
  { columns, from, weights }: Part,
  unit: number,
  [xMean, yMean]: readonly [number, number],
): readonly [number, number] {
  const { values: x, stride: xStep, start: xStart } = columns[j];
  const { values: y, stride: yStep, start: yStart } = columns[l];
  let [xSum, ySum] = [0, 0];
  let [xAt, yAt] = [xStart + from * xStep, yStart + from * yStep];
  for (let row = 0; row < weights.length; row++, xAt += xStep, yAt += yStep) {
    const own = weights[row];
    if (own === 0) continue; // such a row may be anything, also what has no square
    const share = own * unit;
    const [one, other] = [x[xAt] - xMean, y[yAt] - yMean];
    xSum += share * one * one;
    ySum += share * other * other;
  }
  return [xSum, ySum];
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

  /** Takes its share of rows `from` … `to − 1` of a block. */
  add({ columns, weights }: Columns, from: number, to: number): void {
    const { d, size, values } = this;
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
