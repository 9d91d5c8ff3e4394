import type { CovarianceForm } from '../../kernels/form.js';
import type { Radial } from '../../kernels/model.js';
import type { LinearShape } from '../../kernels/linear-shape.js';

export { linearColumns, linearWidth, type LinearShape } from '../../kernels/linear-shape.js';

/** Numbers that whoever sweeps computes with: kernels in float32, the host in float64. */
export type Floats = Float32Array | Float64Array;

/** The shape of a quadratic term: how its factors lie in memory, its number of columns, and what is made of distances. */
export interface QuadraticShape {
  readonly form: CovarianceForm;
  readonly d: number;
  /** Left out for a Gaussian's −q / 2. */
  readonly radial?: Radial | undefined;
}

/**
 * A term of log p(x | θ_k) that is a function of q = ‖(x − μ_k) W_k‖²: one for each Gaussian or Student-t factor of a
 * family. A Gaussian's is −q / 2, a Student-t's −(ν_k + d)/2 · log(1 + q / ν_k).
 */
export interface QuadraticTerm<Values extends Floats = Float32Array> extends QuadraticShape {
  /** Means `[k, d]`: exactly those that moments are about. */
  readonly means: Values;
  /** Whitening factors W, shaped by `form` (kernels/form.ts). */
  readonly whitening: Values;
  /** ν, `[k]`, of a term that is `radial: 'student'`; infinite is Gaussian. */
  readonly degrees?: Float64Array | undefined;
  /**
   * Where the last component has the same density everywhere, its whitening being 0: what its logNormalizer has of each
   * column, `[d]`, nats. A row that lacks the column has none of it.
   */
  readonly flat?: Float64Array | undefined;
}

/** A term ⟨t_i, η_k⟩ of log p(x | θ_k): one for all factors of a family whose rows are statistics t. */
export interface LinearTerm<Values extends Floats = Float32Array> extends LinearShape {
  /** η, `[k, width]`; of models in float32 less `common`. */
  readonly natural: Values;
  /**
   * η̄, `[dense]`: what was taken off the dense statistics' η of all components, which no share of a row depends on. What it
   * adds to log-densities is the host's (common-part.ts). Left out where nothing was.
   */
  readonly common?: Float64Array | undefined;
  /** What float32 may err by in the logits of each component's rows, `[k]`, nats; default nothing. */
  readonly rounding?: Float64Array | undefined;
  /** How the dense statistics are held, `[dense]` each: t = shift + scale · y; default as they are. */
  readonly held?: { readonly shift: Float64Array; readonly scale: Float64Array } | undefined;
}

/**
 * The shape of a model: all that a shard must know to say what it has room for. Rows have the columns of the quadratic
 * terms, one term after the other, and after them those of the linear one.
 */
export interface PackedShape {
  readonly k: number;
  readonly quadratic: readonly QuadraticShape[];
  readonly linear?: LinearShape | undefined;
}

/**
 * Components packed for sweeps, as a sum of terms: log p(x | θ_k) = logNormalizers_k + Σ_q radial_q(‖z_ikq‖²) + ⟨t_i, η_k⟩,
 * nats, and log h(x_i) where rows have it. Whatever enters every row's arithmetic has the sweep's precision, all else is
 * float64.
 */
export interface PackedModel<Values extends Floats = Float32Array> extends PackedShape {
  /** `[k]`, nats. */
  readonly logNormalizers: Float64Array;
  readonly quadratic: readonly QuadraticTerm<Values>[];
  readonly linear?: LinearTerm<Values> | undefined;
  /** The models that this one was joined of, if it was: of the factors of a product, which alone looks at them. */
  readonly parts?: readonly PackedModel<Floats>[];
  /**
   * Of a model made for a family with noise: that of the components without noise, and how the numbers swept are held, which
   * the family alone looks at.
   */
  readonly clusters?: {
    readonly model: PackedModel<Floats>;
    readonly held: { readonly shift: Float64Array; readonly scale: Float64Array };
  };
}

/** All a shard needs to know of the model to compute its part of the plan. */
export interface PlanModel<Values extends Floats = Float32Array> {
  readonly components: PackedModel<Values>;
  /** Mixture weights w, `[k]`, sum 1. */
  readonly weights: Float64Array;
  /** Dual potential g of the component side, `[k]`, nats. */
  readonly potential: Float64Array;
  /** Temperature ε ≥ 0; 0 is hard assignment. */
  readonly epsilon: number;
}

/** Whether components are packed in float64. */
export function packedExactly(components: PackedModel<Floats>): components is PackedModel<Float64Array> {
  const { quadratic, linear } = components;
  return (
    quadratic.every(({ means }) => means instanceof Float64Array) &&
    (linear === undefined || linear.natural instanceof Float64Array)
  );
}

/** Whether a model is of float64 numbers. */
export function isExact(model: PlanModel<Floats>): model is PlanModel<Float64Array> {
  return packedExactly(model.components);
}

/** The quadratic term of a model that has one at most, undefined where it has none; for kernels that know but one. */
export function quadraticIfAny<Term extends QuadraticShape>({
  quadratic,
}: {
  readonly quadratic: readonly Term[];
}): Term | undefined {
  if (quadratic.length > 1)
    throw new RangeError(`a model of at most one quadratic term was expected, got ${quadratic.length}`);
  return quadratic.at(0);
}

/** The quadratic term of a model that has no other, with the number of components; for kernels that know but one. */
export function soleQuadratic<Term extends QuadraticShape>(model: {
  readonly k: number;
  readonly quadratic: readonly Term[];
  readonly linear?: unknown;
}): Term & { readonly k: number } {
  const { k, quadratic, linear } = model;
  if (linear !== undefined) throw new RangeError('a model without a linear term was expected, got one with it');
  if (quadratic.length !== 1)
    throw new RangeError(`a model of one quadratic term was expected, got ${quadratic.length}`);
  return { k, ...quadratic[0] };
}

/** The same of a model whose terms have values. */
export type SoleQuadratic<Values extends Floats = Float32Array> = QuadraticTerm<Values> & { readonly k: number };
