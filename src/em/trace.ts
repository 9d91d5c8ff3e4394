import type { Repair } from '../families/family.js';
import type { EmProblem } from './problem.js';
import { savedIterate, type SavedRun } from './saved.js';
import type { EmSolver, EmState } from './solver.js';
import type { Stage } from './stages.js';

/** How far a run has come: what was last done whole, and what there is to tell of all iterations. */
export class Trace {
  readonly objective: number[] = [];
  readonly repairs: Repair[] = [];
  /** Iterations when the stage began. */
  began = 0;

  constructor(public state: EmState) {}

  /** That of a run that is gone on with. */
  static async resumed(solver: EmSolver, saved: SavedRun): Promise<Trace> {
    const trace = new Trace(await solver.restore(saved));
    trace.objective.push(...saved.objective);
    trace.repairs.push(...saved.repairs);
    trace.began = saved.began;
    return trace;
  }

  /** An iteration is done. */
  add(state: EmState): void {
    this.state = state;
    this.objective.push(state.iterate.objective);
    this.repairs.push(...state.iterate.repairs);
  }

  /** Sweeps after the last iteration know its F better. */
  correct(state: EmState): void {
    this.state = state;
    if (this.objective.length > 0) this.objective[this.objective.length - 1] = state.iterate.objective;
  }

  /** Another stage begins. */
  enter(state: EmState): void {
    this.state = state;
    this.began = this.objective.length;
  }

  /** Iterations at which the stage ends at the latest. */
  most({ maxIterations }: EmProblem): number {
    return Math.min(maxIterations, this.began + (this.state.stage.iterations ?? Infinity));
  }

  /**
   * What a checkpoint keeps of it as it is now, whenever that is put together: of numbers that are told already only the
   * last may change yet.
   */
  saved(stages: readonly Stage[]): () => SavedRun {
    const { state, began, objective, repairs } = this;
    const { stage, eStep, iterate, inner, descent, accelerator, kept } = state;
    const { sweeps } = eStep;
    const told = { iterations: objective.length, repairs: repairs.length, last: objective.slice(-1) };
    return () => ({
      ...{ stage: stages.indexOf(stage), began, precision: eStep.precision, sweeps, descent },
      iterate: savedIterate(iterate),
      inner: inner.saved,
      ...(accelerator && { accelerator: accelerator.save() }),
      ...(kept && { kept }),
      objective: [...objective.slice(0, told.iterations - told.last.length), ...told.last],
      repairs: repairs.slice(0, told.repairs),
    });
  }
}
