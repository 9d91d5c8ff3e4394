/** What is known of a column's values under a distribution, or in data. */
export interface ColumnSummary {
  readonly mean: number;
  readonly variance: number;
}

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

/** The scaling of columns by their means and standard deviations; `common`: one scale for all. */
export function scaledBy(columns: readonly ColumnSummary[], common: boolean): Scaling {
  const [means, variances] = (['mean', 'variance'] as const).map((name) => columns.map((one) => one[name]));
  return toScaling(Float64Array.from(means), Float64Array.from(variances), common);
}

/** The scaling of columns with these means and variances. */
export function toScaling(means: Float64Array, variances: Float64Array, common: boolean): Scaling {
  const largest = variances.reduce((a, b) => Math.max(a, b), 0);
  const scale = variances.map((variance) => powerOfTwo(Math.sqrt(common ? largest : variance)));
  return { shift: means.map((mean, j) => nearMean(mean, scale[j])), scale };
}

/**
 * A number near a mean with so few digits that taking it off data is exact. It has the digits of float32, as data may
 * be float32 already. Far from 0, where that would be many scales off, it is a multiple of a sixteenth of the scale.
 */
export function nearMean(mean: number, scale: number): number {
  const single = Math.fround(mean);
  return Math.abs(single - mean) <= 16 * scale ? single : (Math.round((mean / scale) * 16) / 16) * scale;
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
