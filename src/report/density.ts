import type { LogDensity } from '../families/marginals.js';

/** An interval of the axis. */
export type Interval = readonly [low: number, high: number];

/** A weighted univariate distribution: w · N(mean, scale²), scale a standard deviation in data units, or w · p. */
export interface Bump {
  readonly weight: number;
  readonly mean: number;
  readonly scale: number;
  /** log p(x) of what is no Gaussian. */
  readonly logDensity?: LogDensity;
}

/** w · N(x | mean, scale²) or w · p(x), per data unit; a bump without width has no density and counts as 0. */
export function density(x: number, { weight, mean, scale, logDensity }: Bump): number {
  if (!(scale > 0)) return 0;
  if (logDensity) return weight > 0 ? weight * Math.exp(logDensity(x)) : 0;
  const z = (x - mean) / scale;
  return (weight * Math.exp(-0.5 * z * z)) / (scale * Math.sqrt(2 * Math.PI));
}

/** Σ_k w_k N(x | mean_k, scale_k²), per data unit. */
export function mixtureDensity(x: number, bumps: readonly Bump[]): number {
  return bumps.reduce((sum, bump) => sum + density(x, bump), 0);
}

/**
 * Where to evaluate a density so that straight lines between the points follow it. An even grid covers the interval,
 * and points within ±4 scales of each bump keep the grid from stepping over narrow ones. Sorted, distinct.
 */
export function densityGrid(interval: Interval, bumps: readonly Bump[], even = 160): number[] {
  const [low, high] = interval;
  const step = (high - low) / even;
  const grid = Array.from({ length: even + 1 }, (_, i) => low + i * step);
  for (const { mean, scale } of bumps) {
    if (!(scale > 0) || scale > 6 * step) continue; // the even grid follows it
    for (let z = -4; z <= 4; z += 0.25) grid.push(mean + z * scale);
  }
  const fine = step / 16; // nearer points look the same
  const distinct = new Map(grid.filter((x) => x >= low && x <= high).map((x) => [Math.round(x / fine), x]));
  return [...distinct.values()].sort((a, b) => a - b);
}

/** A bar of a histogram: density `height` on [low, high). */
export interface Bar {
  readonly low: number;
  readonly high: number;
  readonly height: number;
}

/** What decides the bars of a histogram beside its values. */
export interface Binning {
  /** The densities that are drawn over it. */
  readonly bumps?: readonly Bump[];
  /** At most so many bins. */
  readonly most?: number;
}

/**
 * Histogram of the values inside the interval, on the density scale of all values: bars × widths sum to the weight
 * share inside. Bin width by Freedman and Diaconis (1981), 2·IQR·n^(−1/3), or where that is less, half a standard
 * deviation of the narrow components. Of many clusters the quartiles say how far they lie apart, not how wide they are.
 * Values that are missing, NaN, don't count.
 */
export function histogram(
  values: Float64Array,
  interval: Interval,
  weights?: ArrayLike<number>,
  binning: Binning = {},
): Bar[] {
  const [low, high] = interval;
  const bins = binCount(values.filter((x) => !Number.isNaN(x)).sort(), high - low, binning);
  const width = (high - low) / bins;
  const mass = new Float64Array(bins);
  let total = 0;
  values.forEach((x, i) => {
    if (Number.isNaN(x)) return;
    const weight = weights?.[i] ?? 1;
    total += weight;
    if (x >= low && x <= high) mass[Math.min(bins - 1, Math.floor((x - low) / width))] += weight;
  });
  return Array.from(mass, (m, i) => ({
    low: low + i * width,
    high: low + (i + 1) * width,
    height: total > 0 ? m / (total * width) : 0,
  }));
}

/** Between 12 bins and `most`, but no more than there are values for: some 20 to a bin on average. */
function binCount(sorted: Float64Array, width: number, { bumps = [], most = 72 }: Binning): number {
  const n = Math.max(sorted.length, 1);
  const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  const widths = [(2 * spread) / Math.cbrt(n), narrowScale(bumps) / 2].filter((w) => w > 0);
  if (widths.length === 0) return 24;
  const limit = Math.max(Math.min(72, most), Math.min(most, n / 20));
  return Math.floor(Math.min(limit, Math.max(12, Math.ceil(width / Math.min(...widths)))));
}

/** The scale than which components of a fifth of the weight are narrower; 0 where there are none. */
function narrowScale(bumps: readonly Bump[]): number {
  const rising = bumps.filter(({ scale, weight }) => scale > 0 && weight > 0).sort((a, b) => a.scale - b.scale);
  const total = rising.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  return rising.find(({ weight }) => (below += weight) >= total / 5)?.scale ?? 0;
}

/** The q-quantile of sorted values, linear between them; NaN when there are none. */
export function quantile(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) return NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
