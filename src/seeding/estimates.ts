import type { Components } from '../families/components.js';
import type { Family } from '../families/family.js';
import type { PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { SeedingProblem } from './seeding.js';

/** Where EM starts, in the shard's coordinates. */
export interface Start {
  /** Mixture weights, `[k]`, sum 1; noise has one more, the last. */
  readonly weights: Float64Array;
  readonly components: Components;
}

/** Rows that went to components, and the components as they were then. */
export interface Assigned {
  readonly packed: PackedModel;
  readonly moments: Moments;
}

/** The family's estimate of clusters, each drawn to the pool of all. */
export function clusters(
  { packed, moments }: Assigned,
  { shard, columns }: Pick<SeedingProblem, 'columns'> & { readonly shard: { readonly n: number } },
  family: Family,
  regularization: Float64Array,
): Components {
  const prior = { kind: 'pool', share: (columns + 1) / shard.n } as const;
  return family.estimate(moments, packed, { regularization, prior }).components;
}

/** Mixture weights: the clusters' shares, as if each of n rows' clusters had one row more. */
export function shares(moments: Moments, n: number): Float64Array {
  const counts = moments.mass.map((mass) => mass / moments.weight + 1 / n);
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.map((count) => count / sum);
}
