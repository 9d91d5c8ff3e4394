import type { Moments } from '../sweep/moments.js';

/** The component side of the plan: mixture weights w and dual potential g, nats, each `[k]`. */
export interface ComponentSide {
  readonly weights: Float64Array;
  readonly potential: Float64Array;
}

/** A component side, and what a sweep at it found. */
export interface Swept {
  readonly side: ComponentSide;
  readonly moments: Moments;
  /** The potential that the solver would sweep at next, where it knows one, `[k]`: an M-step goes on from there. */
  readonly ahead?: Float64Array;
}

/** A plan that meets the marginal, as well as it was asked to. */
export interface Solved extends Swept {
  /** F with the marginal's terms at this potential, nats: the semi-dual, a lower bound that is F where `error` is 0. */
  readonly objective: number;
  /** ‖m − b‖₁ of `fixed`, ‖m − b e^{−g/ρ}‖₁ of `relaxed`, 0 of `free`. */
  readonly error: number;
}

/** How to solve for the potential: by sweeps at other potentials, same components, until the error is small enough. */
export interface InnerSolve {
  readonly sweep: (side: ComponentSide) => Promise<Swept>;
  readonly epsilon: number;
  /** Largest error that will do. */
  readonly tolerance: number;
  /** Largest error that will do where mending it would raise the objective by no more than `tolerance`, nats. */
  readonly bearable?: number;
}

/** Decides weights and potential from column masses and coupling alone: it never sees n. */
export interface MarginalSolver {
  /** Whether its sweeps must sum r rᵀ. */
  readonly coupling: boolean;
  /** Whether small masses must be right too, because logarithms of them are taken. */
  readonly tails: boolean;
  /** The largest error an inner solve may be left with before the last, however little mending it would add to F. */
  readonly loosest: number;
  /** Where EM starts, of the weights of the start. */
  start(weights: Float64Array): ComponentSide;
  /** E-step: the potential that meets the marginal, from a sweep at the one of last time. */
  solve(first: Swept, inner: InnerSolve): Promise<Solved>;
  /**
   * M-step: the next weights, and the potential to go on from. The components `fresh` start again at a row. `epsilon`: of the
   * sweep; default 1.
   */
  advance(swept: Swept, fresh: readonly number[], epsilon?: number): ComponentSide;
}
