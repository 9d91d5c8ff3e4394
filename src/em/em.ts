import type { Components, Family, Repair } from '../families/family.js';
import { judge } from './judge.js';
import type { Floats, PlanModel } from '../sweep/model.js';
import type { Precision } from '../sweep/float32-reach.js';
import { reseed } from './reseed.js';
import type { Start } from '../seeding/start.js';
import type { Stage } from './stages.js';
import type { SweptRows } from '../sweep/shard.js';
import { convergence, finerThanRows, limitOf, resolves } from './stopping.js';
import { EStep, objectiveOf, type State, type Unswept } from './e-step.js';
import type { MarginalSolver } from '../transport/solver.js';
import { EXACT, InnerTolerance } from '../transport/tolerance.js';

/** How a run of EM ended; `precision`: rounding would decide whether, or where, it goes on. */
export type FitStatus = 'converged' | 'maxIterations' | 'aborted' | 'precision';

export interface EmProblem {
  readonly shard: SweptRows;
  /** The same rows in float64, for what float32 can't tell; undefined, or left out, where they can't be had so. */
  readonly exactly?: (() => Promise<SweptRows<Float64Array> | undefined>) | undefined;
  readonly family: Family;
  /** One or more, the last of which says what is fitted. */
  readonly stages: readonly Stage[];
  readonly tolerance: number;
  /** Over all stages. */
  readonly maxIterations: number;
  /** Per column, in the shard's coordinates. */
  readonly regularization: Float64Array;
  /** How many rows there are, whatever their weights sum to, if the run is to be judged when it has ended. */
  readonly judgedRows?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: (iteration: EmIteration) => void;
}

/** An iteration that is done. */
export interface EmIteration {
  /** From 1. */
  readonly iteration: number;
  readonly epsilon: number;
  /** F at these components and weights, shard coordinates, nats. */
  readonly objective: number;
  readonly components: Components;
  readonly weights: Float64Array;
}

export interface EmRun {
  readonly components: Components;
  readonly weights: Float64Array;
  readonly status: FitStatus;
  /** F after each iteration, with the marginal's terms, shard coordinates, nats. */
  readonly objective: readonly number[];
  /** F at the components it ended with. */
  readonly finalObjective: number;
  /** What it is judged by, as `judge` says; left out where nobody asks, and where it was aborted. */
  readonly judged?: number | undefined;
  /** The plan it ended with, given by its model, and its column masses over Σ m, `[k]`. */
  readonly plan: { readonly model: PlanModel<Floats>; readonly mass: Float64Array };
  /** How far that is from meeting the marginal, as `Settled` has it. */
  readonly marginalError: number;
  readonly sweeps: number;
  readonly repairs: readonly Repair[];
  /** Whether the components it ended with needed a ridge, and which did. */
  readonly ridged: boolean;
  readonly ridgedComponents: readonly number[];
  /** Of the sweeps it ended with. */
  readonly precision: Precision;
  /** What of it rounding has decided, a sentence. */
  readonly limit?: string | undefined;
}

/** How far a fit has come. */
interface Course {
  stage: Stage;
  state: State;
  status: FitStatus;
  inner: InnerTolerance;
  readonly objective: number[];
  readonly repairs: Repair[];
}

/**
 * EM as block-coordinate descent on F (DESIGN: plan, component side, θ): settle the plan → estimate, until F stops
 * falling, stage after stage. Aborting ends it with the last complete iteration; before the
 * first sweep is done it throws.
 */
export async function expectationMaximization(problem: EmProblem, start: Start): Promise<EmRun> {
  const { stages, signal } = problem;
  const [stage] = stages;
  const step = new EStep(problem);
  const inner = new InnerTolerance(stage.marginal.loosest, problem.tolerance);
  const first: Unswept = { components: start.components, side: stage.marginal.start(start.weights), repairs: [] };
  const state = await step.settle(first, { ...stage, tolerance: inner.value });
  const course: Course = { stage, state, status: 'maxIterations', inner, objective: [], repairs: [] };
  try {
    await refineIfFiner(course, step);
    for (const next of stages) {
      if (next !== stage) await enter(next, problem, course, step);
      await descend(problem, course, step);
    }
    // However loosely it got there, a fit ends with a plan that meets its marginal.
    await settleAgain(course, step, EXACT);
  } catch (error) {
    if (!signal?.aborted) throw error;
    course.status = 'aborted';
  }
  const { status, objective, repairs } = course;
  // A last stage that was left no iterations has an F all the same.
  if (objective.length > 0) objective[objective.length - 1] = course.state.objective;
  const judged = await verdict(problem, course, step);
  const limit = limitOf(step, course.state, { ...problem, stopped: status === 'precision' });
  const { sweeps, precision } = step;
  return { ...ending(course.state), status, objective, repairs, judged, limit, sweeps, precision };
}

/** What the run is judged by; undefined where nobody asks, or it is aborted before that is known. */
async function verdict(problem: EmProblem, { state, stage, status }: Course, step: EStep): Promise<number | undefined> {
  const { judgedRows, signal } = problem;
  if (judgedRows === undefined || status === 'aborted') return undefined;
  try {
    return await judge(state, judgedRows, { ...problem, marginal: stage.marginal, step });
  } catch (error) {
    if (!signal?.aborted) throw error;
    return undefined;
  }
}

/** Settles the plan of the next stage; another marginal starts from the weights that the one before has left. */
async function enter(stage: Stage, { tolerance }: EmProblem, course: Course, step: EStep): Promise<void> {
  const { state } = course;
  const { marginal } = stage;
  const kept = marginal === course.stage.marginal;
  const from = kept ? state : { ...state, side: marginal.start(state.model.weights) };
  const inner = kept ? course.inner : new InnerTolerance(marginal.loosest, tolerance);
  course.state = await step.settle(from, { ...stage, tolerance: inner.value, near: objectiveOf(state) });
  course.stage = stage;
  course.inner = inner;
}

/** One stage: iterations until F stops falling, or there have been as many as there may be. */
async function descend(problem: EmProblem, course: Course, step: EStep): Promise<void> {
  const { tolerance, maxIterations, onIteration } = problem;
  const { stage, objective, repairs, inner } = course;
  const { epsilon, marginal, iterations = Infinity } = stage;
  const most = Math.min(maxIterations, objective.length + iterations);
  let stopped = convergence(tolerance, course.state.objective, step.precision);
  course.status = 'maxIterations';
  while (objective.length < most && course.status === 'maxIterations') {
    const before = course.state;
    const next = await maximize(problem, step, marginal, before);
    const state = await step.settle(next, { ...stage, tolerance: inner.value, near: objectiveOf(before) });
    if (finerThanRows(step, state) !== undefined && (await refine(course, step))) {
      stopped = convergence(tolerance, course.state.objective, step.precision);
      continue; // the iteration is made again
    }
    course.state = state;
    repairs.push(...course.state.repairs);
    objective.push(course.state.objective);
    const { components, model } = course.state;
    const { weights } = model;
    onIteration?.({ iteration: objective.length, epsilon, objective: course.state.objective, components, weights });
    if (!stopped(course.state.objective)) inner.gained(before.objective - course.state.objective);
    else {
      if (inner.tight) course.status = await conclusion(problem, course, step);
      // A plan that meets the marginal but roughly is no ground to stop on: tightly from here, and judged anew.
      else {
        inner.tighten();
        await settleAgain(course, step, inner.value);
      }
      stopped = convergence(tolerance, course.state.objective, step.precision);
    }
  }
}

/** How a stage ends whose F has stopped falling: not yet, where float32 could not tell and float64 can. */
async function conclusion({ stages, tolerance }: EmProblem, course: Course, step: EStep): Promise<FitStatus> {
  if (finerThanRows(step, course.state) !== undefined) return 'precision';
  // Float64 is the last word; and a stage before the last need not be exact.
  const told = step.precision === 'float64' || resolves(step.precision, tolerance) || course.stage !== stages.at(-1);
  if (told) return 'converged';
  return (await refine(course, step)) ? 'maxIterations' : 'precision';
}

/** Goes over to float64 where a component is finer than rows are in float32. */
async function refineIfFiner(course: Course, step: EStep): Promise<void> {
  if (finerThanRows(step, course.state) !== undefined) await refine(course, step);
}

/** Goes over to float64 sweeps, if there can be any, and settles the plan of the last iteration by one; says whether. */
async function refine(course: Course, step: EStep): Promise<boolean> {
  if (!(await step.toFloat64())) return false;
  const { state, stage, inner, objective } = course;
  course.state = await step.settle(state, { ...stage, tolerance: inner.value, near: objectiveOf(state) });
  if (objective.length > 0) objective[objective.length - 1] = course.state.objective;
  return true;
}

/** Has the plan of the last iteration meet the marginal better. */
async function settleAgain(course: Course, step: EStep, tolerance: number): Promise<void> {
  const { state, stage, objective } = course;
  if (state.error <= tolerance) return;
  course.state = await step.refine(state, stage.marginal, tolerance);
  if (objective.length > 0) objective[objective.length - 1] = course.state.objective;
}

function ending(
  state: State,
): Omit<EmRun, 'status' | 'objective' | 'judged' | 'sweeps' | 'repairs' | 'precision' | 'limit'> {
  const { components, model, moments, objective, error, repairs } = state;
  const sum = moments.mass.reduce((total, share) => total + share, 0);
  const ridgedComponents = repairs.flatMap(({ kind, component }) => (kind === 'ridge' ? component : []));
  return {
    components,
    weights: model.weights,
    finalObjective: objective,
    plan: { model, mass: moments.mass.map((share) => share / sum) },
    marginalError: error,
    ridged: ridgedComponents.length > 0,
    ridgedComponents,
  };
}

/**
 * M-step: weights and parameters from moments; components that lost all their rows start again where rows fit worst.
 */
async function maximize(problem: EmProblem, step: EStep, marginal: MarginalSolver, state: State): Promise<Unswept> {
  const { family, regularization } = problem;
  const { model, moments } = state;
  const fresh = await reseed(step.rows, model, moments, problem.signal);
  const { components, repairs } = family.estimate(moments, model.components, { regularization });
  for (const { component, row } of fresh) components.means.set(row, component * components.d);
  const side = marginal.advance(
    state,
    fresh.map(({ component }) => component),
  );
  return { components, side, repairs: [...repairs, ...fresh.map(({ repair }) => repair)] };
}
