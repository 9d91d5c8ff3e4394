/** Means of statistics, of which exponential families are estimated. */
import { total } from '../base/numbers.js';
import type { Floats, LinearShape, LinearTerm, PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import { priorOf, type Prior } from './prior.js';

/** What a start keeps of its clusters; the rest is spread evenly over all, so that no probability begins, and stays, at 0. */
const KEPT = 0.8;
/** A share of a component's rows that is none but for rounding. */
const NOTHING = 1e-6;

/** Sums of statistics, and what their rows weigh. */
type Sums = Pick<Moments, 'mass' | 'weight' | 'linear'>;

/**
 * Means of the statistics by component, `[k, width]`: of maximum likelihood, or drawn to the mean of all rows by a prior. Of
 * a component without rows, that mean.
 */
export function meanStatistics(
  { mass, weight, linear: sums = new Float64Array() }: Sums,
  { k, linear }: PackedModel<Floats>,
  masks: readonly number[] | undefined,
  prior: Prior | undefined,
  keptByStart = KEPT,
): Float64Array {
  const width = sums.length / k;
  const { dense = 0, held } = linear ?? {};
  const all = total(mass);
  const pool = pooledMeans(sums, all, k);
  const { kept, share, to } = drawn(prior, keptByStart, pool);
  const means = new Float64Array(k * width);
  for (let c = 0, at = 0; c < k; c++) {
    const rows = kept * mass[c] + ((1 - kept) / k) * all + share * weight;
    for (let j = 0; j < width; j++, at++) {
      const own = kept * sums[at] + ((1 - kept) / k) * all * pool[j] + share * weight * to[j];
      means[at] = unheld(rows > 0 ? own / rows : to[j], j, dense, held);
    }
  }
  if (masks)
    fillEmpty(
      means,
      to.map((mean, j) => unheld(mean, j, dense, held)),
      masks,
      { dense, levels: linear?.levels ?? [] },
    );
  return means;
}

/** The mean of the statistics over all rows, `[width]`. */
export function pooledMeans(sums: Float64Array, all: number, k: number): Float64Array {
  const width = sums.length / k;
  const pool = new Float64Array(width);
  for (let c = 0, at = 0; c < k; c++) for (let j = 0; j < width; j++) pool[j] += sums[at++] / all;
  return pool;
}

/** A mean of statistics as it is before these are shifted and scaled. */
export function unheld(mean: number, j: number, dense: number, held: Held | undefined): number {
  return held && j < dense ? held.shift[j] + held.scale[j] * mean : mean;
}

type Held = NonNullable<LinearTerm<Floats>['held']>;

/** A component all of whose rows lack a column has that of the mean of all rows. */
function fillEmpty(
  means: Float64Array,
  pool: Float64Array,
  masks: readonly number[],
  { dense, levels }: LinearShape,
): void {
  const width = pool.length;
  for (let from = 0; from < means.length; from += width) {
    const own = means.subarray(from, from + width);
    const empty = masks.map((mask, j) => own[mask < 0 ? j : mask] < NOTHING);
    empty.forEach((one, j) => {
      if (one) own[j] = pool[j];
    });
    let at = dense;
    for (const count of levels) {
      if (total(own.subarray(at, at + count)) < NOTHING) own.set(pool.subarray(at, at + count), at);
      at += count;
    }
  }
}

/** What a prior keeps of a component's own rows, and how much it adds, as a share of all rows, of rows of which mean. */
function drawn(
  prior: Prior | undefined,
  keptByStart: number,
  pool: Float64Array,
): { readonly kept: number; readonly share: number; readonly to: Float64Array } {
  if (!prior) return { kept: 1, share: 0, to: pool };
  if (prior.kind === 'pool') return { kept: keptByStart, share: prior.share, to: pool };
  const { rows, n, means } = priorOf(prior, 'rows');
  return { kept: 1, share: rows / n, to: means };
}
