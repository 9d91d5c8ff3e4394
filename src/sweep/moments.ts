import { isMatrix } from '../../kernels/form.js';
import { linearWidth, type PackedShape } from './model.js';

/** Where moments are: of z_ik = (x_i − μ_k) W_k, or of differences x_i − μ_k wherever they say `z_ik`. */
export type Frame = 'whitened' | 'differences';

/**
 * Sums of a quadratic term. z_ik = (x_i − μ_k) W_k is a row as component k sees it: centred, in its own standard
 * deviations. Sums of these keep their digits in float32 where sums of differences lose a narrow direction beside a
 * wide one.
 */
export interface QuadraticMoments {
  readonly frame: Frame;
  /** Σ_i P_ik z_ik, `[k, d]`. */
  readonly first: Float64Array;
  /**
   * Σ_i P_ik z_ik z_ikᵀ: full `[k, d, d]`, tied `[d, d]` summed over k, else its diagonal `[k, d]`;
   * spherical: any with its trace.
   */
  readonly second: Float64Array;
  /**
   * Of sums that are still to be added to those of other shards, Σ P_ik of the rows that lack a column, `[k, d]`: of a term
   * without matrices whose sums are over the rows that have it. See `completed` of seen.ts.
   */
  missing?: Float64Array | undefined;
  /** Of a Student-t term, whose first and second moments are weighted by P_ik u_ik instead of P_ik. */
  readonly radial?: RadialSums | undefined;
}

/** Sums of u_ik = (ν_k + d) / (ν_k + ‖z_ik‖²), `[k]` each, whatever the form. */
export interface RadialSums {
  /** Σ_i P_ik u_ik. */
  readonly weight: Float64Array;
  /**
   * Σ_i P_ik (log u_ik − u_ik), and of rows that lack all but e columns Σ P (g((ν_k + d)/2) − g((ν_k + e)/2)) besides, with
   * g(x) = log x − ψ(x).
   */
  readonly logarithm: Float64Array;
}

/** Sums over rows, all float64. They are not normalised, so that those of several shards add; `weight` is the divisor. */
export interface Moments {
  /** Σ_i a_i. */
  weight: number;
  /** Σ_i a_i softmin_i: with `weight` divided out, F at this plan. */
  objective: number;
  /** Column masses Σ_i P_ik, `[k]`. */
  readonly mass: Float64Array;
  /** Σ_i a_i r_i r_iᵀ, `[k, k]`, if asked for. */
  readonly coupling?: Float64Array;
  /** One for each quadratic term of the model, in their order. */
  readonly quadratic: readonly QuadraticMoments[];
  /** Σ_i P_ik t_i, `[k, width]`, of a model with a linear term. */
  readonly linear?: Float64Array;
}

/** Moments of no rows. */
export function emptyMoments(
  { k, quadratic, linear }: PackedShape,
  { coupling = false, frame = 'whitened' }: { readonly coupling?: boolean | undefined; readonly frame?: Frame } = {},
): Moments {
  return {
    weight: 0,
    objective: 0,
    mass: new Float64Array(k),
    ...(coupling ? { coupling: new Float64Array(k * k) } : {}),
    quadratic: quadratic.map(({ form, d, radial }) => ({
      frame,
      first: new Float64Array(k * d),
      second: new Float64Array((form === 'tied' ? 1 : k) * d * (isMatrix(form) ? d : 1)),
      ...(radial && { radial: { weight: new Float64Array(k), logarithm: new Float64Array(k) } }),
    })),
    ...(linear ? { linear: new Float64Array(k * linearWidth(linear)) } : {}),
  };
}

/** Adds the moments of other rows by the same model, which must be in the same frames. */
export function addMoments(into: Moments, more: Moments): void {
  into.weight += more.weight;
  into.objective += more.objective;
  addTo(into.mass, more.mass);
  if (into.coupling && more.coupling) addTo(into.coupling, more.coupling);
  if (into.linear && more.linear) addTo(into.linear, more.linear);
  for (const [index, term] of into.quadratic.entries()) {
    const { frame, first, second, radial } = term;
    const other = more.quadratic[index];
    if (other.frame !== frame) throw new RangeError(`moments in frame ${frame} were expected, got ${other.frame}`);
    addTo(first, other.first);
    addTo(second, other.second);
    if (radial && other.radial) addRadial(radial, other.radial);
    if (other.missing) addTo((term.missing ??= new Float64Array(other.missing.length)), other.missing);
  }
}

/** The same moments of so many times the weight. */
export function scaledMoments({ weight, objective, mass, quadratic, linear }: Moments, factor: number): Moments {
  const times = (sums: Float64Array): Float64Array => sums.map((sum) => factor * sum);
  return {
    ...{ weight: factor * weight, objective: factor * objective, mass: times(mass) },
    quadratic: quadratic.map(({ frame, first, second, radial }) => ({
      frame,
      first: times(first),
      second: times(second),
      ...(radial && { radial: { weight: times(radial.weight), logarithm: times(radial.logarithm) } }),
    })),
    ...(linear && { linear: times(linear) }),
  };
}

/** Makes Σ P (log u − u) of what kernels sum in its stead, Σ P (log u − u + 1), which keeps its digits where u is near 1. */
export function takeOffMass({ mass, quadratic }: Moments): void {
  for (const { radial } of quadratic) radial?.logarithm.forEach((sum, c) => (radial.logarithm[c] = sum - mass[c]));
}

/** Takes off the sums of a component that has hardly any: a tied second moment is summed over all, and is left as it is. */
export function clearComponent(
  { mass, quadratic, linear }: Moments,
  { k, ...shape }: PackedShape,
  component: number,
): void {
  mass[component] = 0;
  if (linear) clearPart(linear, component, k);
  for (const [index, { first, second, radial }] of quadratic.entries()) {
    clearPart(first, component, k);
    if (radial) radial.weight[component] = radial.logarithm[component] = 0;
    if (shape.quadratic[index].form !== 'tied') clearPart(second, component, k);
  }
}

function addRadial(into: RadialSums, more: RadialSums): void {
  addTo(into.weight, more.weight);
  addTo(into.logarithm, more.logarithm);
}

function clearPart(sums: Float64Array, part: number, parts: number): void {
  const size = sums.length / parts;
  sums.fill(0, part * size, (part + 1) * size);
}

function addTo(into: Float64Array, more: Float64Array): void {
  for (let at = 0; at < into.length; at++) into[at] += more[at];
}
