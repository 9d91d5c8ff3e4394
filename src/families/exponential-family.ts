import type { Rule } from '../base/check.js';
import type { Support } from './noise.js';
import type { ColumnSummary } from './components.js';

/**
 * A distribution of one or several columns with p(x | θ) = h(x) exp(⟨η(θ), T(x)⟩ − A(θ)). All that EM needs of its rows are
 * means of T: E T = mean is the equation of maximum likelihood. Everything is float64; logarithms are nats.
 */
export interface ExponentialFamily {
  readonly name: string;
  /** Columns of a row that it is a distribution of. */
  readonly columns: number;
  /** What values of the columns must be. */
  readonly domain: Rule;
  /** What values of the columns are where these are no numbers of a range. */
  readonly support?: Support;
  /** The parameters of one component, as they follow each other in θ: their names, and how many numbers each has. */
  readonly parameters: Readonly<Record<string, number>>;
  /** How many of these numbers are free. */
  readonly free: number;
  /** Length of T and η. */
  readonly width: number;
  /** Whether T(x) = x. */
  readonly plain?: true;
  /** Of one column whose T(x) is a unit vector: its length, and `level` the index of the 1, −1 of what is no level. */
  readonly levels?: number;
  level?(x: number | string): number;
  /** Whether values may be missing: NaN. */
  readonly gaps?: boolean;
  /** Writes T(x), `[width]`, of a row `[columns]` in the domain. */
  statistic(x: Float64Array, into: Float64Array): void;
  /** log h(x). */
  logBase(x: Float64Array): number;
  /** Writes η(θ), `[width]`, all finite; returns A(θ). */
  natural(theta: Float64Array, into: Float64Array): number;
  /** The θ of maximum likelihood for rows whose T have this mean, `[width]`. */
  fit(mean: Float64Array): Float64Array;
  /** E T under θ, `[width]`. */
  expectation(theta: Float64Array): Float64Array;
  /** Variances of T under θ, `[width]`. */
  variance(theta: Float64Array): Float64Array;
  /** Mean and variance of the column under θ, of a distribution of one column whose T(x) is not x. */
  readonly summary?: ((theta: Float64Array) => ColumnSummary) | undefined;
}

/** log h of distributions that have none. */
export const noBase = (): number => 0;

/** Logarithms of probabilities and rates below this are taken of this, so that η is finite. Parameters may be 0. */
const LEAST = 1e-12;

/** log p, of no less than 1e-12. */
export function logOf(p: number): number {
  return Math.log(Math.max(p, LEAST));
}

/** A function that gives log p(x | θ) of rows `[columns]`. */
export function logDensity(family: ExponentialFamily, theta: Float64Array): (x: Float64Array) => number {
  const eta = new Float64Array(family.width);
  const statistic = new Float64Array(family.width);
  const normalizer = family.natural(theta, eta);
  return (x) => {
    family.statistic(x, statistic);
    return product(eta, statistic) - normalizer + family.logBase(x);
  };
}

/** KL(p | q) = ⟨η_p − η_q, E_p T⟩ − A(p) + A(q), of two distributions of one family. */
export function divergence(family: ExponentialFamily, p: Float64Array, q: Float64Array): number {
  const [own, other] = [new Float64Array(family.width), new Float64Array(family.width)];
  const normalizers = family.natural(q, other) - family.natural(p, own);
  return (
    product(
      own.map((value, j) => value - other[j]),
      family.expectation(p),
    ) + normalizers
  );
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}
