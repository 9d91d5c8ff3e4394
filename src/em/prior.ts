import type { Components } from '../families/components.js';
import type { Family } from '../families/family.js';
import type { ConjugatePrior } from '../families/prior.js';

/** What is believed of a mixture before its rows are seen: −log prior / n is a part of F. */
export interface MixturePrior {
  /** Of the components; undefined where nothing is. */
  readonly components: ConjugatePrior | undefined;
  /** α_k − 1 ≥ 0 of the Dirichlet distribution of the weights, `[k]`; undefined where all are 0. */
  readonly concentrations: Float64Array | undefined;
  /** n: Σ of the sample weights in the user's units. */
  readonly n: number;
}

/** What the weights are drawn by: (α_k − 1)/n, `[k]`; undefined where they are not. */
export function pullOf(prior: MixturePrior | undefined): Float64Array | undefined {
  const { concentrations, n = 1 } = prior ?? {};
  return concentrations?.map((excess) => excess / n);
}

/** −log p(w, θ) / n without its constants, nats: what F has of a prior; 0 where there is none. */
export function penaltyOf(
  prior: MixturePrior | undefined,
  family: Family,
  components: Components,
  weights: Float64Array,
): number {
  if (!prior) return 0;
  const { concentrations, n } = prior;
  let log = 0;
  if (prior.components) log += family.conjugates?.log(components, prior.components) ?? 0;
  concentrations?.forEach((excess, k) => {
    if (excess > 0) log += excess * Math.log(weights[k]);
  });
  return -log / n;
}
