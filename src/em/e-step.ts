import type { Components, Family, Repair } from '../families/family.js';
import type { Floats, PackedModel, PlanModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { Precision } from '../sweep/float32-reach.js';
import { negligibleShare } from '../sweep/negligible.js';
import type { SweptRows } from '../sweep/shard.js';
import { EXACT } from '../transport/tolerance.js';
import type { ComponentSide, InnerSolve, MarginalSolver, Settled, Swept } from '../transport/solver.js';

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
  readonly model: PlanModel<Floats>;
}

export interface EStepProblem {
  readonly shard: SweptRows;
  /** The same rows in float64; undefined, or left out, where they can't be had so. */
  readonly exactly?: (() => Promise<SweptRows<Float64Array> | undefined>) | undefined;
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

/** E-steps: sweeps until the plan meets the marginal. Counts them. Begins in float32. */
export class EStep {
  sweeps = 0;
  precision: Precision = 'float32';
  /** In that precision. */
  rows: SweptRows<Floats>;

  constructor(private readonly problem: EStepProblem) {
    this.rows = problem.shard;
  }

  /** Goes over to float64, where the rows can be had so; says whether. States are to be settled anew. */
  async toFloat64(): Promise<boolean> {
    const exact = this.precision === 'float64' ? undefined : await this.problem.exactly?.();
    if (!exact) return false;
    this.rows = exact;
    this.precision = 'float64';
    return true;
  }

  async settle(from: Unswept, ask: Ask): Promise<State> {
    const { components, side, repairs } = from;
    const { family } = this.problem;
    const packed = this.precision === 'float64' ? family.packExactly(components) : family.pack(components);
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

  private inner(components: PackedModel<Floats>, { marginal, epsilon, tolerance, near = 0 }: Ask): InnerSolve {
    const { signal } = this.problem;
    const { rows, precision } = this;
    const { coupling } = marginal;
    let objectiveNear = near;
    let tails = precision === 'float64'; // whose sweeps leave nothing out
    const sweep = async (side: ComponentSide): Promise<Swept> => {
      const model = { components, ...side, epsilon };
      const [moments] = await rows.sweep([{ model, objectiveNear, coupling, tails }], { signal });
      this.sweeps++;
      objectiveNear = moments.objective / moments.weight;
      if (tails || !marginal.tails || countsAll(moments, side, rows.n)) return { side, moments };
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
