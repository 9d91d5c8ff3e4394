import { total } from '../../base/numbers.js';
import type { PatternBlock, SortedRows } from './rows.js';
import type { PatternFacts } from './segments.js';

/** Beyond this many scales from 0 squares could leave float64's range. */
const FARTHEST = 1e100;

/** Adds up what is known of all rows as they come. */
export class PatternSums {
  private n = 0;
  private weight = 0;
  private base = 0;
  private far = false;
  /** Σ a x and Σ a over the rows that have a column, `[d]`. */
  private readonly sums: Float64Array;
  private readonly weights: Float64Array;

  constructor(private readonly d: number) {
    this.sums = new Float64Array(d);
    this.weights = new Float64Array(d);
  }

  /** Rows as they come: the order of patterns would round sums otherwise. */
  add({ values, weights }: Pick<PatternBlock, 'values' | 'weights'>): void {
    const { d } = this;
    this.n += weights.length;
    for (let row = 0, at = 0; row < weights.length; row++) {
      for (let j = 0; j < d; j++, at++) {
        const value = values[at];
        if (Number.isNaN(value)) continue;
        this.sums[j] += weights[row] * value;
        this.weights[j] += weights[row];
        this.far ||= Math.abs(value) > FARTHEST;
      }
    }
  }

  /** A segment of these rows. */
  addSegment({ weights, base }: Pick<SortedRows, 'weights' | 'base'>): void {
    this.weight += total(weights);
    if (base) this.base += total(base.map((one, row) => one * weights[row]));
  }

  facts(): PatternFacts {
    const { n, weight, base, far, sums, weights } = this;
    const means = sums.map((sum, j) => (weights[j] > 0 ? sum / weights[j] : 0));
    return { n, totals: { weight, base }, means, far };
  }
}
