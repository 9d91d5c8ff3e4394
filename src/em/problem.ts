import type { Components } from '../families/components.js';
import type { Family } from '../families/family.js';
import type { Settled } from './stopping.js';
import type { Precision } from '../sweep/float32-reach.js';
import type { SweptRows } from '../sweep/shard.js';
import type { Accelerator } from './accelerator.js';
import type { MixturePrior } from './prior.js';
import type { KeptRun } from './saved.js';
import type { Stage } from './stages.js';

export interface EmProblem {
  readonly shard: SweptRows;
  /** The same rows in float64, for what float32 can't tell; undefined, or left out, where they can't be had so. */
  readonly exactly?: (() => Promise<SweptRows<Float64Array> | undefined>) | undefined;
  /** Of the first sweeps; default 'auto', float32, from which a run goes over to float64 where it must and can. */
  readonly precision?: Precision | 'auto' | undefined;
  /** Why there can be no float64 sweeps, and what to do, in words; where it is left out they can't be had. */
  readonly settled?: Settled | undefined;
  /** How many times the rounding may be borne that float64 sweeps are made for where they cost little; default 1. */
  readonly leeway?: number | undefined;
  readonly family: Family;
  /** The same rows block by block, where EM is to be incremental; all stages are then free ones, at ε > 0. */
  readonly blocks?: readonly SweptRows[] | undefined;
  /** One or more, the last of which says what is fitted. */
  readonly stages: readonly Stage[];
  readonly tolerance: number;
  /** Over all stages. */
  readonly maxIterations: number;
  /** Per column, in the shard's coordinates. */
  readonly regularization: Float64Array;
  /** Left out for maximum likelihood. */
  readonly prior?: MixturePrior | undefined;
  /** Left out for plain EM. */
  readonly accelerator?: Accelerator | undefined;
  /** How many rows there are, whatever their weights sum to, if the run is to be judged when it has ended. */
  readonly judgedRows?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: (iteration: EmIteration) => void;
  /** Where there is a checkpoint, what keeps the run there. */
  readonly kept?: KeptRun | undefined;
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
