import { InputError } from '../errors.js';
import type { Moments } from '../moments.js';

/**
 * What the component side of the plan must satisfy.
 * - `free`: mixture weights are whatever the plan makes them: maximum likelihood by EM.
 * - `fixed`: the plan's column masses equal `weights`: balanced transport, Sinkhorn-EM (Mena et al. 2020).
 * - `relaxed`: they are drawn to `weights` by a penalty `rho`·KL.
 */
export type Marginal =
  | { readonly kind: 'free' }
  | { readonly kind: 'fixed'; readonly weights: readonly number[] }
  | { readonly kind: 'relaxed'; readonly weights: readonly number[]; readonly rho: number };

/** The component side of the plan: mixture weights w and dual potential g, each `[k]`. */
export interface ComponentSide {
  readonly weights: Float64Array;
  readonly potential: Float64Array;
  /** Whether the marginal holds for the plan the moments came from; if not, sweep again with these. */
  readonly settled: boolean;
}

/** Decides weights and potential from column masses alone: it never sees n. */
export interface MarginalSolver {
  start(weights: Float64Array): ComponentSide;
  update(moments: Moments, current: ComponentSide): ComponentSide;
}

/** The solver of a marginal; throws `InputError` for one this version does not solve. */
export function marginalSolver(marginal: Marginal): MarginalSolver {
  switch (marginal.kind) {
    case 'free':
      return free;
    case 'fixed':
    case 'relaxed':
      throw new InputError('unsupported', {
        where: 'marginal',
        expected: "{ kind: 'free' }, the only marginal this version solves",
        got: `{ kind: '${marginal.kind}' }`,
        remedy: "use 'free'; prescribed proportions come with a later version",
      });
    default:
      marginal satisfies never;
      throw new InputError('option', {
        where: 'marginal',
        expected: "{ kind: 'free' | 'fixed' | 'relaxed' }",
        got: JSON.stringify(marginal),
        remedy: "use { kind: 'free' }",
      });
  }
}

/** w = m, g = 0: one sweep settles it. Divided by Σ m, which float32 makes differ from Σ a, so that w sums to 1. */
const free: MarginalSolver = {
  start: (weights) => ({ weights, potential: new Float64Array(weights.length), settled: true }),
  update({ mass }) {
    const sum = mass.reduce((total, share) => total + share, 0);
    return { weights: mass.map((share) => share / sum), potential: new Float64Array(mass.length), settled: true };
  },
};
