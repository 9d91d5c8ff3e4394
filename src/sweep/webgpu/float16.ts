/** What rows in float16 are held to: components wide enough, and values near enough, for its 11 binary digits. */
import { isMatrix } from '../../../kernels/form.js';
import { LARGEST_HALF } from '../../../kernels/webgpu/half.js';
import { InputError } from '../../base/errors.js';
import type { PackedModel, SoleQuadratic } from '../model.js';
import { quadraticOf } from '../quadratic.js';

/** What rounding to float16 takes of a number on average, as a share of it, at the most: a quarter of the last digit's unit. */
const ROUNDING = 2 ** -12;
/** How many times that a component's standard deviation must be. */
const MARGIN = 10;
/** Steps to the largest eigenvalue: it is found to a few percent, from below. */
const STEPS = 12;

const remedy = 'leave rows out, for float32';

/** Throws `InputError('unsupported')` of the first component that is narrower in some direction than float16 resolves where it lies. */
export function requireWide(components: PackedModel): void {
  const quadratic = quadraticOf(components);
  for (let c = 0; c < quadratic.k; c++) {
    const rounding = ROUNDING * Math.sqrt(widestRounding(quadratic, c));
    if (!(rounding * MARGIN > 1)) continue;
    throw new InputError('unsupported', {
      where: 'rows',
      expected: `components at least ${MARGIN} times as wide as float16 rounds their rows`,
      got: `component ${c}, ${(1 / rounding).toFixed(1)} times as wide where it is narrowest`,
      remedy,
    });
  }
}

/** Throws `InputError('value')` for rows of which a value, in standard deviations or so, is beyond float16. */
export function requireNear(farthest: number): void {
  if (farthest <= LARGEST_HALF) return;
  throw new InputError('value', {
    where: 'rows',
    expected: `values at most ${LARGEST_HALF} standard deviations from their columns' means, float16's range`,
    got: `one some ${farthest.toPrecision(2)} away`,
    remedy,
  });
}

/** The largest eigenvalue of D Σ⁻¹ D with the mean on the diagonal of D: how many variances an error as large as the mean may be. */
function widestRounding(model: SoleQuadratic, c: number): number {
  const { form, d, means, whitening } = model;
  const at = (i: number): number => means[c * d + i];
  if (!isMatrix(form)) {
    const width = form === 'spherical' ? 1 : d;
    const ofColumn = (i: number): number => (at(i) * whitening[c * width + (width === 1 ? 0 : i)]) ** 2;
    return Math.max(0, ...Array.from({ length: d }, (_, i) => ofColumn(i)));
  }
  const from = form === 'tied' ? 0 : c * d * d;
  const scaled = Float64Array.from(
    { length: d * d },
    (_, index) => at(Math.floor(index / d)) * whitening[from + index],
  );
  const sum = scaled.reduce((total, value) => total + value * value, 0); // at least the largest
  return sum * (ROUNDING * MARGIN) ** 2 <= 1 ? sum : largestSquare(scaled, d);
}

/** The largest eigenvalue of A Aᵀ, A `[d, d]`, by power iteration from its longest row. */
function largestSquare(a: Float64Array, d: number): number {
  const row = (i: number): Float64Array => a.subarray(i * d, (i + 1) * d);
  const rows = Array.from({ length: d }, (_, i) => row(i));
  let z = rows.reduce((longest, one) => (dot(one, one) > dot(longest, longest) ? one : longest));
  let largest = 0;
  for (let step = 0; step < STEPS; step++) {
    const length = Math.sqrt(dot(z, z));
    const along = rows.map((one) => dot(one, z) / length);
    largest = dot(along, along);
    const next = new Float64Array(d);
    for (const [i, one] of rows.entries()) for (let j = 0; j < d; j++) next[j] += along[i] * one[j];
    z = next;
  }
  return largest;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
