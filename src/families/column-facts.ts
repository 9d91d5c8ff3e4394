/** From here on no rule asks how many distinct values there are: so many stand for more. */
export const MOST_DISTINCT = 4097;

/** What a column is like, its missing values left out. */
export type ColumnFacts = LevelFacts | NumberFacts;

interface AnyFacts {
  readonly name: string;
  /** How many values there are, and the share of rows that lack one. */
  readonly values: number;
  readonly missing: number;
  /** Distinct values, counted up to `MOST_DISTINCT`. */
  readonly distinct: number;
}

/** Of text, of a dictionary's entries, or of true and false. */
export interface LevelFacts extends AnyFacts {
  readonly kind: 'text' | 'boolean';
}

/** Of numbers; moments are divided by the number of values. */
export interface NumberFacts extends AnyFacts {
  readonly kind: 'number';
  /** Whether all are whole. */
  readonly whole: boolean;
  /** The greatest common divisor of whole numbers; 0 of zeros alone, and of others nothing. */
  readonly step: number;
  /** How many values are 0. */
  readonly zeros: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly variance: number;
  /** Third central moment / variance^{3/2}; 0 where all are alike. */
  readonly skewness: number;
  /** Mean and variance of the logarithms, where all values are > 0. */
  readonly logs?: { readonly mean: number; readonly variance: number };
}

/** Takes the values of a column as they come, NaN where one is missing, and tells what they are like. */
export class NumberTally {
  private missing = 0;
  private whole = true;
  private step = 0;
  private zeros = 0;
  private readonly seen = new Set<number>();
  private readonly values = new Sums();
  private readonly logs = new Sums();

  add(values: Iterable<number>): void {
    for (const value of values) {
      if (Number.isNaN(value)) {
        this.missing++;
        continue;
      }
      this.whole &&= Number.isInteger(value);
      if (this.whole && this.step !== 1) this.step = commonDivisor(Math.abs(value), this.step);
      if (value === 0) this.zeros++;
      if (this.seen.size < MOST_DISTINCT) this.seen.add(value);
      this.values.add(value);
      if (this.values.min > 0) this.logs.add(Math.log(value));
    }
  }

  facts(name: string): NumberFacts {
    const { count, min, max, mean, variance, skewness } = this.values;
    const rows = count + this.missing;
    return {
      kind: 'number',
      name,
      values: count,
      missing: rows > 0 ? this.missing / rows : 0,
      distinct: this.seen.size,
      whole: this.whole,
      step: this.step,
      zeros: this.zeros,
      min,
      max,
      mean,
      variance,
      skewness,
      ...(min > 0 && { logs: { mean: this.logs.mean, variance: this.logs.variance } }),
    };
  }
}

/** The greatest common divisor of two whole numbers ≥ 0 (Euclid). */
function commonDivisor(one: number, other: number): number {
  let [large, small] = [one, other];
  while (small > 0) [large, small] = [small, large % small];
  return large;
}

/** Central moments, one value after the other (Pébay, Formulas for robust, one-pass parallel computation, 2008). */
class Sums {
  count = 0;
  min = Infinity;
  max = -Infinity;
  mean = 0;
  private second = 0;
  private third = 0;

  add(value: number): void {
    const before = this.count++;
    const step = (value - this.mean) / this.count;
    const added = step * (value - this.mean) * before;
    this.third += added * step * (before - 1) - 3 * step * this.second;
    this.second += added;
    this.mean += step;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
  }

  get variance(): number {
    return this.count > 0 ? this.second / this.count : 0;
  }

  get skewness(): number {
    return this.variance > 0 ? this.third / this.count / this.variance ** 1.5 : 0;
  }
}
