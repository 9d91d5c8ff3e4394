/**
 * What is believed of components before their rows are seen: rows that nobody saw, which an M-step counts with the others.
 * `regularization` is no prior: it is added to variances as they come out.
 */
import type { Floats, PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { Components } from './components.js';
import type { Scaling } from './scaling.js';

export type Prior = PoolPrior | ConjugatePrior;

/**
 * Every component has so much of the pool of all rows besides its own, as a share of all; means stay. So a cluster of few
 * rows does not start as a spike.
 */
export interface PoolPrior {
  readonly kind: 'pool';
  readonly share: number;
}

/** A prior under which an M-step gives the mode of the posterior, its numbers in the coordinates of the shard. */
export type ConjugatePrior = NormalPrior | RowsPrior | JointPrior;

/**
 * Normal–inverse-Wishart: μ_k ~ N(μ_P, Σ_k / κ) and Σ_k ~ IW(ν, Λ), of variances inverse gamma (Fraley & Raftery 2007). log p =
 * −½ Σ_k (ν + d + 2) log |Σ_k| + tr(Σ_k⁻¹ Λ) + κ (μ_k − μ_P)ᵀ Σ_k⁻¹ (μ_k − μ_P), for full covariances.
 */
export interface NormalPrior {
  readonly kind: 'normal';
  /** How many rows the moments are of, whatever their weights sum to. */
  readonly n: number;
  /** κ: rows that the prior of a mean counts for. */
  readonly shrinkage: number;
  /** μ_P, `[d]`. */
  readonly mean: Float64Array;
  /** ν. */
  readonly dof: number;
  /** Λ: a matrix `[d, d]`, or a variance of each column; of balls a part of the one variance in each. */
  readonly scale: Float64Array;
  /** Σ_j log of the columns' scales: ½ log |Σ| is less by it than in the data's units. */
  readonly logVolume: number;
}

/**
 * n₀ rows of the pool of all for every component: log p = n₀ Σ_k ⟨T̄, η_k⟩ − A_k, the conjugate of an exponential family. It is
 * the Beta, Dirichlet or Gamma distribution of their parameters.
 */
export interface RowsPrior {
  readonly kind: 'rows';
  /** As of `NormalPrior`. */
  readonly n: number;
  /** n₀. */
  readonly rows: number;
  /** T̄ as the shard holds statistics, `[width]`. */
  readonly means: Float64Array;
}

/** The priors of the factors of a product. */
export interface JointPrior {
  readonly kind: 'joint';
  readonly parts: readonly ConjugatePrior[];
}

/** What a caller may choose of the components' prior; what is left out is the default. */
export interface ComponentPriorOptions {
  /** n₀ ≥ 0, pseudo-rows of each component of families other than Gaussian; default 1. */
  readonly rows?: number | undefined;
  /** κ ≥ 0, pseudo-rows of the mean of a Gaussian; default 0.01. */
  readonly shrinkage?: number | undefined;
  /** μ_P, `[d]`, of Gaussians, in the data's units; default the mean of all rows. */
  readonly mean?: readonly number[] | undefined;
  /** ν > d − 1 of Gaussians; default d + 2. */
  readonly dof?: number | undefined;
  /**
   * Λ of Gaussians in the data's squared units: `[d][d]`, row by row `[d²]`, variances `[d]`, or one for all columns; default
   * the covariance of all rows by k^{2/d}.
   */
  readonly scale?: number | readonly number[] | readonly (readonly number[])[] | undefined;
}

export type ComponentPriorOption = keyof ComponentPriorOptions;

/** What a prior is made of, besides the moments of all rows. */
export interface PriorSettings {
  readonly k: number;
  /** How many rows the moments are of, whatever their weights sum to. */
  readonly n: number;
  readonly options: ComponentPriorOptions;
  /** How the shard's coordinates follow from the data's; left out where nothing is said in the data's units. */
  readonly scaling?: Scaling | undefined;
}

/** Conjugate priors of a family. */
export interface Conjugates {
  /** What may be chosen of them. */
  readonly options: readonly ComponentPriorOption[];
  /** The prior of k components, of the moments of all rows by components of any number. Throws `InputError('option')`. */
  of(moments: Moments, packed: PackedModel<Floats>, settings: PriorSettings): ConjugatePrior;
  /** log p(θ) of all components, without its constants, nats; of parameters in the data's units. */
  log(components: Components, prior: ConjugatePrior): number;
}

/** A prior of one kind; another is a fault of whoever made it. */
export function priorOf<Kind extends Prior['kind']>(prior: Prior, kind: Kind): Extract<Prior, { kind: Kind }> {
  if (prior.kind !== kind) throw new RangeError(`a prior of kind ${kind} was expected, got ${prior.kind}`);
  return prior as Extract<Prior, { kind: Kind }>;
}
