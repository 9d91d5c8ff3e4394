/** From models to what float64 kernels are given of them, and from their sums to moments. */
import { isMatrix } from '../../../kernels/form.js';
import { addScatter, packedSize, packFactor } from '../../../kernels/simd/layout.js';
import { finiteDegrees } from '../../../kernels/simd/radial.js';
import {
  keepsSquares,
  levelNumbers,
  tileSums,
  type TileLinear,
  type TileModel,
  type TilePath,
  type TileTerm,
  type TileTermSums,
} from '../../../kernels/simd/tiles64/model.js';
import { linearWidth } from '../../../kernels/linear-shape.js';
import { inShared, sharedDoubles } from '../../threads/shared.js';
import { offsetsOf } from '../logits.js';
import type { Floats, LinearTerm, PlanModel, QuadraticTerm } from '../model.js';
import { emptyMoments, type Moments, type QuadraticMoments } from '../moments.js';
import { coarseShare, negligibleShare } from '../negligible.js';
import type { SweepRequest } from '../shard.js';
import { addBetween } from '../tied.js';
import { tileBounds } from './bounds.js';
import { sharedMeans } from './tied.js';

/** Stands for log 0: finite, so that differences of it stay numbers. */
const LOG_ZERO = -1e300;

/** What all rows have in common, whatever the model. */
export interface RowTotals {
  /** Σ_i a_i. */
  readonly weight: number;
  /** Σ_i a_i log h(x_i). */
  readonly base: number;
}

/** A model as threads are given it. `least`, `coarse`, `centre`: as `TileModel` has them. */
export function tileModel(
  model: PlanModel<Floats>,
  {
    coupling = false,
    least = 0,
    coarse = 0,
    centre = 0,
  }: { coupling?: boolean; least?: number; coarse?: number; centre?: number } = {},
): TileModel {
  const { k, quadratic, linear } = model.components;
  const { offsets, hard, temperature } = offsetsOf(model);
  const rate = 1 / (2 * temperature);
  const terms = quadratic.map((term) => tileTerm(term, k, rate));
  return {
    ...{ k, hard, least, coarse, centre, rate, terms },
    // Second moments of terms that share a matrix are made of it.
    coupling: coupling || terms.some(({ path }) => path === 'shared'),
    offsets: offsets.map((offset) => Math.max(offset, LOG_ZERO)),
    linear: linear && tileLinear(linear, k),
  };
}

/** The model of a sweep of so many rows, `own`, a part of n. */
export function sweptModel(
  request: SweepRequest<Floats>,
  { own, n }: { readonly own: number; readonly n: number },
  { weight, base }: RowTotals,
): TileModel {
  const { model, objectiveNear = 0, coupling = false, tails = false } = request;
  const centre = -(objectiveNear + base / weight) / (model.epsilon || 1);
  const least = tails ? 0 : negligibleShare(model.weights, n, 'float64');
  // Shares of the plan are times what rows weigh.
  const coarse = (weight / own) * coarseShare(least);
  const swept = tileModel(model, { coupling, centre, least, coarse });
  return { ...swept, bounds: tileBounds(model, { n: own, share: least, rate: swept.rate }) };
}

function tileTerm(term: QuadraticTerm<Floats>, k: number, rate: number): TileTerm {
  const { form, d, means, whitening, degrees } = term;
  const radial = term.radial !== undefined;
  const shared = sharedMeans(term, k);
  const path: TilePath = shared ? 'shared' : isMatrix(form) ? 'matrix' : form === 'diag' ? 'diagonal' : 'ball';
  const shape = { path, d, radial, tied: form === 'tied' };
  const slope = keepsSquares(shape) ? 1 : -rate;
  return {
    ...shape,
    origin: shared?.origin,
    means: inShared(shared?.means ?? means),
    factors: factorsOf(term, k),
    slopes: new Float64Array(k).map((_, c) => (path === 'ball' ? slope * whitening[c] ** 2 : slope)),
    parameters: radial ? parametersOf(degrees, { k, d, rate }) : undefined,
  };
}

function factorsOf({ form, d, whitening }: QuadraticTerm<Floats>, k: number): Float64Array {
  if (form === 'spherical') return new Float64Array();
  if (form === 'diag') return inShared(whitening);
  const [count, size] = [form === 'tied' ? 1 : k, packedSize(d)];
  const factors = sharedDoubles(count * size);
  for (let c = 0; c < count; c++) {
    packFactor(whitening.subarray(c * d * d, (c + 1) * d * d), d, factors.subarray(c * size, (c + 1) * size));
  }
  return factors;
}

function parametersOf(
  degrees: Float64Array | undefined,
  { k, d, rate }: { readonly k: number; readonly d: number; readonly rate: number },
): Float64Array {
  const parameters = new Float64Array(3 * k);
  finiteDegrees({ k, degrees }).forEach((nu, c) => parameters.set([1 / nu, 1 + d / nu, -rate * (nu + d)], 3 * c));
  return parameters;
}

function tileLinear(linear: LinearTerm<Floats>, k: number): TileLinear {
  const { dense, levels, natural, common } = linear;
  const [width, own] = [linearWidth(linear), levelNumbers(linear)];
  const [ofDense, levelled] = [sharedDoubles(k * dense), sharedDoubles(k * own)];
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < dense; j++) ofDense[c * dense + j] = natural[c * width + j] + (common?.[j] ?? 0);
    let [from, to] = [c * width + dense, c * own];
    for (const count of levels) {
      levelled.set(natural.subarray(from, from + count), to + 1); // the number before is that of no level
      from += count;
      to += count + 1;
    }
  }
  return { dense, levels, natural: ofDense, levelled };
}

/** Moments of rows by a model, of the sums of their sweep. */
export function momentsOf(
  request: SweepRequest<Floats>,
  swept: TileModel,
  sums: Float64Array,
  { weight, base }: RowTotals,
): Moments {
  const { components, epsilon } = request.model;
  const { k } = components;
  const layout = tileSums(swept);
  const moments = emptyMoments(components, request);
  moments.weight = weight;
  moments.objective = -(epsilon || 1) * (sums[0] + swept.centre * weight) - base;
  moments.mass.set(sums.subarray(layout.mass, layout.mass + k));
  const coupling = swept.coupling ? (moments.coupling ?? new Float64Array(k * k)) : undefined;
  if (coupling) addScatter(sums.subarray(layout.coupling, layout.coupling + packedSize(k)), k, coupling);
  for (const [q, term] of swept.terms.entries()) {
    const into = moments.quadratic[q];
    addTerm(into, { term, own: components.quadratic[q], places: layout.terms[q], sums, k });
    if (term.path === 'shared' && coupling) addBetween(into.second, coupling, term.means, k, term.d);
    if (term.radial) addRadial(into, moments.mass, { own: components.quadratic[q], places: layout.terms[q], sums });
  }
  if (components.linear && moments.linear) {
    addLinear(moments.linear, components.linear, {
      dense: sums.subarray(layout.dense),
      levels: sums.subarray(layout.levels),
      k,
    });
  }
  return moments;
}

function addTerm(
  { first, second }: QuadraticMoments,
  {
    term,
    own,
    places,
    sums,
    k,
  }: { term: TileTerm; own: QuadraticTerm<Floats>; places: TileTermSums; sums: Float64Array; k: number },
): void {
  const { path, d, radial } = term;
  const { whitening } = own;
  const firsts = sums.subarray(places.first, places.first + k * d);
  const seconds = sums.subarray(places.second);
  const size = places.secondSize;
  switch (path) {
    case 'matrix':
    case 'shared':
      first.set(firsts);
      for (let c = 0; c * d * d < second.length; c++) {
        addScatter(seconds.subarray(c * size, (c + 1) * size), d, second.subarray(c * d * d, (c + 1) * d * d));
      }
      break;
    // Differences are summed as they are, and scaled here.
    case 'diagonal':
      first.set(firsts.map((sum, at) => sum * whitening[at]));
      for (let at = 0; at < k * d; at++) second[at] = seconds[at] * whitening[at] ** 2;
      break;
    case 'ball':
      first.set(firsts.map((sum, at) => sum * whitening[Math.floor(at / d)]));
      for (let c = 0; c < k; c++) {
        if (!radial) second.fill(seconds[c] / d, c * d, (c + 1) * d);
        else for (let j = c * d; j < (c + 1) * d; j++) second[j] = seconds[j] * whitening[c] ** 2;
      }
      break;
    default:
      path satisfies never;
  }
}

/** log u − u is log(1 + d/ν) − (1 + d/ν) less what is summed. */
function addRadial(
  { radial }: QuadraticMoments,
  mass: Float64Array,
  { own, places, sums }: { own: QuadraticTerm<Floats>; places: TileTermSums; sums: Float64Array },
): void {
  if (!radial) return;
  const k = mass.length;
  const { d, degrees } = own;
  finiteDegrees({ k, degrees }).forEach((nu, c) => {
    radial.weight[c] = sums[places.radial + c];
    radial.logarithm[c] = mass[c] * (Math.log1p(d / nu) - (1 + d / nu)) - sums[places.radial + k + c];
  });
}

function addLinear(
  into: Float64Array,
  shape: LinearTerm<Floats>,
  { dense, levels, k }: { readonly dense: Float64Array; readonly levels: Float64Array; readonly k: number },
): void {
  const width = linearWidth(shape);
  for (let c = 0; c < k; c++) {
    into.set(dense.subarray(c * shape.dense, (c + 1) * shape.dense), c * width);
    let [from, to] = [c * levelNumbers(shape), c * width + shape.dense];
    for (const count of shape.levels) {
      into.set(levels.subarray(from + 1, from + 1 + count), to);
      from += count + 1;
      to += count;
    }
  }
}
