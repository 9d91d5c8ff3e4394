import type { Components } from '../families/components.js';
import { expectedMoments } from '../families/expected-moments.js';
import type { Family, Repair } from '../families/family.js';
import type { Scaling } from '../families/scaling.js';
import { emptyMoments, addMoments, scaledMoments, type Moments } from '../sweep/moments.js';
import type { Floats, PackedModel } from '../sweep/model.js';
import { reframed, type Framed } from '../sweep/reframed.js';

/** A mixture that learns from a stream, between two batches, in the data's units. Immutable: a step makes another. */
export interface StepwiseState {
  readonly family: Family;
  readonly weights: Float64Array;
  readonly components: Components;
  /**
   * What the rows so far were, of weight 1: moments by these very components, packed in float64 in the coordinates of the
   * last batch; undefined before the first.
   */
  readonly statistics?: { readonly moments: Moments; readonly scaling: Scaling } | undefined;
  /** How many batches there have been. */
  readonly batches: number;
}

/** Moments of a batch by the state's own components. */
export interface BatchMoments {
  readonly moments: Moments;
  /** As they were packed for the sweep. */
  readonly model: PackedModel<Floats>;
  /** How the batch is held. */
  readonly scaling: Scaling;
}

/**
 * A step of stepwise EM (Cappé & Moulines 2009): s ← (1 − γ) s + γ s(batch), and the M-step of s. All in float64, where the
 * components are now and as the batch is held, so that a stream may move.
 */
export function stepwise(
  state: StepwiseState,
  batch: BatchMoments,
  { rate, regularization }: { readonly rate: number; readonly regularization: Float64Array },
): { readonly state: StepwiseState; readonly repairs: readonly Repair[] } {
  const { family } = state;
  const { scaling, model } = batch;
  const to = framed(state, scaling);
  const before = state.statistics
    ? reframed(state.statistics.moments, framed(state, state.statistics.scaling), to)
    : expectedMoments({ ...state, components: family.toShard(state.components, scaling) }, to.model, scaling);
  const moments = emptyMoments(to.model);
  addMoments(moments, scaledMoments(before, (1 - rate) / before.weight));
  addMoments(moments, scaledMoments(reframed(batch.moments, { model, ...scaling }, to), rate / batch.moments.weight));
  moments.weight = 1; // but for rounding it is
  const { components: estimated, repairs } = family.estimate(moments, to.model, { regularization });
  const sum = moments.mass.reduce((total, mass) => total + mass, 0);
  const next = {
    ...state,
    weights: moments.mass.map((mass) => mass / sum),
    components: family.toData(estimated, scaling),
    batches: state.batches + 1,
  };
  const statistics = { moments: reframed(moments, to, framed(next, scaling)), scaling };
  return { state: { ...next, statistics }, repairs };
}

/** Components as they are packed in float64 in some coordinates. */
function framed(
  { family, components }: Pick<StepwiseState, 'family' | 'components'>,
  scaling: Scaling,
): Framed & { readonly model: PackedModel<Float64Array> } {
  return { model: family.packExactly(family.toShard(components, scaling)), ...scaling };
}
