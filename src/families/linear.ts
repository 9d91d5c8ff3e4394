/**
 * Exponential families as a linear term. A row is cut into blocks, each a family's and independent of the others given the
 * component. Its statistics are T of each block, in their order. With gaps, which are missing at random, they are m T and
 * m of each. m is 0 where a value of the block is missing, else 1; its coefficient is −A.
 */
import type { PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { ExponentialFamily } from './exponential-family.js';

/** Families of consecutive columns, and whether values may be missing. */
export interface Blocks {
  readonly families: readonly ExponentialFamily[];
  readonly gaps: boolean;
}

/** Rows as a linear term reads them. */
export interface Statistics {
  /** Row-major `[rows, width]`. */
  readonly values: Float64Array;
  /** log h(x), `[rows]`, nats. */
  readonly base: Float64Array;
}

/** Length of a row's statistics. */
export function linearWidth({ families, gaps }: Blocks): number {
  return families.reduce((sum, { width }) => sum + width + (gaps ? 1 : 0), 0);
}

/** Statistics of rows `[rows, columns]` in the families' domains; NaN where a value is missing. */
export function statisticsOf(blocks: Blocks, data: Float64Array, rows: number): Statistics {
  const width = linearWidth(blocks);
  const values = new Float64Array(rows * width);
  const base = new Float64Array(rows);
  let [from, to] = [0, 0];
  for (let row = 0; row < rows; row++) {
    for (const family of blocks.families) {
      const x = data.subarray(from, (from += family.columns));
      const there = !x.some(Number.isNaN);
      if (there) {
        family.statistic(x, values.subarray(to, to + family.width));
        base[row] += family.logBase(x);
      }
      to += family.width;
      if (blocks.gaps) values[to++] = Number(there);
    }
  }
  return { values, base };
}

/** Components packed for sweeps in float64; θ by family and component. */
export function linearModel(blocks: Blocks, thetas: readonly (readonly Float64Array[])[]): PackedModel<Float64Array> {
  const { families, gaps } = blocks;
  const k = thetas[0].length;
  const width = linearWidth(blocks);
  const natural = new Float64Array(k * width);
  const logNormalizers = new Float64Array(k);
  for (let c = 0, to = 0; c < k; c++) {
    for (const [b, family] of families.entries()) {
      const normalizer = family.natural(thetas[b][c], natural.subarray(to, to + family.width));
      to += family.width;
      if (gaps) natural[to++] = -normalizer;
      else logNormalizers[c] -= normalizer;
    }
  }
  return { k, logNormalizers, quadratic: [], linear: { dense: width, levels: [], natural } };
}

/**
 * The θ of maximum likelihood by family and component, given the moments of a sweep. Of a component without rows, those
 * of the mean of all rows.
 */
export function linearEstimate(blocks: Blocks, { mass, linear }: Moments): Float64Array[][] {
  const { families, gaps } = blocks;
  const width = linearWidth(blocks);
  const k = mass.length;
  const sums = linear ?? new Float64Array(k * width);
  let first = 0;
  return families.map((family) => {
    const begin = first;
    first += family.width + (gaps ? 1 : 0);
    const own = Array.from({ length: k }, (_, c) => sums.subarray(c * width + begin, c * width + first));
    const masses = own.map((one, c) => (gaps ? one[family.width] : mass[c]));
    return own.map((one, c) => {
      const [total, divisor] = masses[c] > 0 ? [one, masses[c]] : [added(own), added(masses.map((m) => [m]))[0]];
      return family.fit(Float64Array.from(total.subarray(0, family.width), (sum) => sum / divisor));
    });
  });
}

function added(arrays: readonly ArrayLike<number>[]): Float64Array {
  const sum = new Float64Array(arrays[0].length);
  for (const one of arrays) for (let j = 0; j < sum.length; j++) sum[j] += one[j];
  return sum;
}
