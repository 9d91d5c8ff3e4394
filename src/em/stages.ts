import type { MarginalSolver } from '../transport/solver.js';

/** A part of a run: what the plan must meet, at which temperature. */
export interface Stage {
  readonly marginal: MarginalSolver;
  readonly epsilon: number;
  /** Iterations at the most; left out, until F stops falling. */
  readonly iterations?: number;
}
