import { isMatrix } from '../../../kernels/form.js';
import { GROUP_ROWS, sumsLayout, type SummedShape } from '../../../kernels/simd/layout.js';
import { EVERYTHING, factorsSize, packFactors, type SimdModel } from '../../../kernels/simd/model.js';
import type { Sweep } from '../../../kernels/simd/tasks.js';
import type { PackedShape } from '../model.js';
import { emptyMoments, type Moments } from '../moments.js';
import { centreOf, objectiveOf } from '../conversions.js';
import { quadraticOf, shapeOf } from '../quadratic.js';
import { logitsOf } from '../logits.js';
import type { SweepRequest } from '../shard.js';
import { negligibleShare } from '../negligible.js';
import { logitBounds } from '../bounds.js';
import type { EarlierSweep } from './earlier.js';
import { addSums } from './moments.js';
import { sharedFloats } from '../../threads/shared.js';
import { mostParts, partsInMemory, type PartSums } from '../parts.js';
import { handedOverLinear } from './terms.js';
import { tiedMeans, type TiedMeans } from '../tied.js';

/** A sweep for the threads to carry out, and what its sums mean. */
export interface SimdSweep {
  readonly work: Sweep;
  readonly request: SweepRequest;
  /** As `Logits` has them. */
  readonly reference: number;
  readonly temperature: number;
  readonly tied: TiedMeans | undefined;
}

/** Over n rows in so many groups, a part of `whole`; `earlier` is of these rows, in memory. */
export function simdSweep(
  request: SweepRequest,
  rows: { readonly n: number; readonly whole: number; readonly groups: number },
  memory: PartSums,
  earlier?: EarlierSweep,
): SimdSweep {
  const { objectiveNear, coupling = false, tails = false } = request;
  const { weights, components: terms } = request.model;
  const components = quadraticOf(terms);
  const { reference, temperature, ...logits } = logitsOf(request.model);
  const { form, k, d, radial, degrees, means, whitening } = components;
  const centre = centreOf({ reference, temperature }, objectiveNear);
  const tied = tiedMeans(components);
  const shared = tied?.shared;
  const least = tails ? EVERYTHING : Math.max(EVERYTHING, Math.log(negligibleShare(weights, rows.whole)));
  const all = coupling || shared !== undefined;
  const linear = handedOverLinear(terms.linear, k);
  // Bounds are of logits by a Gaussian term alone.
  const bounds =
    linear || radial ? undefined : logitBounds(components, weights, { n: rows.n, least, rate: logits.rate });
  const arrays = { means, whitening, shared, linear, bounds };
  const model: SimdModel = { form, k, d, radial, degrees, ...arrays, ...logits, centre, coupling: all, least };
  const { parts, count } = partsOf(model, rows.groups);
  const results = memory.take(parts * count);
  const work: Sweep = { kind: 'sweep', model: handedOver(model), parts, results, earlier: earlier?.next(model) };
  return { work, request, reference, temperature, tied };
}

/** A model as threads are given it: matrices where all see them, so that nobody copies or packs them again. */
export function handedOver(model: SimdModel): SimdModel {
  if (!isMatrix(model.form)) return model;
  const packed = packFactors(model, sharedFloats(factorsSize(model)));
  return { ...model, packed, whitening: new Float32Array() };
}

/** Parts of a sweep, which depend on no thread, and the numbers that each gives. */
function partsOf(shape: SummedShape, groups: number): { readonly parts: number; readonly count: number } {
  const { form, k, d } = shape;
  const { count } = sumsLayout(shape);
  const most = Math.min(groups, mostParts({ k, quadratic: [{ form, d }] }, groups * GROUP_ROWS));
  return { parts: partsInMemory(most, count), count };
}

/** How many sweeps have room for the sums of their parts at once, whatever is summed. */
export function sweepsInMemory(shape: PackedShape, groups: number): number {
  const { k, linear } = shape;
  const { parts, count } = partsOf({ k, ...shapeOf(shape), coupling: true, linear }, groups);
  return partsInMemory(Infinity, parts * count);
}

/** What a sweep gave, once its parts are added; `weight` is that of all rows. */
export function momentsOf(sweep: SimdSweep, weight: number): Moments {
  const { work, request, tied } = sweep;
  const { model, parts, results } = work;
  const moments = emptyMoments(request.model.components, request);
  moments.weight = weight;
  const sums = results.subarray(0, results.length / parts);
  moments.objective = objectiveOf(sweep, { centre: model.centre, weight, sum: sums[0] });
  addSums(moments, sums, model, tied);
  return moments;
}
