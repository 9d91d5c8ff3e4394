import { sumsLayout } from '../../kernels/simd/layout.js';
import { EVERYTHING, type SimdModel } from '../../kernels/simd/model.js';
import type { Sweep } from '../../kernels/simd/tasks.js';
import { emptyMoments, type Moments, type PackedComponents } from '../moments.js';
import { logitsOf } from './logits.js';
import type { SweepRequest } from './shard.js';
import { negligibleShare } from './negligible.js';
import { logitBounds } from './simd-bounds.js';
import { addSums } from './simd-moments.js';
import { sharedDoubles } from './simd-rows.js';
import { tiedMeans, type TiedMeans } from './simd-tied.js';

/** Parts a sweep is cut into, whatever the number of threads, and what the sums of all may take, bytes. */
export const PARTS = 64;
const PART_MEMORY = 2 ** 26;

/** Memory for the sums of parts, kept from one sweep to the next: fresh pages cost more than adding up what is in them. */
export class PartSums {
  private spare: Float64Array[] = [];

  take(length: number): Float64Array {
    if (this.spare[0]?.length !== length) this.spare = [];
    return this.spare.pop() ?? sharedDoubles(length);
  }

  /** To be called when nobody writes to it any more: never after an abort. */
  giveBack(sums: Float64Array): void {
    if (this.spare[0]?.length !== sums.length) this.spare = [];
    this.spare.push(sums);
  }
}

/** A sweep for the threads to carry out, and what its sums mean. */
export interface SimdSweep {
  readonly work: Sweep;
  readonly request: SweepRequest;
  /** As `Logits` has them. */
  readonly reference: number;
  readonly temperature: number;
  readonly tied: TiedMeans | undefined;
}

/** Over n rows in so many groups. */
export function simdSweep(request: SweepRequest, rows: { n: number; groups: number }, memory: PartSums): SimdSweep {
  const { objectiveNear = 0, coupling = false, tails = false } = request.options ?? {};
  const { components, weights } = request.model;
  const { reference, temperature, ...logits } = logitsOf(request.model);
  const { form, k, d, means, whitening } = components;
  const centre = Math.fround(-objectiveNear / temperature - reference);
  const tied = tiedMeans(components);
  const shared = tied?.shared;
  const least = tails ? EVERYTHING : Math.max(EVERYTHING, Math.log(negligibleShare(weights, rows.n)));
  const all = coupling || shared !== undefined;
  const bounds = logitBounds(components, weights, { n: rows.n, least, rate: logits.rate });
  const model: SimdModel = { form, k, d, means, whitening, shared, ...logits, centre, coupling: all, least, bounds };
  const { parts, count } = partsOf(model, rows.groups);
  const work: Sweep = { kind: 'sweep', model, parts, results: memory.take(parts * count) };
  return { work, request, reference, temperature, tied };
}

/** Parts of a sweep, which depend on no thread, and the numbers that each gives. */
function partsOf(
  { form, k, d, coupling }: Pick<SimdModel, 'form' | 'k' | 'd' | 'coupling'>,
  groups: number,
): { readonly parts: number; readonly count: number } {
  const { count } = sumsLayout(form, k, d, coupling);
  return { parts: Math.max(1, Math.min(PARTS, groups, Math.floor(PART_MEMORY / (count * 8)))), count };
}

/** How many sweeps have room for the sums of their parts at once, whatever is summed. */
export function sweepsInMemory({ form, k, d }: Pick<PackedComponents, 'form' | 'k' | 'd'>, groups: number): number {
  const { parts, count } = partsOf({ form, k, d, coupling: true }, groups);
  return Math.max(1, Math.floor(PART_MEMORY / (parts * count * 8)));
}

/** What a sweep gave; `weight` is that of all rows. */
export function momentsOf({ work, request, reference, temperature, tied }: SimdSweep, weight: number): Moments {
  const { model, parts, results } = work;
  const moments = emptyMoments(request.model.components, request.options?.coupling);
  moments.weight = weight;
  // In the order of the parts: the sum is the same whoever computed them.
  const count = results.length / parts;
  const sums = results.slice(0, count);
  for (let part = 1; part < parts; part++) addTo(sums, results.subarray(part * count, (part + 1) * count));
  moments.objective = -temperature * (sums[0] + weight * (model.centre + reference));
  addSums(moments, sums, model, tied);
  return moments;
}

/** A function of its own, called often enough to be compiled early: one loop over all parts stays interpreted for long. */
function addTo(sums: Float64Array, more: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] += more[i];
}
