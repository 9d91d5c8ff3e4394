import { isMatrix } from '../../kernels/form.js';
import type { Floats, SoleQuadratic } from '../sweep/model.js';

/** What was added to a covariance, where it makes out most of it. */
export interface AddedShare {
  /** Of the variance in the direction where it is most, 0 to 1. */
  readonly share: number;
  /** The columns that have a part in this direction, the one with the largest part first. */
  readonly columns: readonly number[];
}

/** The same of all components: one share each, or the one of the covariance that they share. */
export interface AddedShares {
  readonly shared: boolean;
  readonly shares: readonly AddedShare[];
}

/** A share that is not worth looking at closely. */
const NEGLIGIBLE = 0.01;
/** What a part of the largest part is not named. */
const LEAST_PART = 0.1;
/** Steps of the power method; it is fast where what was added decides one direction. */
const STEPS = 50;

/**
 * How much of covariance `index` was added to its diagonal, `added` `[d]`. This is the largest eigenvalue of R^{½} Σ⁻¹
 * R^{½} with R = diag(added); where the eigenvalues' sum is below 1 %, that sum.
 */
export function addedShare(
  { form, d, whitening }: SoleQuadratic<Floats>,
  index: number,
  added: Float64Array,
): AddedShare {
  const size = isMatrix(form) ? d * d : form === 'diag' ? d : 1;
  const w = whitening.subarray(index * size, (index + 1) * size);
  if (form === 'spherical') return { share: (w[0] ** 2 * sum(added)) / d, columns: bySize(added) };
  const own = added.map((value, j) => value * precision(w, j, d, size));
  if (form === 'diag') return { share: own[largestOf(own)], columns: [largestOf(own)] };
  if (sum(own) < NEGLIGIBLE) return { share: sum(own), columns: bySize(own) };
  const root = added.map(Math.sqrt);
  let v = own.map(Math.sqrt);
  let share = 0;
  for (let step = 0; step < STEPS; step++) {
    const length = Math.sqrt(sum(v.map((value) => value * value)));
    v = v.map((value) => value / length);
    const z = new Float64Array(d); // Wᵀ R^{½} v
    for (let i = 0; i < d; i++) for (let c = i; c < d; c++) z[c] += w[i * d + c] * root[i] * v[i];
    share = sum(z.map((value) => value * value));
    v = v.map((_, i) => {
      let product = 0;
      for (let c = i; c < d; c++) product += w[i * d + c] * z[c];
      return root[i] * product;
    });
  }
  return { share, columns: bySize(v.map(Math.abs)) };
}

/** (Σ⁻¹)_jj: the inverse of the variance of a column given all others. */
function precision(w: Floats, j: number, d: number, size: number): number {
  if (size === d && d > 1) return w[j] ** 2;
  let total = 0;
  for (let c = j; c < d; c++) total += w[j * d + c] ** 2;
  return total;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Where values are, the largest first, but for those of less than a tenth of it. */
function bySize(values: Float64Array): number[] {
  const least = LEAST_PART * values[largestOf(values)];
  const places = Array.from(values.keys()).filter((j) => values[j] >= least);
  return places.sort((a, b) => values[b] - values[a] || a - b);
}

function largestOf(values: Float64Array): number {
  return values.indexOf(values.reduce((a, b) => Math.max(a, b), -Infinity));
}
