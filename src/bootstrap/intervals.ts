/** What the bootstrap says of a number. */
export interface Interval {
  /** Its value of the mixture. */
  readonly estimate: number;
  /** The standard deviation of the replicates' values. */
  readonly standardError: number;
  /** Ends of the percentile interval. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * Standard error and percentile interval of the values that replicates have of a number: the quantiles (1 ± level) / 2
 * (Efron & Tibshirani 1993, An introduction to the bootstrap, ch. 6 and sec. 13.3).
 */
export function intervalOf(estimate: number, values: readonly number[], level: number): Interval {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const sorted = Float64Array.from(values).sort();
  return {
    estimate,
    standardError: Math.sqrt(squares / (values.length - 1)),
    lower: quantile(sorted, (1 - level) / 2),
    upper: quantile(sorted, (1 + level) / 2),
  };
}

/** A quantile of rising values, between two of them by their distance (Hyndman & Fan 1996, definition 7). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [Math.floor(place), Math.ceil(place)];
  return below === above ? sorted[below] : sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
