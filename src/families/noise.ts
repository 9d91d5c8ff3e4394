/**
 * Noise: one more component beside the clusters whose density is the same everywhere. It takes the rows that no cluster
 * explains. Its density is 1 / volume: the product over columns of the range of numbers, of how many counts there are from
 * the least to the largest, of how many levels, of the area of the sphere that directions lie on. Source: Banfield & Raftery
 * 1993, Model-based Gaussian and non-Gaussian clustering.
 */
import { logGamma } from '../base/special/gamma.js';

/** Where the values of a column lie; `sphere`: the columns of a direction, all those of one. */
export type Support = 'numbers' | 'counts' | 'levels' | { readonly sphere: readonly number[] };

/** The least and the largest value of a column. */
export type Range = readonly [low: number, high: number];

/** A density that is the same everywhere, and where rows of it lie. */
export interface Noise {
  /** log p(x) of a row that lacks nothing, nats, per unit of the data; counts and levels have a probability. */
  readonly logDensity: number;
  /** Where values lie, `[d]`: numbers and counts between the two, levels at indices from 0. */
  readonly ranges: readonly Range[];
}

/** Logarithms of the columns' volumes, `[d]`: a constant column has 1, a direction has its area in its first column. */
export function logVolumes(supports: readonly Support[], ranges: readonly Range[]): Float64Array {
  return Float64Array.from(supports, (support, j) => {
    const [low, high] = ranges[j];
    if (typeof support !== 'string') return support.sphere[0] === j ? logArea(support.sphere.length) : 0;
    if (support !== 'numbers') return Math.log(high - low + 1);
    return high > low ? logLength(low, high) : 0;
  });
}

/** log (high − low), also where the difference itself overflows. */
function logLength(low: number, high: number): number {
  return Math.log(high / 2 - low / 2) + Math.LN2;
}

/** The logarithm of the area of the unit sphere in d dimensions, 2 π^{d/2} / Γ(d/2). */
function logArea(d: number): number {
  return Math.LN2 + (d / 2) * Math.log(Math.PI) - logGamma(d / 2);
}

/** Noise over columns of these ranges; `logDensity`: that given instead of 1 / volume. */
export function noiseOver(supports: readonly Support[], ranges: readonly Range[], logDensity?: number): Noise {
  const own = ranges.map((range, j): Range => (typeof supports[j] === 'string' ? range : [-1, 1]));
  const volume = logVolumes(supports, own).reduce((sum, one) => sum + one, 0);
  return { logDensity: logDensity ?? -volume, ranges: own };
}
