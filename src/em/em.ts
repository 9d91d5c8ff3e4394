import type { Start } from '../seeding/start.js';
import { judge } from './judge.js';
import type { EmProblem } from './problem.js';
import type { EmRun, FitStatus } from './run.js';
import type { SavedRun } from './saved.js';
import { EmSolver, type EmState } from './solver.js';
import { finerThanRows, limitOf } from './stopping.js';
import { Trace } from './trace.js';

export type { EmIteration, EmProblem } from './problem.js';
export type { EmRun, FitStatus } from './run.js';

/**
 * Runs EM from a start, or from where a run was saved, stage after stage, each until F stops falling. This driver of
 * `EmSolver` owns the loop, the limit on iterations, going over to float64 and aborts. Aborting ends the run with the last
 * complete iteration; before the first sweep is done it throws.
 */
export async function expectationMaximization(problem: EmProblem, from: Start | SavedRun): Promise<EmRun> {
  const solver = new EmSolver(problem);
  const resumed = 'iterate' in from;
  const trace = resumed ? await Trace.resumed(solver, from) : new Trace(await solver.init(from));
  let status: FitStatus;
  try {
    if (!resumed && isFiner(problem, trace.state)) await goOverToFloat64(solver, trace);
    status = await drive(problem, solver, trace);
  } catch (error) {
    if (!problem.signal?.aborted) throw error;
    status = 'aborted';
  }
  // A last stage that was left no iterations has an F all the same.
  trace.correct(trace.state);
  const judged = status === 'aborted' ? undefined : await verdict(problem, trace.state);
  if (problem.judgedRows !== undefined && judged === undefined) status = 'aborted'; // the judgement was
  const { eStep, iterate } = trace.state;
  const limit = limitOf(eStep.precision, iterate, { ...problem, stopped: status === 'precision' });
  const { objective, repairs } = trace;
  return { ...ending(trace.state), status, objective, repairs, judged, limit };
}

/** All stages, and the last plan made to meet its marginal however loosely the run got there. */
async function drive(problem: EmProblem, solver: EmSolver, trace: Trace): Promise<FitStatus> {
  const { stages } = problem;
  const current = trace.state.stage;
  let status: FitStatus = 'maxIterations';
  for (const stage of stages.slice(stages.indexOf(current))) {
    if (stage !== current) trace.enter(await solver.enter(trace.state, stage));
    status = await descend(problem, solver, trace);
  }
  trace.correct(await solver.finish(trace.state));
  return status;
}

/** One stage: iterations until F stops falling, or there have been as many as there may be. */
async function descend(problem: EmProblem, solver: EmSolver, trace: Trace): Promise<FitStatus> {
  while (trace.objective.length < trace.most(problem)) {
    await problem.kept?.between(trace.saved(problem.stages));
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
