/** An interval of one column, and the pixels it is drawn to. */
export interface Axis {
  readonly domain: readonly [low: number, high: number];
  readonly pixels: readonly [at: number, at: number];
}

/** An ellipse in pixels: half axes, and the angle of the first in degrees. */
export interface ScreenEllipse {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
  readonly angle: number;
}

export function toPixels({ domain: [low, high], pixels: [from, to] }: Axis, value: number): number {
  return from + ((value - low) / (high - low)) * (to - from);
}

/** Where nearly all of the values lie, with a margin; outliers beyond a thousandth on either side have no say. */
export function domainOf(values: Float64Array | Float32Array): [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return [0, 1];
  const last = sorted.length - 1;
  const low = sorted[Math.floor(0.001 * last)];
  const high = sorted[Math.ceil(0.999 * last)];
  const margin = high > low ? 0.06 * (high - low) : 1;
  return [low - margin, high + margin];
}

/** About `count` round numbers within a domain: multiples of 1, 2 or 5 times a power of ten. */
export function ticksOf([low, high]: readonly [number, number], count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const length = Math.max(0, Math.floor(high / step) - first + 1);
  return Array.from({ length }, (_, i) => (first + i) * step);
}

/** A tick's number as short as the step between ticks allows. */
export function tickText(ticks: readonly number[]): (value: number) => string {
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  const digits = Math.min(20, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const format = new Intl.NumberFormat('en', { maximumFractionDigits: digits });
  return (value) => format.format(value).replace('-', '−');
}

/**
 * The points one standard deviation from the centre of a Gaussian's marginal on columns i and j, in pixels: the
 * covariance goes to pixels first, where its axes are taken.
 */
export function ellipseOf(
  mean: readonly number[],
  covariance: readonly (readonly number[])[],
  [i, j]: readonly [number, number],
  [across, up]: readonly [Axis, Axis],
): ScreenEllipse {
  const [sx, sy] = [slope(across), slope(up)];
  const xx = sx * sx * covariance[i][i];
  const xy = sx * sy * covariance[i][j];
  const yy = sy * sy * covariance[j][j];
  const half = Math.hypot((xx - yy) / 2, xy);
  const major = (xx + yy) / 2 + half;
  const minor = major > 0 ? (xx * yy - xy * xy) / major : 0; // without cancellation
  return {
    x: toPixels(across, mean[i]),
    y: toPixels(up, mean[j]),
    rx: Math.sqrt(Math.max(major, 0)),
    ry: Math.sqrt(Math.max(minor, 0)),
    angle: (Math.atan2(2 * xy, xx - yy) * 90) / Math.PI,
  };
}

function slope({ domain: [low, high], pixels: [from, to] }: Axis): number {
  return (to - from) / (high - low);
}
