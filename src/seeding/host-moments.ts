import { isMatrix } from '../../kernels/form.js';
import { addStatistics } from '../sweep/exact/plan.js';
import type { GivenSums } from '../sweep/exact/given.js';
import type { PackedModel, SoleQuadratic } from '../sweep/model.js';
import { emptyMoments, type Moments, type QuadraticMoments } from '../sweep/moments.js';

/** Moments of no rows yet, about the means of a model, to which rows are added whose responsibilities are given. */
export function hostMoments(packed: PackedModel): Moments {
  // Rows that are told their components have the same say in these, however far out they are.
  const plain = { ...packed, quadratic: packed.quadratic.map(({ form, d }) => ({ form, d })) };
  return emptyMoments(plain, { frame: 'differences' });
}

/** Sums of rows that lack nothing. */
export function hostSums(packed: PackedModel, d: number): GivenSums {
  const moments = hostMoments(packed);
  return {
    add: (values, from, weight, shares) => addRow(moments, packed, values.subarray(from, from + d), weight, shares),
    finish: () => moments,
  };
}

/** Adds a row `[d]` with its weight and its shares `[k]`. */
export function addRow(
  moments: Moments,
  { k, quadratic, linear }: PackedModel,
  x: Float64Array,
  weight: number,
  shares: Float64Array,
): void {
  const { mass, linear: sums } = moments;
  moments.weight += weight;
  let first = 0;
  for (const [q, term] of quadratic.entries()) {
    addSquares(moments.quadratic[q], { k, ...term }, x.subarray(first, first + term.d), weight, shares);
    first += term.d;
  }
  for (let c = 0; c < k; c++) {
    mass[c] += weight * shares[c];
    if (linear && sums && shares[c] > 0) addStatistics(linear, sums, c, x, first, weight * shares[c]);
  }
}

/** Sums of differences from the means. */
function addSquares(
  { first, second }: QuadraticMoments,
  { form, k, d, means }: SoleQuadratic,
  x: Float64Array,
  weight: number,
  shares: Float64Array,
): void {
  const difference = new Float64Array(d);
  for (let c = 0; c < k; c++) {
    const own = weight * shares[c];
    if (own === 0) continue;
    for (let j = 0; j < d; j++) first[c * d + j] += own * (difference[j] = x[j] - means[c * d + j]);
    if (!isMatrix(form)) {
      for (let j = 0; j < d; j++) second[c * d + j] += own * difference[j] ** 2;
      continue;
    }
    const from = form === 'tied' ? 0 : c * d * d;
    for (let i = 0, at = from; i < d; i++) {
      const scaled = own * difference[i];
      for (let j = 0; j < d; j++, at++) second[at] += scaled * difference[j];
    }
  }
}
