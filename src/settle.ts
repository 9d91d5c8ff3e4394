import type { Components, Family, Repair } from './families/family.js';
import type { PlanModel } from './moments.js';
import type { BorrowedShard } from './sweep/shard.js';
import { EXACT } from './transport/tolerance.js';
import type { ComponentSide, InnerSolve, MarginalSolver, Settled } from './transport/solver.js';

/** A model before it is swept. */
export interface Unswept {
  readonly components: Components;
  readonly side: ComponentSide;
  /** What estimating it took. */
  readonly repairs: readonly Repair[];
}

/** A model, and the plan that meets its marginal. */
export interface State extends Unswept, Settled {
  readonly model: PlanModel;
}

export interface EStepProblem {
  readonly shard: BorrowedShard;
  readonly family: Family;
  readonly signal?: AbortSignal | undefined;
}

/** What the plan must meet, at which temperature, how exactly, and what the sweep's objective will be near, nats. */
export interface Ask {
  readonly marginal: MarginalSolver;
  readonly epsilon: number;
  readonly tolerance: number;
  readonly near?: number;
}

/** E-steps: sweeps until the plan meets the marginal. Counts them. */
export class EStep {
  sweeps = 0;

  constructor(private readonly problem: EStepProblem) {}

  async settle(from: Unswept, ask: Ask): Promise<State> {
    const { components, side, repairs } = from;
    const packed = this.problem.family.pack(components);
    const inner = this.inner(packed, ask);
    const settled = await ask.marginal.settle(await inner.sweep(side), inner);
    const model = { components: packed, ...settled.side, epsilon: ask.epsilon };
    return { ...settled, components, repairs, model };
  }

  /** Meets the marginal better, from where the last settling ended. */
  async refine(state: State, marginal: MarginalSolver, tolerance: number): Promise<State> {
    const { components, epsilon } = state.model;
    const inner = this.inner(components, { marginal, epsilon, tolerance, near: objectiveOf(state) });
    const settled = await marginal.settle(state, inner);
    return { ...state, ...settled, model: { components, ...settled.side, epsilon } };
  }

  private inner(components: PlanModel['components'], { marginal, epsilon, tolerance, near = 0 }: Ask): InnerSolve {
    const { shard, signal } = this.problem;
    const { coupling, tails } = marginal;
    let objectiveNear = near;
    return {
      epsilon,
      tolerance,
      bearable: tolerance > EXACT ? marginal.loosest : 0,
      sweep: async (side) => {
        const moments = await shard.sweep({ components, ...side, epsilon }, { objectiveNear, coupling, tails, signal });
        this.sweeps++;
        objectiveNear = moments.objective / moments.weight;
        return { side, moments };
      },
    };
  }
}

/** What the next sweep's objective will be near, nats. */
export function objectiveOf({ moments }: Settled): number {
  return moments.objective / moments.weight;
}
