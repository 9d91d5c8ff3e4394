import type { Floats, PackedModel, PackedShape } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { Random } from '../base/random.js';
import type { Scaling } from './scaling.js';

/** Parameters θ of all components of a mixture, in float64. */
export interface Components {
  readonly k: number;
  readonly d: number;
  /** Centres, `[k, d]`. */
  readonly means: Float64Array;
  /** All else, in the family's own layout. */
  readonly shape: Float64Array;
  /** What of `shape` estimating has factored already, for packing; in the family's own layout too. */
  readonly factored?: readonly Float64Array[];
}

/** Something a fit had to change to go on. */
export interface Repair {
  readonly kind: 'ridge' | 'reseeded';
  readonly component: number;
  /** For a reader: what was wrong and what was done. */
  readonly message: string;
}

export interface Estimate {
  readonly components: Components;
  readonly repairs: readonly Repair[];
}

export interface EstimateOptions {
  /** Added to the variance of each column, `[d]`, in the moments' coordinates. */
  readonly regularization: Float64Array;
  /** Share of all rows by which every component is drawn to the pool of all; 0 is maximum likelihood. */
  readonly pooling?: number;
}

export interface PosteriorOptions extends Pick<EstimateOptions, 'regularization'> {
  /** How many rows the moments are of, whatever their weights sum to. */
  readonly rows: number;
}

/** Components as users give and get them: covariances `[k][d][d]` whatever the family stores. */
export interface DenseComponents {
  readonly means: readonly (readonly number[])[];
  readonly covariances: readonly (readonly (readonly number[])[])[];
}

/** The same, the caller's to keep. */
export interface OwnComponents {
  means: number[][];
  covariances: number[][][];
}

/**
 * A family of distributions: how its parameters are packed for the kernels, how moments become parameters, how to
 * sample. It knows nothing of plans, solvers, sources or devices.
 */
export interface Family {
  readonly name: string;
  /** What a model file needs to make the family again. */
  readonly options: Readonly<Record<string, string>>;
  /** Whether all columns must be scaled alike, so that scaling keeps the family's shape. */
  readonly commonScale: boolean;
  /** Number of free parameters of k components in d dimensions, weights not counted. */
  parameterCount(k: number, d: number): number;
  /** Length of `Components.shape`. */
  shapeSize(k: number, d: number): number;
  /** Components around these centres `[k, d]` that all have the columns' variances `[d]`: the metric of seeding. */
  around(centres: Float64Array, variances: Float64Array): Components;
  /** What k components in d dimensions are like once packed. */
  shape(k: number, d: number): PackedShape;
  /** Packs components for the kernels. */
  pack(components: Components): PackedModel;
  /** Packs components for sweeps in float64. */
  packExactly(components: Components): PackedModel<Float64Array>;
  /**
   * Weighted maximum likelihood from the moments of a sweep with `packed`; what is not positive definite is repaired.
   */
  estimate(moments: Moments, packed: PackedModel<Floats>, options: EstimateOptions): Estimate;
  /** The mode of the posterior under the family's default prior, from the same; regularization is added as ever. */
  posteriorMode(moments: Moments, packed: PackedModel<Floats>, options: PosteriorOptions): Components;
  /** x = shift + scale · y, applied to the components of y. */
  unscale(components: Components, scaling: Scaling): Components;
  /** y = (x − shift) / scale, applied to the components of x. */
  toScaled(components: Components, scaling: Scaling): Components;
  /** A function that draws from component k into `row` `[d]`. */
  sampler(components: Components): (k: number, random: Random, row: Float64Array) => void;
  /** Components as users get them. */
  toDense(components: Components): OwnComponents;
  /** Throws `InputError('value')` where the arrays do not make valid components; `where` is what it calls them. */
  fromDense(dense: DenseComponents, where: string): Components;
}
