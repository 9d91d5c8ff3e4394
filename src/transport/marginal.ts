import { shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { free, freely } from './free.js';
import { prescribed } from './prescribed.js';
import { proportions, strength } from './proportions.js';
import type { MarginalSolver } from './solver.js';

/**
 * What the component side of the plan must satisfy.
 * - `free`: mixture weights are whatever the plan makes them: maximum likelihood by EM.
 * - `fixed`: the plan's column masses equal `weights`: balanced transport, Sinkhorn-EM (Mena et al. 2020).
 * - `relaxed`: they are drawn to `weights` by a penalty `rho`·KL(m | weights), nats. Little rho is EM with the
 *   mixture's weights held at `weights`, much is `fixed`.
 *
 * Under `fixed` and `relaxed` the mixture's weights are `weights`. They are positive and sum to 1 (within 1e-6). Noise has
 * the last of them, one more than there are components.
 */
export type Marginal =
  | { readonly kind: 'free' }
  | { readonly kind: 'fixed'; readonly weights: readonly number[] }
  | { readonly kind: 'relaxed'; readonly weights: readonly number[]; readonly rho: number };

/**
 * The solver of a marginal over k components, and noise where there is some; throws `InputError('option')` for one that makes
 * no sense. `pull`: what draws the weights of `free`, as `freely` has it.
 */
export function marginalSolver(
  marginal: Marginal,
  k: number,
  { noise = false, pull }: { readonly noise?: boolean; readonly pull?: Float64Array | undefined } = {},
): MarginalSolver {
  switch (marginal.kind) {
    case 'free':
      return pull ? freely(pull) : free;
    case 'fixed':
      return prescribed(proportions(marginal.weights, k, 'marginal.weights', noise), Infinity);
    case 'relaxed':
      return prescribed(proportions(marginal.weights, k, 'marginal.weights', noise), strength(marginal.rho));
    default:
      marginal satisfies never;
      throw new InputError('option', {
        where: 'marginal',
        expected: "{ kind: 'free' | 'fixed' | 'relaxed' }",
        got: shown(marginal),
        remedy: "use { kind: 'free' }",
      });
  }
}
