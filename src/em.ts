import type { Components, Family, Repair } from './families/family.js';
import { reseed } from './reseed.js';
import type { Start } from './seeding/start.js';
import type { Moments, PlanModel } from './moments.js';
import type { Shard } from './sweep/shard.js';
import type { ComponentSide, MarginalSolver } from './transport/marginal.js';

/** How a run of EM ended. */
export type FitStatus = 'converged' | 'maxIterations' | 'aborted';

export interface EmProblem {
  readonly shard: Shard;
  readonly family: Family;
  readonly marginal: MarginalSolver;
  /** ε of each stage. */
  readonly temperatures: readonly number[];
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Per column, in the shard's coordinates. */
  readonly regularization: Float64Array;
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: (iteration: number, objective: number, epsilon: number) => void;
}

export interface EmRun {
  readonly components: Components;
  readonly weights: Float64Array;
  readonly status: FitStatus;
  /** F after each iteration, shard coordinates, nats. */
  readonly objective: readonly number[];
  /** F at the components it ended with. */
  readonly finalObjective: number;
  readonly sweeps: number;
  readonly repairs: readonly Repair[];
  /** Whether the components it ended with needed a ridge. */
  readonly ridged: boolean;
}

/** A fall of the objective that float32 sweeps can just resolve, nats. */
const RESOLUTION = 1e-6;
/** Iterations without a fall by the tolerance before a fit that asks for more than float32 resolves is done. */
const PATIENCE = 10;

/** A model and what a sweep at it found. */
interface State {
  readonly components: Components;
  readonly side: ComponentSide;
  readonly model: PlanModel;
  readonly moments: Moments;
  readonly repairs: readonly Repair[];
}

/**
 * EM as block-coordinate descent on F (DESIGN: plan, component side, θ): moments → marginal → estimate → sweep, until F
 * stops falling. Aborting ends it with the last complete iteration; before the first sweep is done it throws.
 */
export async function expectationMaximization(problem: EmProblem, start: Start): Promise<EmRun> {
  const { temperatures, tolerance, maxIterations, signal } = problem;
  const objective: number[] = [];
  const repairs: Repair[] = [];
  const counter = { sweeps: 0 };
  const first: Unswept = { components: start.components, side: problem.marginal.start(start.weights), repairs: [] };
  let state = await settle(problem, first, temperatures[0], counter);
  let status: FitStatus = 'maxIterations';
  try {
    for (const [stage, epsilon] of temperatures.entries()) {
      if (stage > 0) state = await settle(problem, state, epsilon, counter, fOf(state));
      const progress = convergence(tolerance, fOf(state));
      status = 'maxIterations';
      while (objective.length < maxIterations && status === 'maxIterations') {
        const next = await maximize(problem, state);
        state = await settle(problem, next, epsilon, counter, fOf(state));
        repairs.push(...state.repairs);
        objective.push(fOf(state));
        problem.onIteration?.(objective.length, fOf(state), epsilon);
        if (progress(fOf(state))) status = 'converged';
      }
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    status = 'aborted';
  }
  return {
    components: state.components,
    weights: state.side.weights,
    status,
    objective,
    finalObjective: fOf(state),
    sweeps: counter.sweeps,
    repairs,
    ridged: state.repairs.some(({ kind }) => kind === 'ridge'),
  };
}

type Unswept = Omit<State, 'model' | 'moments'>;

/** E-step: sweeps until the marginal holds. */
async function settle(
  problem: EmProblem,
  from: Unswept,
  epsilon: number,
  counter: { sweeps: number },
  objectiveNear = 0,
): Promise<State> {
  const components = problem.family.pack(from.components);
  let { side } = from;
  for (;;) {
    const model = { components, weights: side.weights, potential: side.potential, epsilon };
    const moments = await problem.shard.sweep(model, { objectiveNear, signal: problem.signal });
    counter.sweeps++;
    const update = problem.marginal.update(moments, side);
    if (update.settled) return { ...from, side, model, moments };
    side = update;
  }
}

/** M-step: weights and parameters from moments; components that lost all their rows start again where rows fit worst. */
async function maximize(problem: EmProblem, state: State): Promise<Unswept> {
  const { family, marginal, regularization } = problem;
  const { side, model, moments } = state;
  const fresh = await reseed(problem.shard, model, moments, problem.signal);
  const { components, repairs } = family.estimate(moments, model.components, { regularization });
  for (const { component, row } of fresh) components.means.set(row, component * components.d);
  const update = marginal.update(moments, side);
  if (fresh.length === 0) return { components, side: update, repairs };
  const share = 1 / (2 * components.k);
  const weights = update.weights.map((weight) => weight * (1 - share * fresh.length));
  for (const { component } of fresh) weights[component] = share;
  return { components, side: { ...update, weights }, repairs: [...repairs, ...fresh.map(({ repair }) => repair)] };
}

function fOf({ moments }: State): number {
  return moments.objective / moments.weight;
}

/**
 * Says whether F has stopped falling: no fall by more than the tolerance below the best F so far. Where the tolerance
 * asks for more than one sweep resolves, that must hold for several iterations, or rounding would decide.
 */
function convergence(tolerance: number, first: number): (objective: number) => boolean {
  const patience = tolerance >= RESOLUTION ? 1 : PATIENCE;
  let best = first;
  let waited = 0;
  return (objective) => {
    if (best - objective > tolerance) {
      best = objective;
      waited = 0;
      return false;
    }
    return ++waited >= patience;
  };
}
