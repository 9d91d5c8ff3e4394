import type { Iterate, Unswept } from './e-step.js';

/**
 * Shortens the way of EM: proposes where to go between the M-step, which says where plain EM goes, and the E-step. The
 * solver keeps EM monotone. It refuses a proposal whose F is above F of the iterate before, or is no number, and sweeps
 * the estimate instead. So a proposal costs one sweep more where it is refused, and none where it is taken. Immutable:
 * what it remembers of the way is in the accelerator of the next iteration.
 */
export interface Accelerator {
  /** The model to sweep instead of the estimate; undefined for the estimate itself. */
  propose(from: Iterate, estimate: Unswept): Unswept | undefined;
  /** The accelerator of the next iteration. `taken`: whether the proposal was; undefined where there was none. */
  after(step: Step): Accelerator;
  /** The same without memory: another stage, precision or tolerance makes other values of F. */
  fresh(): Accelerator;
  /** What it remembers, as plain values. */
  save(): unknown;
  /** The same as it was when it was saved. */
  restore(saved: unknown): Accelerator;
}

/** An iteration as its accelerator sees it. */
export interface Step {
  readonly from: Iterate;
  readonly estimate: Unswept;
  readonly to: Iterate;
  readonly taken?: boolean;
}
