/** The error of a marginal that counts as none: about what float32 sweeps resolve. */
export const EXACT = 1e-6;
/** An inner solve need not be much better than the iteration it belongs to. */
const SHARE = 0.01;
/** Nor, to begin with, than what the fit will stop at, nats. */
const LOOSENESS = 100;

/**
 * How exactly the inner solves of a fit are done: loosely at first, to a hundred times the tolerance of the fit (so that
 * one that asks for the utmost is exact throughout); then to a hundredth of what the last iteration gained (nats; an
 * error e of the marginal moves F by about e |Δg| / 2); at last exactly. It never loosens.
 */
export class InnerTolerance {
  private tolerance: number;

  /** `loosest`: what the marginal can bear. `outer`: the tolerance of the fit, nats. */
  constructor(loosest: number, outer: number) {
    this.tolerance = Math.min(loosest, Math.max(EXACT, LOOSENESS * outer));
  }

  get value(): number {
    return this.tolerance;
  }

  get exact(): boolean {
    return this.tolerance <= EXACT;
  }

  /** After an iteration that lowered F by so much. */
  gained(fall: number): void {
    this.tolerance = Math.min(this.tolerance, Math.max(EXACT, SHARE * fall));
  }

  /** From now on exactly. */
  tighten(): void {
    this.tolerance = Math.min(this.tolerance, EXACT);
  }
}
