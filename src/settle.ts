import type { Components, Family, Repair } from './families/family.js';
import type { Moments, PlanModel } from './moments.js';
import { negligibleShare } from './sweep/negligible.js';
import type { BorrowedShard } from './sweep/shard.js';
import { EXACT } from './transport/tolerance.js';
import type { ComponentSide, InnerSolve, MarginalSolver, Settled, Swept } from './transport/solver.js';

/** A share of its mass that may be missing of a component whose mass's logarithm is taken. */
const MISSED = 1e-3;

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
    const { coupling } = marginal;
    let objectiveNear = near;
    let tails = false;
    const sweep = async (side: ComponentSide): Promise<Swept> => {
      const moments = await shard.sweep({ components, ...side, epsilon }, { objectiveNear, coupling, tails, signal });
      this.sweeps++;
      objectiveNear = moments.objective / moments.weight;
      if (tails || !marginal.tails || countsAll(moments, side, shard.n)) return { side, moments };
      tails = true; // and for the rest of this solve
      return sweep(side);
    };
    return { epsilon, tolerance, bearable: tolerance > EXACT ? marginal.loosest : 0, sweep };
  }
}

/** Whether what a sweep may have left out is nothing to any component's mass. */
function countsAll({ mass, weight }: Moments, { weights }: ComponentSide, n: number): boolean {
  const missing = weight * negligibleShare(weights, n);
  return mass.every((held) => missing <= MISSED * held);
}

/** What the next sweep's objective will be near, nats. */
export function objectiveOf({ moments }: Settled): number {
  return moments.objective / moments.weight;
}
