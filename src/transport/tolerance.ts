/** The error of a marginal that counts as none: about what float32 sweeps resolve. */
export const EXACT = 1e-6;
/** An inner solve need not be much better than the iteration it belongs to. */
const SHARE = 0.3;

/**
 * How exactly the inner solves of a fit are done. At first they go to the tolerance of the fit, then to a third of what
 * the last iteration gained. At last they are done to a third of the tolerance, which alone is tight enough to say that
 * F has stopped falling. A fit with a tolerance of 1e-6 or less is exact throughout. The tolerance never loosens. (Nats
 * and errors compare: an error e moves F by about e |Δg| / 2 where Δg, nats, is what it would take to mend it. A solver
 * that knows Δg need not guess.)
 */
export class InnerTolerance {
  private constructor(
    /** Error of the marginal. */
    readonly value: number,
    private readonly tightest: number,
  ) {}

  /** `loosest`: what the marginal can bear. `outer`: the tolerance of the fit, nats. */
  static of(loosest: number, outer: number): InnerTolerance {
    const tightest = Math.min(loosest, Math.max(EXACT, SHARE * outer));
    return new InnerTolerance(Math.max(tightest, Math.min(loosest, outer)), tightest);
  }

  /** That of a fit that is gone on with. */
  static restored({ value, tightest }: InnerTolerance['saved']): InnerTolerance {
    return new InnerTolerance(value, tightest);
  }

  /** As plain values. */
  get saved(): { readonly value: number; readonly tightest: number } {
    const { value, tightest } = this;
    return { value, tightest };
  }

  /** Whether solves are tight enough to stop on. */
  get tight(): boolean {
    return this.value <= this.tightest;
  }

  /** What will do after an iteration that lowered F by so much. */
  after(fall: number): InnerTolerance {
    return new InnerTolerance(Math.min(this.value, Math.max(this.tightest, SHARE * fall)), this.tightest);
  }

  tightened(): InnerTolerance {
    return new InnerTolerance(this.tightest, this.tightest);
  }
}
