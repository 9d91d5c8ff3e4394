/**
 * Sums of terms without matrices over rows that may lack columns. Given the component columns are independent there, so that a
 * column is estimated by the rows that have it (Little & Rubin, Statistical Analysis with Missing Data, 11.2): not of a shard
 * but of all of them, so that sums are brought to all rows once they have been added.
 */
import type { PackedShape, QuadraticShape } from './model.js';
import type { Moments, QuadraticMoments } from './moments.js';

/** A share of a component's mass that is none but for rounding. */
const NOTHING = 1e-12;

/** Moments of all rows, of sums that are added up: no term has `missing`. */
export function completed(moments: Moments, { quadratic: shapes }: PackedShape): Moments {
  const { mass } = moments;
  const quadratic = moments.quadratic.map(({ missing, ...term }, q): QuadraticMoments => {
    if (missing?.some((one) => one > 0)) toAllRows(term, shapes[q], mass, missing);
    return term;
  });
  return { ...moments, quadratic };
}

/** In place, of sums over the rows that have a column: what they would be if all rows of the component had its mean and variance. */
function toAllRows(
  { first, second }: QuadraticMoments,
  { form, d }: QuadraticShape,
  mass: Float64Array,
  missing: Float64Array,
): void {
  for (let c = 0; c < mass.length; c++) {
    const seen = missing.subarray(c * d, (c + 1) * d).map((own) => mass[c] - own);
    const there = (j: number): boolean => seen[j] > NOTHING * mass[c];
    const shifts = seen.map((own, j) => (there(j) ? first[c * d + j] / own : 0));
    // A column that no row of the component has keeps its variance: 1, as it is whitened.
    const scatters = seen.map((own, j) => (there(j) ? second[c * d + j] - own * shifts[j] ** 2 : mass[c]));
    const counts = seen.map((own, j) => (there(j) ? own : mass[c]));
    const pooled = total(scatters) / total(counts);
    for (let j = 0; j < d; j++) {
      const variance = form === 'spherical' ? pooled : scatters[j] / counts[j];
      first[c * d + j] = mass[c] * shifts[j];
      second[c * d + j] = mass[c] > 0 ? mass[c] * (shifts[j] ** 2 + variance) : 0;
    }
  }
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
