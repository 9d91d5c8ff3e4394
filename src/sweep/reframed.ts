/** Moments by one model as those by another: what rows that are read no more were, seen from where components are now. */
import { isMatrix } from '../../kernels/form.js';
import { whitened } from './frames.js';
import type { Floats, PackedModel, QuadraticTerm } from './model.js';
import type { Moments, QuadraticMoments } from './moments.js';

/** A model, and how the columns that it is of are held: y = (x − shift) / scale. */
export interface Framed {
  readonly model: PackedModel<Floats>;
  readonly shift: Float64Array;
  readonly scale: Float64Array;
}

/**
 * The same sums in the frames of another model of the same shape, in float64: second moments about its means, whitened by
 * its factors, statistics as its columns are held. Responsibilities stay what they were, and so does `objective`.
 */
export function reframed(moments: Moments, from: Framed, to: Framed): Moments {
  let column = 0;
  const quadratic = moments.quadratic.map((sums, q) => {
    const { d } = from.model.quadratic[q];
    const places = { first: column, d };
    column += d;
    const [source, target] = [from, to].map((one) => ({ term: one.model.quadratic[q], ...columnsOf(one, places) }));
    return reframedTerm(sums, source, target, sums.radial?.weight ?? moments.mass);
  });
  const linear = moments.linear && reframedSums(moments.linear, moments.mass, from, to, column);
  return whitened({ ...moments, mass: moments.mass.slice(), quadratic, ...(linear && { linear }) }, to.model);
}

/** A quadratic term, and how its columns are held. */
interface FramedTerm {
  readonly term: QuadraticTerm<Floats>;
  readonly shift: Float64Array;
  readonly scale: Float64Array;
}

function columnsOf(
  { shift, scale }: Framed,
  { first, d }: { readonly first: number; readonly d: number },
): Pick<Framed, 'shift' | 'scale'> {
  return { shift: shift.subarray(first, first + d), scale: scale.subarray(first, first + d) };
}

/** Differences from the other means. `weights` `[k]`: what the sums are weighted by in all. */
function reframedTerm(
  sums: QuadraticMoments,
  from: FramedTerm,
  to: FramedTerm,
  weights: Float64Array,
): QuadraticMoments {
  const { form, d } = from.term;
  const k = weights.length;
  const { first, second } = differences(sums, from.term, k);
  const unit = from.scale.map((scale, j) => scale / to.scale[j]);
  const matrix = isMatrix(form);
  const size = matrix ? d * d : d;
  for (let at = 0; at < second.length; at++) {
    const within = at % size;
    second[at] *= matrix ? unit[Math.floor(within / d)] * unit[within % d] : unit[within] ** 2;
  }
  for (let c = 0; c < k; c++) {
    const into = second.subarray(form === 'tied' ? 0 : c * size, (form === 'tied' ? 0 : c * size) + size);
    const own = first.subarray(c * d, (c + 1) * d);
    for (let j = 0; j < d; j++) own[j] *= unit[j];
    const moved = unit.map((ratio, j) => {
      const before = ratio * from.term.means[c * d + j] + (from.shift[j] - to.shift[j]) / to.scale[j];
      return before - to.term.means[c * d + j];
    });
    addMoved(into, own, moved, weights[c], matrix);
    for (let j = 0; j < d; j++) own[j] += weights[c] * moved[j];
  }
  return { ...sums, frame: 'differences', first, second };
}

/** Second moments about a point that is `moved` off: S + s δᵀ + δ sᵀ + m δ δᵀ, or its diagonal. */
function addMoved(
  second: Float64Array,
  first: Float64Array,
  moved: Float64Array,
  weight: number,
  matrix: boolean,
): void {
  const d = first.length;
  for (let i = 0; i < d; i++) {
    if (!matrix) {
      second[i] += (2 * first[i] + weight * moved[i]) * moved[i];
      continue;
    }
    for (let j = 0; j < d; j++) {
      second[i * d + j] += first[i] * moved[j] + moved[i] * first[j] + weight * moved[i] * moved[j];
    }
  }
}

/** Copies of first and second moments of differences x − μ, whatever frame they are in. */
function differences(
  { frame, first, second }: QuadraticMoments,
  { form, d, whitening }: QuadraticTerm<Floats>,
  k: number,
): Pick<QuadraticMoments, 'first' | 'second'> {
  const own = { first: first.slice(), second: second.slice() };
  if (frame === 'differences') return own;
  if (!isMatrix(form)) {
    for (let at = 0; at < k * d; at++) {
      const w = whitening[form === 'diag' ? at : Math.floor(at / d)];
      own.first[at] /= w;
      own.second[at] /= w * w;
    }
    return own;
  }
  const factor = (c: number): Floats => (form === 'tied' ? whitening : whitening.subarray(c * d * d, (c + 1) * d * d));
  for (let c = 0; c < k; c++) unwhiten(own.first.subarray(c * d, (c + 1) * d), factor(c), 1);
  for (let c = 0; c * d * d < second.length; c++) {
    const matrix = own.second.subarray(c * d * d, (c + 1) * d * d);
    for (let i = 0; i < d; i++) unwhiten(matrix.subarray(i * d, (i + 1) * d), factor(c), 1);
    for (let j = 0; j < d; j++) unwhiten(matrix.subarray(j), factor(c), d);
  }
  return own;
}

/** z ↦ z W⁻¹ with W upper triangular `[d, d]`, in place; entries of z are `stride` apart. */
function unwhiten(z: Float64Array, w: Floats, stride: number): void {
  const d = Math.sqrt(w.length);
  for (let j = 0; j < d; j++) {
    let sum = z[j * stride];
    for (let i = 0; i < j; i++) sum -= z[i * stride] * w[i * d + j];
    z[j * stride] = sum / w[j * d + j];
  }
}

/** Σ P t of dense statistics that are held otherwise; `first`: the first of their columns. Levels stay. */
function reframedSums(sums: Float64Array, mass: Float64Array, from: Framed, to: Framed, first: number): Float64Array {
  const dense = from.model.linear?.dense ?? 0;
  const width = sums.length / mass.length;
  return sums.map((sum, at) => {
    const [c, j] = [Math.floor(at / width), at % width];
    if (j >= dense) return sum;
    const column = first + j;
    const moved = from.shift[column] - to.shift[column];
    return (from.scale[column] * sum + mass[c] * moved) / to.scale[column];
  });
}
