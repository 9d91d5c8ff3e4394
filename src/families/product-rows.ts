/** Rows of a product, of which each factor has some columns. */
import type { Filler, Sampler } from './family.js';
import type { PlacedFactor } from './product-factors.js';

/** A function that writes log p(x | θ_k) of a row `[d]` into `[k]`. */
type Density = (row: ArrayLike<number>, into: Float64Array) => void;

/** The sum of the factors' log-densities. */
export function summed(factors: readonly PlacedFactor[], densities: readonly Density[]): Density {
  return (row, into) => {
    const own = new Float64Array(into.length);
    into.fill(0);
    for (const [f, { columns }] of factors.entries()) {
      densities[f](
        Array.from(columns, (column) => row[column]),
        own,
      );
      for (let c = 0; c < into.length; c++) into[c] += own[c];
    }
  };
}

/** Draws the columns of one factor after the other, into rows of d columns. */
export function sampledTogether(factors: readonly PlacedFactor[], samplers: readonly Sampler[], d: number): Sampler {
  return (labels, random, data) => {
    for (const [f, { columns }] of factors.entries()) {
      const own = new Float64Array(labels.length * columns.length);
      samplers[f](labels, random, own);
      for (let row = 0; row < labels.length; row++) {
        columns.forEach((column, j) => (data[row * d + column] = own[row * columns.length + j]));
      }
    }
  };
}

/** Puts into a row what each factor's columns lack. */
export function filledTogether(factors: readonly PlacedFactor[], fillers: readonly Filler[]): Filler {
  return (row, shares) => {
    for (const [f, { columns }] of factors.entries()) {
      const own = Float64Array.from(columns, (column) => row[column]);
      fillers[f](own, shares);
      columns.forEach((column, j) => (row[column] = own[j]));
    }
  };
}
