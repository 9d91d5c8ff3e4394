import type { Components } from '../families/components.js';
import type { Family, Repair } from '../families/family.js';
import type { Floats, PackedModel, PlanModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { Precision } from '../sweep/float32-reach.js';
import { negligibleShare } from '../sweep/negligible.js';
import type { SweptRows } from '../sweep/shard.js';
import { EXACT } from '../transport/tolerance.js';
import { penaltyOf, type MixturePrior } from './prior.js';
import type { ComponentSide, InnerSolve, MarginalSolver, Solved, Swept } from '../transport/solver.js';

/** A share of its mass that may be missing of a component whose mass's logarithm is taken. */
const MISSED = 1e-3;

/** A model before it is swept. */
export interface Unswept {
  readonly components: Components;
  readonly side: ComponentSide;
  /** What estimating it took. */
  readonly repairs: readonly Repair[];
}

/** A model, and the plan that meets its marginal: what an iteration of EM begins and ends with. */
export interface Iterate extends Unswept, Solved {
  readonly model: PlanModel<Floats>;
  /** −log prior / n of its parameters, nats, which is part of `objective`; 0 where there is no prior. */
  readonly penalty: number;
}

export interface EStepProblem {
  readonly shard: SweptRows;
  /** The same rows in float64; undefined, or left out, where they can't be had so. */
  readonly exactly?: (() => Promise<SweptRows<Float64Array> | undefined>) | undefined;
  readonly family: Family;
  /** Left out for maximum likelihood. */
  readonly prior?: MixturePrior | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the plan must meet, at which temperature, how exactly, and what the sweep's objective will be near, nats. */
export interface Ask {
  readonly marginal: MarginalSolver;
  readonly epsilon: number;
  readonly tolerance: number;
  readonly near?: number;
}

/** E-steps: sweeps until the plan meets the marginal, of rows in one precision. */
export class EStep {
  private constructor(
    private readonly problem: EStepProblem,
    readonly precision: Precision,
    /** In that precision. */
    readonly rows: SweptRows<Floats>,
    private readonly count: { sweeps: number },
  ) {}

  /** E-steps by sweeps of a precision; by float32 ones where float64 can't be had. */
  static async of(problem: EStepProblem, precision: Precision = 'float32'): Promise<EStep> {
    const eStep = new EStep(problem, 'float32', problem.shard, { sweeps: 0 });
    return precision === 'float32' ? eStep : ((await eStep.inFloat64()) ?? eStep);
  }

  /** E-steps that go on in a precision, after so many sweeps; throws `RangeError` where the rows can't be had so. */
  static async resumed(problem: EStepProblem, precision: Precision, sweeps: number): Promise<EStep> {
    const rough = new EStep(problem, 'float32', problem.shard, { sweeps });
    const eStep = precision === 'float32' ? rough : await rough.inFloat64();
    if (!eStep) throw new RangeError('rows that can be read in float64, as they were, were expected');
    return eStep;
  }

  /** Sweeps made so far, in either precision. */
  get sweeps(): number {
    return this.count.sweeps;
  }

  /** Counts sweeps that were made elsewhere. */
  made(sweeps: number): void {
    this.count.sweeps += sweeps;
  }

  /** The same by float64 sweeps; undefined where the rows can't be had so, or are so already. */
  async inFloat64(): Promise<EStep | undefined> {
    const exact = this.precision === 'float64' ? undefined : await this.problem.exactly?.();
    return exact && new EStep(this.problem, 'float64', exact, this.count);
  }

  /** Has the plan of a model meet the marginal. */
  async meet(from: Unswept, ask: Ask): Promise<Iterate> {
    const { components, side, repairs } = from;
    const { family } = this.problem;
    const packed = this.precision === 'float64' ? family.packExactly(components) : family.pack(components);
    const inner = this.inner(packed, ask);
    const solved = await ask.marginal.solve(await inner.sweep(side), inner);
    const model = { components: packed, ...solved.side, epsilon: ask.epsilon };
    return { ...this.penalized(components, solved), components, repairs, model };
  }

  /** Has it meet the marginal better, from where the last solve ended. */
  async meetCloser(iterate: Iterate, marginal: MarginalSolver, tolerance: number): Promise<Iterate> {
    const { components, epsilon } = iterate.model;
    const inner = this.inner(components, { marginal, epsilon, tolerance, near: objectiveOf(iterate) });
    const solved = await marginal.solve(iterate, inner);
    const model = { components, ...solved.side, epsilon };
    return { ...iterate, ...this.penalized(iterate.components, solved), model };
  }

  /** A solution whose F has the prior's term. */
  private penalized(components: Components, solved: Solved): Solved & Pick<Iterate, 'penalty'> {
    const { prior, family } = this.problem;
    const penalty = penaltyOf(prior, family, components, solved.side.weights);
    return { ...solved, objective: solved.objective + penalty, penalty };
  }

  private inner(components: PackedModel<Floats>, { marginal, epsilon, tolerance, near = 0 }: Ask): InnerSolve {
    const { signal } = this.problem;
    const { rows, precision } = this;
    const { coupling } = marginal;
    let objectiveNear = near;
    let tails = precision === 'float64' && !rows.sparing; // float64 sweeps leave nothing out that counts
    const sweep = async (side: ComponentSide): Promise<Swept> => {
      const model = { components, ...side, epsilon };
      const [moments] = await rows.sweep([{ model, objectiveNear, coupling, tails }], { signal });
      this.count.sweeps++;
      objectiveNear = nearOf(moments);
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
export function objectiveOf({ moments }: Solved): number {
  return nearOf(moments);
}

/** 0 where the sweep overflowed: of a centre that is no number no later sweep would recover. */
function nearOf({ objective, weight }: Moments): number {
  const near = objective / weight;
  return Number.isFinite(near) ? near : 0;
}
