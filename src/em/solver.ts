import type { Start } from '../seeding/start.js';
import type { Repair } from '../families/family.js';
import { EXACT, InnerTolerance } from '../transport/tolerance.js';
import type { Accelerator } from './accelerator.js';
import { EStep, objectiveOf, type Ask, type Iterate, type Unswept } from './e-step.js';
import { begun, blockStep, type KeptPlan } from './incremental.js';
import { penaltyOf } from './prior.js';
import type { EmProblem } from './problem.js';
import { reseed } from './reseed.js';
import { iterateOf, type SavedRun } from './saved.js';
import type { Stage } from './stages.js';
import { afterIteration, beginning, finerThanRows, hasStopped, resolves, type Descent } from './stopping.js';

/** EM between two iterations. Immutable: a step makes another. */
export interface EmState {
  readonly stage: Stage;
  /** By float32 sweeps or by float64 ones. */
  readonly eStep: EStep;
  readonly iterate: Iterate;
  /** How closely plans meet the marginal for now. */
  readonly inner: InnerTolerance;
  /** How F has fallen in this stage, at this precision and tightness. */
  readonly descent: Descent;
  readonly accelerator?: Accelerator | undefined;
  /** Of incremental EM: the plan that is kept, whose F is that of the iterate. */
  readonly kept?: KeptPlan | undefined;
}

/**
 * Why there is no reason for another step as things are.
 * - `converged`: F has stopped falling.
 * - `rough`: F has, of plans that meet the marginal but roughly, which is no ground to stop on.
 * - `unresolved`: F has, by as much as float32 sweeps can tell.
 * - `finer`: a component is finer than float32 holds rows where it lies.
 */
export type Ending = 'converged' | 'rough' | 'unresolved' | 'finer';

/**
 * EM as block-coordinate descent on F (plan, component side, θ). `step` is an M-step and the E-step after it, `terminate`
 * says whether F has stopped falling; the other methods do what an ending asks for. Loop, limits and aborts are the
 * driver's (`expectationMaximization`).
 */
export class EmSolver {
  constructor(private readonly problem: EmProblem) {}

  /** The E-step of the start, at the first stage. */
  async init(start: Start): Promise<EmState> {
    const { stages, tolerance, accelerator, precision } = this.problem;
    const [stage] = stages;
    const eStep = await EStep.of(this.problem, precision === 'float64' ? precision : 'float32');
    const inner = InnerTolerance.of(stage.marginal.loosest, tolerance);
    const first: Unswept = { components: start.components, side: stage.marginal.start(start.weights), repairs: [] };
    const iterate = await eStep.meet(first, { ...stage, tolerance: inner.value });
    return this.keeping({ stage, eStep, iterate, inner, descent: beginning(iterate.objective), accelerator });
  }

  /** The state that was saved; its rows and all else must be those of then. */
  async restore({ stage: index, precision, sweeps, iterate, descent, kept, ...saved }: SavedRun): Promise<EmState> {
    const { stages, family, accelerator } = this.problem;
    return {
      stage: stages[index],
      eStep: await EStep.resumed(this.problem, precision, sweeps),
      iterate: iterateOf(iterate, family, precision),
      inner: InnerTolerance.restored(saved.inner),
      descent,
      accelerator: accelerator?.restore(saved.accelerator),
      kept,
    };
  }

  /** One iteration: estimate, accelerate, meet the marginal. F does not rise. */
  async step(state: EmState): Promise<EmState> {
    if (state.kept) return this.epoch(state, state.kept);
    const { eStep, iterate: from, inner, descent } = state;
    const estimate = await this.estimate(state);
    const { to, accelerator, isProposed } = await this.swept(state, estimate);
    const after = afterIteration(descent, to.objective, { ...this.problem, isProposed });
    const next = { ...state, iterate: to, accelerator, descent: after };
    // The last word on F is for tight plans; how tight, only gains tell that go on.
    const stopped = hasStopped(next.descent, this.problem.tolerance, eStep.precision);
    return stopped ? next : { ...next, inner: inner.after(from.objective - to.objective) };
  }

  /** Why it ends here; undefined where F still falls. */
  terminate({ stage, eStep, iterate, inner, descent }: EmState): Ending | undefined {
    const { stages, tolerance, leeway } = this.problem;
    const { precision } = eStep;
    if (!hasStopped(descent, tolerance, precision)) return undefined;
    if (!inner.tight) return 'rough';
    if (finerThanRows(precision, iterate, leeway) !== undefined) return 'finer';
    // Float64 is the last word; and a stage before the last need not be exact.
    const told = precision === 'float64' || resolves(precision, tolerance) || stage !== stages.at(-1);
    return told ? 'converged' : 'unresolved';
  }

  /** The plan of the next stage; another marginal starts from the weights that the one before has left. */
  async enter(state: EmState, stage: Stage): Promise<EmState> {
    const { iterate, eStep } = state;
    const { marginal } = stage;
    const kept = marginal === state.stage.marginal;
    const from = kept ? iterate : { ...iterate, side: marginal.start(iterate.model.weights) };
    const inner = kept ? state.inner : InnerTolerance.of(marginal.loosest, this.problem.tolerance);
    const met = await eStep.meet(from, { ...stage, tolerance: inner.value, near: objectiveOf(iterate) });
    return this.keeping(afresh({ ...state, stage, inner }, met));
  }

  /** From here on plans are tight, this one first. */
  async tighten(state: EmState): Promise<EmState> {
    const inner = state.inner.tightened();
    return afresh({ ...state, inner }, (await this.meetCloser(state, inner.value)).iterate);
  }

  /** The same, its plan as close to the marginal as this. */
  async meetCloser(state: EmState, tolerance: number): Promise<EmState> {
    const { eStep, iterate, stage } = state;
    if (iterate.error <= tolerance) return state;
    return { ...state, iterate: await eStep.meetCloser(iterate, stage.marginal, tolerance) };
  }

  /** The last state, its plan that of its model, however it got there, and as close to the marginal as rounding lets it. */
  async finish(state: EmState): Promise<EmState> {
    if (!state.kept) return this.meetCloser(state, EXACT);
    const iterate = await state.eStep.meet(state.iterate, asked(state));
    return { ...state, iterate, kept: undefined };
  }

  /** The same by float64 sweeps, if there can be any: the plan of the last iteration is made anew. */
  async inFloat64(state: EmState): Promise<EmState | undefined> {
    const eStep = await state.eStep.inFloat64();
    if (!eStep) return undefined;
    // Their centre is not of float32, which may have said anything of what it can't reach.
    const met = await eStep.meet(state.iterate, { ...asked(state), near: 0 });
    return afresh({ ...state, eStep, kept: undefined }, met); // float64 sweeps are of all rows at once
  }

  /** The plan of this state's model, block by block, where EM is incremental. */
  private async keeping(state: EmState): Promise<EmState> {
    const { blocks, signal } = this.problem;
    const { iterate, eStep } = state;
    if (!blocks || eStep.precision === 'float64') return state;
    const kept = await begun(blocks, iterate.model, iterate.moments, signal);
    eStep.made(1);
    return { ...state, kept };
  }

  /** An iteration of incremental EM: of each block in turn an M-step, and its E-step. F of the kept plan does not rise. */
  private async epoch(state: EmState, before: KeptPlan): Promise<EmState> {
    const { blocks = [], family, prior, signal } = this.problem;
    const { epsilon } = state.stage;
    let { iterate } = state;
    let kept = before;
    const reseeded: Repair[] = [];
    for (const index of blocks.keys()) {
      const { components, side, repairs } = await this.estimate({ ...state, iterate });
      const model = { components: family.pack(components), ...side, epsilon };
      kept = await blockStep(kept, { rows: blocks, index, from: iterate.model.components }, model, signal);
      const penalty = penaltyOf(prior, family, components, side.weights);
      const { moments } = kept;
      const objective = moments.objective / moments.weight + penalty;
      iterate = { components, side, model, moments, objective, penalty, error: 0, repairs };
      if (index < blocks.length - 1) reseeded.push(...repairs.filter(({ kind }) => kind === 'reseeded'));
    }
    state.eStep.made(1);
    iterate = { ...iterate, repairs: [...reseeded, ...iterate.repairs] };
    const descent = afterIteration(state.descent, iterate.objective, this.problem);
    return { ...state, iterate, kept, descent };
  }

  /**
   * M-step: weights and parameters from moments; components that lost all their rows start again where rows fit worst.
   */
  private async estimate({ stage, eStep, iterate }: EmState): Promise<Unswept> {
    const { family, regularization, prior, signal } = this.problem;
    const { model } = iterate;
    const { k } = iterate.components; // noise, which the model may have besides, never starts again
    const { moments, fresh } = await reseed(eStep.rows, model, iterate.moments, { k, signal });
    const { components: estimated, repairs } = family.estimate(moments, model.components, {
      regularization,
      ...(prior?.components && { prior: prior.components }),
    });
    const components = fresh.length > 0 ? family.restarted(estimated, fresh) : estimated;
    const side = stage.marginal.advance(
      { ...iterate, moments },
      fresh.map(({ component }) => component),
      stage.epsilon,
    );
    return { components, side, repairs: [...repairs, ...fresh.map(({ repair }) => repair)] };
  }

  /** E-step at what the accelerator proposes, if that is no worse than the last iterate; else at the estimate. */
  private async swept(
    state: EmState,
    estimate: Unswept,
  ): Promise<{
    readonly to: Iterate;
    readonly accelerator: Accelerator | undefined;
    readonly isProposed: boolean;
  }> {
    const { eStep, iterate: from, accelerator } = state;
    const proposal = accelerator?.propose(from, estimate);
    if (proposal) {
      const to = await eStep.meet(proposal, asked(state));
      // F of a plan that meets its marginal but roughly is a lower bound, by which anything would look worse.
      const before = (await this.meetCloser(state, asked(state).tolerance)).iterate;
      if (to.objective <= before.objective) {
        return { to, accelerator: accelerator?.after({ from, estimate, to, taken: true }), isProposed: true };
      }
    }
    const to = await eStep.meet(estimate, asked(state));
    const step = { from, estimate, to, ...(proposal && { taken: false }) };
    return { to, accelerator: accelerator?.after(step), isProposed: false };
  }
}

/** What the next plan must meet. */
function asked({ stage, inner, iterate }: EmState): Ask {
  return { ...stage, tolerance: inner.value, near: objectiveOf(iterate) };
}

/** A state whose F compares with none before. */
function afresh(state: EmState, iterate: Iterate): EmState {
  return { ...state, iterate, descent: beginning(iterate.objective), accelerator: state.accelerator?.fresh() };
}
