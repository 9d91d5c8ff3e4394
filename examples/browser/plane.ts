/** An interval of one column, and the pixels it is drawn to. */
export interface Axis {
  readonly domain: Domain;
  readonly pixels: readonly [at: number, at: number];
}

export type Domain = readonly [low: number, high: number];

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
  const xx = sx * covariance[i][i] * sx; // in this order no product leaves what numbers can hold
  const xy = sx * covariance[i][j] * sy;
  const yy = sy * covariance[j][j] * sy;
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
