import type { Family } from '../families/family.js';
import { objectiveOf, type EStep, type Iterate } from './e-step.js';
import type { MarginalSolver } from '../transport/solver.js';
import { EXACT } from '../transport/tolerance.js';

/** How the run went about it. */
export interface Judging {
  readonly family: Family;
  readonly marginal: MarginalSolver;
  /** Per column, in the shard's coordinates. */
  readonly regularization: Float64Array;
  readonly eStep: EStep;
}

/**
 * What a run is judged by, nats per row, less being better: F, with the terms of the marginal, at the mode of the
 * posterior under the family's weak prior given its last moments. It is of ε = 1 whatever the run's was: the
 * negative mean log-likelihood of regularised parameters (Fraley & Raftery 2007). One M-step and one sweep, or with
 * prescribed proportions as many as it takes to meet them. A component collapsed on a few rows is as wide there as the
 * prior makes it, and gains nothing by having been narrow. One of many equal rows stays narrow. In the shard's
 * coordinates.
 */
export async function judge(iterate: Iterate, rows: number, judging: Judging): Promise<number> {
  const { family, marginal, regularization, eStep } = judging;
  const prior = { kind: 'weak', rows } as const;
  const { components } = family.estimate(iterate.moments, iterate.model.components, { regularization, prior });
  const from = { components, side: marginal.advance(iterate, []), repairs: [] };
  const { objective } = await eStep.meet(from, { marginal, epsilon: 1, tolerance: EXACT, near: objectiveOf(iterate) });
  return objective;
}
