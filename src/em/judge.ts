import type { Family } from '../families/family.js';
import type { ConjugatePrior } from '../families/prior.js';
import { objectiveOf, type EStep, type Iterate } from './e-step.js';
import type { MixturePrior } from './prior.js';
import type { MarginalSolver } from '../transport/solver.js';
import { EXACT } from '../transport/tolerance.js';

/** How the run went about it. */
export interface Judging {
  readonly family: Family;
  readonly marginal: MarginalSolver;
  /** Per column, in the shard's coordinates. */
  readonly regularization: Float64Array;
  readonly prior?: MixturePrior | undefined;
  readonly eStep: EStep;
}

/**
 * What a run is judged by, nats per row, less being better: F, with the terms of the marginal, at the mode of the
 * posterior under the prior of its components given its last moments. Where they have none, that is the family's default,
 * a weak one. It is of ε = 1 whatever the run's was: the negative mean log-likelihood of regularised parameters (Fraley &
 * Raftery 2007), with the term of a prior that was asked for. One M-step and one sweep, or with prescribed proportions as
 * many as it takes to meet them. A component collapsed on a few rows is as wide there as the prior makes it, and gains
 * nothing by having been narrow. One of many equal rows stays narrow. In the shard's coordinates.
 */
export async function judge(iterate: Iterate, rows: number, judging: Judging): Promise<number> {
  const { family, marginal, regularization, eStep } = judging;
  const prior = judging.prior?.components ?? defaultOf(iterate, rows, family);
  const { components } = family.estimate(iterate.moments, iterate.model.components, {
    regularization,
    ...(prior && { prior }),
  });
  const from = { components, side: marginal.advance(iterate, [], 1), repairs: [] };
  const { objective } = await eStep.meet(from, { marginal, epsilon: 1, tolerance: EXACT, near: objectiveOf(iterate) });
  return objective;
}

/** The family's default prior of the rows as the run's last moments have them; undefined where it has none. */
function defaultOf({ moments, model: { components } }: Iterate, n: number, family: Family): ConjugatePrior | undefined {
  return family.conjugates?.of(moments, components, { k: components.k, n, options: {} });
}
