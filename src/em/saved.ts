/** EM between two iterations as plain values: what a checkpoint keeps of a run, to go on from there to the same bits. */
import type { Family, Repair } from '../families/family.js';
import type { Precision } from '../sweep/float32-reach.js';
import type { Floats, PackedModel, PlanModel } from '../sweep/model.js';
import type { ComponentSide } from '../transport/solver.js';
import type { Iterate } from './e-step.js';
import type { KeptPlan } from './incremental.js';
import type { EmRun } from './run.js';
import type { Descent } from './stopping.js';

/** A model that is packed again from its components, which gives the same bits. */
export interface SavedIterate extends Omit<Iterate, 'model'> {
  readonly epsilon: number;
}

/** A run between two iterations. */
export interface SavedRun {
  /** Which stage, from 0, and how many iterations there had been when it began. */
  readonly stage: number;
  readonly began: number;
  readonly precision: Precision;
  readonly sweeps: number;
  readonly iterate: SavedIterate;
  /** Of plans, for now and at last. */
  readonly inner: { readonly value: number; readonly tightest: number };
  readonly descent: Descent;
  /** What the accelerator remembers; left out for plain EM. */
  readonly accelerator?: unknown;
  /** Of incremental EM. */
  readonly kept?: KeptPlan | undefined;
  readonly objective: readonly number[];
  readonly repairs: readonly Repair[];
}

/** A run that has ended. */
export interface SavedEnd extends Omit<EmRun, 'plan'> {
  readonly plan: ComponentSide & { readonly epsilon: number; readonly mass: Float64Array };
}

/** Where a run is kept: what was kept of it before, and what is to be kept now. */
export interface KeptRun {
  /** What there was of it; undefined where it begins. */
  readonly saved?: SavedRun | undefined;
  /** Takes what there is between two iterations; `saved` gives the same whenever it is called. */
  between(saved: () => SavedRun): Promise<void>;
}

export function savedIterate({ model, ...rest }: Iterate): SavedIterate {
  return { ...rest, epsilon: model.epsilon };
}

export function iterateOf({ epsilon, ...rest }: SavedIterate, family: Family, precision: Precision): Iterate {
  return { ...rest, model: { components: packed(rest.components, family, precision), ...sideOf(rest.side), epsilon } };
}

export function savedEnd({ plan: { model, mass }, ...rest }: EmRun): SavedEnd {
  return { ...rest, plan: { ...sideOf(model), epsilon: model.epsilon, mass } };
}

export function endOf({ plan: { epsilon, mass, ...side }, ...rest }: SavedEnd, family: Family): EmRun {
  const model: PlanModel<Floats> = { components: packed(rest.components, family, rest.precision), ...side, epsilon };
  return { ...rest, plan: { model, mass } };
}

function packed(components: EmRun['components'], family: Family, precision: Precision): PackedModel<Floats> {
  return precision === 'float64' ? family.packExactly(components) : family.pack(components);
}

function sideOf({ weights, potential }: ComponentSide): ComponentSide {
  return { weights, potential };
}
