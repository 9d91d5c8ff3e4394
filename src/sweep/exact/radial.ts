/**
 * What a Student-t term makes of squared distances q, in float64. With e the number of columns that a row has,
 * log p = … − (ν + e)/2 · log(1 + q / ν), and sums of the row are weighted by u = (ν + e)/(ν + q) besides.
 */
import type { Floats, QuadraticTerm } from '../model.js';

/** What the term says of one row, `[k]` each. Arrays are valid until the next row. */
export interface ExactRadial {
  /** √u of distances that were divided by `shrink`: u z zᵀ has its digits, however far the row is. */
  readonly roots: Float64Array;
  /** log u − u. */
  readonly logarithms: Float64Array;
}

/** A Student-t term by its components' degrees of freedom; undefined of a Gaussian one. */
export function exactRadial({ radial, degrees }: QuadraticTerm<Floats>, k: number): StudentRadial | undefined {
  if (radial === undefined) return undefined;
  if (degrees?.length !== k) throw new RangeError(`degrees of freedom of ${k} components were expected`);
  return new StudentRadial(degrees);
}

class StudentRadial implements ExactRadial {
  readonly roots: Float64Array;
  readonly logarithms: Float64Array;

  constructor(private readonly degrees: Float64Array) {
    this.roots = new Float64Array(degrees.length);
    this.logarithms = new Float64Array(degrees.length);
  }

  /**
   * Twice what the term takes off component c's log-density, given e columns at the squared distance q · shrink², which may
   * be more than float64 holds. Keeps what sums need.
   */
  of(c: number, e: number, q: number, shrink: number): number {
    const nu = this.degrees[c];
    const squared = q * shrink * shrink;
    if (nu === Infinity) {
      this.roots[c] = 1;
      this.logarithms[c] = -1;
      return squared;
    }
    const logarithm = squared < Infinity ? Math.log1p(squared / nu) : Math.log(q / nu) + 2 * Math.log(shrink);
    // Of z / shrink: u shrink² = (ν + e) / (ν / shrink² + q).
    this.roots[c] = Math.sqrt((nu + e) / (nu / shrink / shrink + q));
    this.logarithms[c] = Math.log1p(e / nu) - logarithm - (this.roots[c] / shrink) ** 2;
    return (nu + e) * logarithm;
  }
}
