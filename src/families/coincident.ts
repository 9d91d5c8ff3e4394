import { isMatrix } from '../../kernels/form.js';
import { soleQuadratic, type Floats, type PackedModel, type SoleQuadratic } from '../sweep/model.js';

/** Jeffreys' divergence below which two components are one: a tenth of a standard deviation apart, were they alike. */
const ALIKE = 0.01;

/**
 * Components that coincide, as groups of two or more: Jeffreys' divergence KL(p|q) + KL(q|p) of each from the first of its
 * group is below .01. Pairs that are not alike mostly show it in a column or two: O(k² + k d²) where few coincide.
 */
export function coincidentGroups(model: PackedModel<Floats>): number[][] {
  const packed = soleQuadratic(model);
  const groups: number[][] = [];
  const precisions = conditionalPrecisions(packed);
  for (let component = 0; component < packed.k; component++) {
    const own = groups.find(([first]) => alike(packed, precisions, first, component));
    if (own) own.push(component);
    else groups.push([component]);
  }
  return groups.filter(({ length }) => length > 1);
}

function alike(packed: SoleQuadratic<Floats>, precisions: Float64Array, one: number, other: number): boolean {
  const { form, d } = packed;
  const apart = (distance(packed, one, other, one) + distance(packed, one, other, other)) / 2;
  if (!(apart < ALIKE)) return false;
  if (form === 'tied') return true;
  // By the chain rule, the divergence is no less than that of a column given the others.
  let separate = 0;
  let largest = 0;
  for (let j = 0; j < d; j++) {
    const bent = unlike(precisions[one * d + j] / precisions[other * d + j]);
    separate += bent;
    largest = Math.max(largest, bent);
  }
  if (!isMatrix(form)) return apart + separate < ALIKE;
  if (apart + largest >= ALIKE) return false;
  const [a, b] = [one, other].map((index) => packed.whitening.subarray(index * d * d, (index + 1) * d * d));
  return apart + (quotientSquared(a, b, d) + quotientSquared(b, a, d)) / 2 - d < ALIKE;
}

/** Jeffreys' divergence of two centred normals in one dimension, of the ratio of their variances. */
function unlike(ratio: number): number {
  return (ratio + 1 / ratio) / 2 - 1;
}

/** ‖(μ_one − μ_other) W_by‖², or part of it that is more than twice what counts as alike. */
function distance(
  { form, d, means, whitening }: SoleQuadratic<Floats>,
  one: number,
  other: number,
  by: number,
): number {
  const delta = (j: number): number => means[one * d + j] - means[other * d + j];
  let sum = 0;
  for (let c = 0; c < d && sum < 2 * ALIKE; c++) {
    if (form === 'diag') sum += (delta(c) * whitening[by * d + c]) ** 2;
    else if (form === 'spherical') sum += (delta(c) * whitening[by]) ** 2;
    else {
      const from = form === 'full' ? by * d * d : 0;
      let z = 0;
      for (let i = 0; i <= c; i++) z += delta(i) * whitening[from + i * d + c]; // W is upper triangular
      sum += z * z;
    }
  }
  return sum;
}

/** Of every component and column the inverse of its variance given all others, `[k, d]`; nothing of a tied covariance. */
function conditionalPrecisions({ form, k, d, whitening }: SoleQuadratic<Floats>): Float64Array {
  const precisions = new Float64Array(form === 'tied' ? 0 : k * d);
  if (form === 'diag') return precisions.map((_, at) => whitening[at] ** 2);
  if (form === 'spherical') return precisions.map((_, at) => whitening[Math.floor(at / d)] ** 2);
  return precisions.map((_, at) => {
    let sum = 0;
    for (let c = at % d; c < d; c++) sum += whitening[at * d + c] ** 2;
    return sum;
  });
}

/** ‖A⁻¹ B‖² of upper triangular matrices: tr(Σ_a Σ_b⁻¹) where these are whitening factors. */
function quotientSquared(a: Floats, b: Floats, d: number): number {
  const column = new Float64Array(d);
  let sum = 0;
  for (let c = 0; c < d; c++) {
    for (let i = c; i >= 0; i--) {
      let rest = b[i * d + c];
      for (let p = i + 1; p <= c; p++) rest -= a[i * d + p] * column[p];
      column[i] = rest / a[i * d + i];
      sum += column[i] ** 2;
    }
  }
  return sum;
}
