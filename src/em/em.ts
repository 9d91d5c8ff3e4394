import type { Components } from '../families/components.js';
import type { Repair } from '../families/family.js';
import type { Start } from '../seeding/start.js';
import type { Precision } from '../sweep/float32-reach.js';
import type { Floats, PlanModel } from '../sweep/model.js';
import { EXACT } from '../transport/tolerance.js';
import { judge } from './judge.js';
import type { EmProblem } from './problem.js';
import { EmSolver, type EmState } from './solver.js';
import { finerThanRows, limitOf } from './stopping.js';

export type { EmIteration, EmProblem } from './problem.js';

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

/** How far a run has come: what was last done whole, and what there is to tell of all iterations. */
class Trace {
  readonly objective: number[] = [];
  readonly repairs: Repair[] = [];

  constructor(public state: EmState) {}

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
}

/**
 * Runs EM from a start, stage after stage, each until F stops falling. This driver of `EmSolver` owns the loop, the
 * limit on iterations, going over to float64 and aborts. Aborting ends the run with the last complete iteration; before
 * the first sweep is done it throws.
 */
export async function expectationMaximization(problem: EmProblem, start: Start): Promise<EmRun> {
  const solver = new EmSolver(problem);
  const trace = new Trace(await solver.init(start));
  let status: FitStatus;
  try {
    status = await drive(problem, solver, trace);
  } catch (error) {
    if (!problem.signal?.aborted) throw error;
    status = 'aborted';
  }
  // A last stage that was left no iterations has an F all the same.
  trace.correct(trace.state);
  const judged = status === 'aborted' ? undefined : await verdict(problem, trace.state);
  const { eStep, iterate } = trace.state;
  const limit = limitOf(eStep.precision, iterate, { ...problem, stopped: status === 'precision' });
  const { objective, repairs } = trace;
  return { ...ending(trace.state), status, objective, repairs, judged, limit };
}

/** All stages, and the last plan made to meet its marginal however loosely the run got there. */
async function drive(problem: EmProblem, solver: EmSolver, trace: Trace): Promise<FitStatus> {
  const [first] = problem.stages;
  let status: FitStatus = 'maxIterations';
  if (isFiner(problem, trace.state)) await goOverToFloat64(solver, trace);
  for (const stage of problem.stages) {
    if (stage !== first) trace.state = await solver.enter(trace.state, stage);
    status = await descend(problem, solver, trace);
  }
  trace.correct(await solver.meetCloser(trace.state, EXACT));
  return status;
}

/** One stage: iterations until F stops falling, or there have been as many as there may be. */
async function descend(problem: EmProblem, solver: EmSolver, trace: Trace): Promise<FitStatus> {
  const { iterations = Infinity } = trace.state.stage;
  const most = Math.min(problem.maxIterations, trace.objective.length + iterations);
  while (trace.objective.length < most) {
    const next = await solver.step(trace.state);
    if (isFiner(problem, next) && (await goOverToFloat64(solver, trace))) continue; // the iteration is made again
    trace.add(next);
    tell(problem, trace);
    switch (solver.terminate(next)) {
      case 'converged':
        return 'converged';
      case 'finer':
        return 'precision';
      case 'rough':
        trace.correct(await solver.tighten(next));
        break;
      case 'unresolved':
        if (!(await goOverToFloat64(solver, trace))) return 'precision';
        break;
      case undefined: // F still falls
    }
  }
  return 'maxIterations';
}

function isFiner({ leeway }: EmProblem, { eStep, iterate }: EmState): boolean {
  return finerThanRows(eStep.precision, iterate, leeway) !== undefined;
}

/** Goes over to float64 sweeps from the last iteration on, if there can be any; says whether. */
async function goOverToFloat64(solver: EmSolver, trace: Trace): Promise<boolean> {
  const exact = await solver.inFloat64(trace.state);
  if (exact) trace.correct(exact);
  return exact !== undefined;
}

function tell({ onIteration }: EmProblem, { state, objective }: Trace): void {
  const { components, model, objective: now } = state.iterate;
  const { weights, epsilon } = model;
  onIteration?.({ iteration: objective.length, epsilon, objective: now, components, weights });
}

/** What the run is judged by; undefined where nobody asks, or it is aborted before that is known. */
async function verdict(problem: EmProblem, { iterate, stage, eStep }: EmState): Promise<number | undefined> {
  const { judgedRows, signal } = problem;
  if (judgedRows === undefined) return undefined;
  try {
    return await judge(iterate, judgedRows, { ...problem, marginal: stage.marginal, eStep });
  } catch (error) {
    if (!signal?.aborted) throw error;
    return undefined;
  }
}

function ending({ iterate, eStep }: EmState): Omit<EmRun, 'status' | 'objective' | 'judged' | 'repairs' | 'limit'> {
  const { components, model, moments, objective, penalty, error, repairs } = iterate;
  const sum = moments.mass.reduce((total, share) => total + share, 0);
  const ridgedComponents = repairs.flatMap(({ kind, component }) => (kind === 'ridge' ? component : []));
  return {
    components,
    weights: model.weights,
    finalObjective: objective,
    penalty,
    plan: { model, mass: moments.mass.map((share) => share / sum) },
    marginalError: error,
    ridged: ridgedComponents.length > 0,
    ridgedComponents,
    sweeps: eStep.sweeps,
    precision: eStep.precision,
  };
}
