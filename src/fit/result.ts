/** What a fit gives: the mixture, how it was found, and how good it is. */
import type { FitStatus } from '../em/em.js';
import type { Criteria } from '../mixture/criteria.js';
import type { Mixture } from '../mixture/mixture.js';
import type { TransportPlan } from '../mixture/plan.js';
import type { RepairReport } from './findings.js';

/** How one restart ended. */
export interface RestartOutcome {
  readonly status: FitStatus;
  readonly iterations: number;
  /** F at its components, nats. */
  readonly objective: number;
  /**
   * What decides which restart wins, nats per row, the least of all: F at ε = 1 once the prior of the components, or a weak
   * one where they have none (mclust's), has drawn the parameters to the pool of all rows. That undoes components that have collapsed on a few. So the best of more
   * restarts never is worse by it, as it may be by the log-likelihood. Left out where there is one restart, or it was
   * aborted.
   */
  readonly judged?: number;
  /** Whether its components needed a ridge at the end. */
  readonly ridged: boolean;
}

/** How a fit was computed, and what had to be mended or noted on the way. */
export interface FitDiagnostics {
  readonly backend: string;
  readonly adapter: string;
  /** Threads that computed: at most one per 1024 rows. */
  readonly threads: number;
  /** What the user should know of how it ran and how the data were read, such as why there was only one thread. */
  readonly notes: readonly string[];
  /** In which precision sweeps and host computed. */
  readonly precision: string;
  /** Rows fitted, and rows left out for missing values. */
  readonly rows: number;
  readonly dropped: number;
  /** Columns that hold one and the same value in every row. */
  readonly constantColumns: readonly string[];
  readonly repairs: readonly RepairReport[];
  /** Seconds by phase: load, seed, fit, score. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** The result of `fitMixture`. */
export interface Fit {
  readonly mixture: Mixture;
  readonly status: FitStatus;
  /** EM iterations, and sweeps over the data, of the restart that won. */
  readonly iterations: number;
  readonly sweeps: number;
  /**
   * F after each iteration, or of the start where there was none, nats; at ε = 1 with a free marginal the negative mean
   * log-likelihood. Under a prescribed marginal it has the marginal's terms. The last is that of a plan that meets the
   * marginal; those before it are of plans that need only come near. With a prior it has −log prior / n besides.
   */
  readonly objective: readonly number[];
  /**
   * How far the plan's column masses m are from what the marginal wants: ‖m − b‖₁ of `fixed`, ‖m − b e^{−g/ρ}‖₁ of
   * `relaxed`, 0 of `free`. 1e-6 or less counts as met.
   */
  readonly marginalError: number;
  /** The transport plan between rows and components that the fit ended with. */
  readonly plan: TransportPlan;
  /**
   * log p(w, θ) of the prior at the mixture, without its constants, nats; left out where there is none. With the
   * log-likelihood it is what a fit at ε = 1 with a free marginal maximises.
   */
  readonly logPrior?: number;
  /** How well the mixture describes the data it was fitted to, always at ε = 1 and without a prior. */
  readonly criteria: Criteria;
  /** What the restart that won is judged by, as `RestartOutcome` has it. */
  readonly judged?: number;
  /** Whether a component still needed a ridge at the end, be it for a few rows or for many equal ones. */
  readonly ridged: boolean;
  /**
   * Components that have no width of their own and hold no more rows than a weak prior would count for: the likelihood is
   * spurious. Those of many equal rows are not among them; `diagnostics.notes` tells of both.
   */
  readonly collapsed: readonly number[];
  /** How every restart ended. */
  readonly restarts: readonly RestartOutcome[];
  readonly diagnostics: FitDiagnostics;
}
