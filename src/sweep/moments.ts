import { isMatrix, type CovarianceForm } from '../../kernels/form.js';

/** Numbers that whoever sweeps computes with: kernels in float32, the host in float64. */
export type Floats = Float32Array | Float64Array;

/** Components packed for sweeps: what enters every row's arithmetic in the sweep's precision, all else in float64. */
export interface PackedComponents<Values extends Floats = Float32Array> {
  readonly form: CovarianceForm;
  readonly k: number;
  readonly d: number;
  /** Means `[k, d]`: exactly those that moments are about. */
  readonly means: Values;
  /** Whitening factors, shaped by `form` (kernels/mixture.ts). */
  readonly whitening: Values;
  /** `[k]`: log p(x | θ_k) = logNormalizers_k − ‖(x − μ_k) W_k‖² / 2, in nats. */
  readonly logNormalizers: Float64Array;
}

/** All a shard needs to know of the model to compute its part of the plan. */
export interface PlanModel<Values extends Floats = Float32Array> {
  readonly components: PackedComponents<Values>;
  /** Mixture weights w, `[k]`, sum 1. */
  readonly weights: Float64Array;
  /** Dual potential g of the component side, `[k]`, nats. */
  readonly potential: Float64Array;
  /** Temperature ε ≥ 0; 0 is hard assignment. */
  readonly epsilon: number;
}

/** Whether a model is of float64 numbers. */
export function isExact(model: PlanModel<Floats>): model is PlanModel<Float64Array> {
  return model.components.means instanceof Float64Array;
}

/**
 * Sums over rows, all float64. They are not normalised, so that those of several shards add; `weight` is what to
 * divide by. z_ik = (x_i − μ_k) W_k is a row as component k sees it: centred, in its own standard deviations. Sums of
 * these keep their digits in float32 where sums of differences lose a narrow direction beside a wide one.
 */
export interface Moments {
  /** Σ_i a_i. */
  weight: number;
  /** Σ_i a_i softmin_i: with `weight` divided out, F at this plan. */
  objective: number;
  /** Where first and second moments are: of z_ik, or of differences x_i − μ_k wherever it says `z_ik` here. */
  readonly frame?: 'whitened' | 'differences';
  /** Column masses Σ_i P_ik, `[k]`. */
  readonly mass: Float64Array;
  /** Σ_i P_ik z_ik, `[k, d]`. */
  readonly first: Float64Array;
  /**
   * Σ_i P_ik z_ik z_ikᵀ: full `[k, d, d]`, tied `[d, d]` summed over k, else its diagonal `[k, d]`;
   * spherical: any with its trace.
   */
  readonly second: Float64Array;
  /** Σ_i a_i r_i r_iᵀ, `[k, k]`, if asked for. */
  readonly coupling?: Float64Array;
}

export function emptyMoments({ form, k, d }: PackedComponents<Floats>, coupling = false): Moments {
  const matrices = form === 'tied' ? 1 : k;
  return {
    weight: 0,
    objective: 0,
    mass: new Float64Array(k),
    first: new Float64Array(k * d),
    second: new Float64Array(matrices * d * (isMatrix(form) ? d : 1)),
    ...(coupling ? { coupling: new Float64Array(k * k) } : {}),
  };
}
