import type { Components } from '../families/components.js';
import type { Repair } from '../families/family.js';
import type { Precision } from '../sweep/float32-reach.js';
import type { Floats, PlanModel } from '../sweep/model.js';

/** How a run of EM ended; `precision`: rounding would decide whether, or where, it goes on. */
export type FitStatus = 'converged' | 'maxIterations' | 'aborted' | 'precision';

export interface EmRun {
  readonly components: Components;
  readonly weights: Float64Array;
  readonly status: FitStatus;
  /** F after each iteration, with the marginal's terms and the prior's, shard coordinates, nats. */
  readonly objective: readonly number[];
  /** F at the components it ended with. */
  readonly finalObjective: number;
  /** What of that is the prior's, −log prior / n. */
  readonly penalty: number;
  /** What it is judged by, as `judge` says; left out where nobody asks, and where it was aborted. */
  readonly judged?: number | undefined;
  /** The plan it ended with, given by its model, and its column masses over Σ m, `[k]`. */
  readonly plan: { readonly model: PlanModel<Floats>; readonly mass: Float64Array };
  /** How far that is from meeting the marginal, as `Solved` has it. */
  readonly marginalError: number;
  readonly sweeps: number;
  readonly repairs: readonly Repair[];
  /** Whether the components it ended with needed a ridge, and which did. */
  readonly ridged: boolean;
  readonly ridgedComponents: readonly number[];
  /** Of the sweeps it ended with. */
  readonly precision: Precision;
  /** What rounding has decided of the run, a sentence. */
  readonly limit?: string | undefined;
}
