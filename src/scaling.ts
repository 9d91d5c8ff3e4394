/**
 * Where a fit computes: y = (x − shift) / scale per column, in float64 before anything becomes float32.
 * Scales are powers of two, so that scaling itself never rounds.
 */
export interface Scaling {
  /** A point near the mean, `[d]`, in the data's units. */
  readonly shift: Float64Array;
  /** About one standard deviation, `[d]`, in the data's units. */
  readonly scale: Float64Array;
}

/**
 * The scaling of rows `[n, d]`: their weighted mean and standard deviations; `common`: one scale for all columns.
 * Rows of weight 0 have no say, unless all are.
 */
export function scalingOf(values: ArrayLike<number>, d: number, common: boolean, weights?: ArrayLike<number>): Scaling {
  const n = values.length / d;
  const total = weights ? Array.from(weights).reduce((sum, weight) => sum + weight, 0) : 0;
  const share = (row: number): number => (weights && total > 0 ? weights[row] / total : 1 / n);
  const counted = Array.from({ length: n }, (_, row) => row).filter((row) => share(row) > 0);
  const shift = new Float64Array(d);
  const spread = new Float64Array(d);
  for (let j = 0; j < d; j++) {
    // About one of the rows, so that the mean of a column that never changes is exactly its value.
    const origin = values[counted[0] * d + j];
    for (const row of counted) shift[j] += share(row) * (values[row * d + j] - origin);
    shift[j] += origin;
    for (const row of counted) spread[j] += share(row) * (values[row * d + j] - shift[j]) ** 2;
  }
  return toScaling(shift, spread, common);
}

/** The scaling of columns with these means and variances. */
export function toScaling(means: Float64Array, variances: Float64Array, common: boolean): Scaling {
  const largest = variances.reduce((a, b) => Math.max(a, b), 0);
  return {
    // Rounded to float32, so that taking it off data that are float32 already is exact.
    shift: Float64Array.from(means, Math.fround),
    scale: variances.map((variance) => powerOfTwo(Math.sqrt(common ? largest : variance))),
  };
}

/** The power of two nearest to a length; 1 for zero. */
export function powerOfTwo(length: number): number {
  return length > 0 && Number.isFinite(length)
    ? 2 ** Math.max(-1000, Math.min(1000, Math.round(Math.log2(length))))
    : 1;
}

/** log |det| of y ↦ x: what a log-density in scaled coordinates exceeds the one in the data's units by, nats. */
export function logVolume({ scale }: Scaling): number {
  return scale.reduce((sum, factor) => sum + Math.log(factor), 0);
}
