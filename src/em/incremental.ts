/**
 * Incremental EM (Neal & Hinton 1998): an M-step after the E-step of each block of rows. What each block was at its last
 * E-step is kept, so that an M-step is of all rows, and what never rises is F of the kept plan.
 */
import { isMatrix } from '../../kernels/form.js';
import { whitened } from '../sweep/frames.js';
import { linearWidth, type Floats, type LinearTerm, type PackedModel, type PlanModel } from '../sweep/model.js';
import { addMoments, scaledMoments, type Moments } from '../sweep/moments.js';
import { reframed } from '../sweep/reframed.js';
import type { SweptRows } from '../sweep/shard.js';

/** A block as its last E-step saw it. */
export interface Block {
  readonly moments: Moments;
  /** The model that they are in the frames of. */
  readonly model: PackedModel<Floats>;
  /** ε Σ P log P/a of its rows, with whatever of their cost depends on no component. */
  readonly entropy: number;
}

/** All rows as their blocks were last seen, in the frames of the last model; the moments' objective is F of this plan. */
export interface KeptPlan {
  readonly blocks: readonly Block[];
  readonly moments: Moments;
  /** What F has of rows that no model changes, not per unit of weight: Σ a log h(x), and how sweeps of parts and whole differ. */
  readonly constant: number;
}

/** The E-step of every block; `whole`: moments of a sweep of all rows by the same model. */
export async function begun(
  rows: readonly SweptRows[],
  plan: PlanModel<Floats>,
  whole: Moments,
  signal?: AbortSignal,
): Promise<KeptPlan> {
  const blocks: Block[] = [];
  for (const block of rows) blocks.push(await seen(block, rows, plan, whole.objective / whole.weight, signal));
  const { moments } = together(blocks, plan, 0);
  const constant = whole.objective - moments.objective;
  return { blocks, moments: { ...moments, objective: whole.objective }, constant };
}

/** The E-step of one block; the others are as they were, seen from this model. `from`: the model before. */
export async function blockStep(
  { blocks, moments, constant }: KeptPlan,
  {
    rows,
    index,
    from,
  }: { readonly rows: readonly SweptRows[]; readonly index: number; readonly from: PackedModel<Floats> },
  plan: PlanModel<Floats>,
  signal?: AbortSignal,
): Promise<KeptPlan> {
  const before = blocks[index];
  const block = await seen(rows[index], rows, plan, before.moments.objective / before.moments.weight, signal);
  const next = blocks.with(index, block);
  // Totals are summed again once an epoch: differences of sums lose a digit here and there.
  if (index === blocks.length - 1) return together(next, plan, constant);
  const sums = seenFrom(moments, from, plan.components);
  addMoments(sums, scaledMoments(seenFrom(before.moments, before.model, plan.components), -1));
  addMoments(sums, seenFrom(block.moments, block.model, plan.components));
  return { blocks: next, moments: withObjective(sums, next, plan, constant), constant };
}

async function seen(
  block: SweptRows,
  all: readonly SweptRows[],
  plan: PlanModel<Floats>,
  objectiveNear: number,
  signal?: AbortSignal,
): Promise<Block> {
  const n = all.reduce((sum, one) => sum + one.n, 0);
  const model = plan as PlanModel;
  const [moments] = await block.sweep([{ model, objectiveNear }], { n, signal });
  return {
    moments,
    model: plan.components,
    entropy: moments.objective - cost(whitened(moments, plan.components), plan, false),
  };
}

/** All blocks seen from one model, added in their order; a block alone is what its sweep found. */
function together(blocks: readonly Block[], plan: PlanModel<Floats>, constant: number): KeptPlan {
  const [alone] = blocks;
  if (blocks.length === 1) return { blocks, moments: withObjective(alone.moments, blocks, plan, constant), constant };
  const [sums, ...others] = blocks.map(({ moments, model }) => seenFrom(moments, model, plan.components));
  for (const more of others) addMoments(sums, more);
  return { blocks, moments: withObjective(sums, blocks, plan, constant), constant };
}

/** A copy in the frames of a model of the same coordinates, whitened; its `objective` stays what it was. */
function seenFrom(moments: Moments, from: PackedModel<Floats>, to: PackedModel<Floats>): Moments {
  if (from === to) return structuredClone(whitened(moments, to));
  const columns = to.quadratic.reduce((sum, { d }) => sum + d, 0) + (to.linear?.dense ?? 0);
  const held = { shift: new Float64Array(columns), scale: new Float64Array(columns).fill(1) };
  const seen = reframed(moments, { model: from, ...held }, { model: to, ...held });
  return { ...seen, mass: seen.mass.slice() }; // which that shares
}

/** Sums whose objective is F of the kept plan at the model. */
function withObjective(sums: Moments, blocks: readonly Block[], plan: PlanModel<Floats>, constant: number): Moments {
  const entropy = blocks.reduce((sum, block) => sum + block.entropy, 0);
  return { ...sums, objective: entropy + cost(whitened(sums, plan.components), plan, true) + constant };
}

/**
 * ⟨P, C⟩ − ε Σ_k m_k log w_k of a plan with these moments, whitened by the model, but for log h(x). `whole`: with what
 * kernels never see, which all components have in common.
 */
function cost(
  { mass, quadratic, linear }: Moments,
  { components, weights, epsilon }: PlanModel<Floats>,
  whole: boolean,
): number {
  let sum = 0;
  mass.forEach((held, c) => {
    if (held > 0) sum -= held * (components.logNormalizers[c] + epsilon * Math.log(weights[c]));
  });
  for (const [q, { form, d }] of components.quadratic.entries()) {
    sum += traces(quadratic[q].second, isMatrix(form) ? d : 1) / 2;
  }
  return components.linear && linear ? sum - products(linear, components.linear, whole) : sum;
}

/** Σ_k ⟨Σ P t, η_k⟩. */
function products(sums: Float64Array, term: LinearTerm<Floats>, whole: boolean): number {
  const { natural, common, dense } = term;
  const width = linearWidth(term);
  return sums.reduce((total, sum, at) => {
    const j = at % width;
    const shared = whole && common && j < dense ? common[j] : 0;
    return sum === 0 ? total : total + sum * (natural[at] + shared);
  }, 0);
}

/** Sum of the diagonals of matrices `[…, d, d]`. */
function traces(second: Float64Array, d: number): number {
  let sum = 0;
  for (let from = 0; from < second.length; from += d * d) {
    for (let j = 0; j < d; j++) sum += second[from + j * (d + 1)];
  }
  return sum;
}
