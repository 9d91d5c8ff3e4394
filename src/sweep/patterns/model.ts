import { isMatrix } from '../../../kernels/form.js';
import {
  addExactScatter,
  lineOf,
  marginalSums,
  packedLength,
  packExactFactor,
  widthOf,
  type MarginalModel,
  type MarginalRadial,
  type MarginalTerm,
} from '../../../kernels/simd/marginal-model.js';
import { linearWidth } from '../../../kernels/linear-shape.js';
import { sharedDoubles } from '../../threads/shared.js';
import { constantsOf, lessOfDegrees } from '../exact/gaps.js';
import { offsetsOf } from '../logits.js';
import type { Floats, LinearTerm, PackedShape, PlanModel, QuadraticTerm } from '../model.js';
import { emptyMoments, type Moments } from '../moments.js';
import { negligibleShare } from '../negligible.js';
import type { SweepRequest } from '../shard.js';

/** Stands for log 0: finite, so that differences of it stay numbers. */
const LOG_ZERO = -1e300;
/** Temperatures below this would take logits of far rows out of float64's range. */
const COLDEST = 1e-12;

/** Whether the kernel's range is wide enough for a model. */
export function isSwept({ epsilon }: PlanModel<Floats>): boolean {
  return epsilon === 0 || epsilon >= COLDEST;
}

/** A model as threads are given it, and what its sums are to have; `least`: the share under which one counts as nothing. */
export function marginalModel(model: PlanModel<Floats>, { coupling = false, least = 0 } = {}): MarginalModel {
  const { k, quadratic, linear } = model.components;
  const { offsets, hard, temperature } = offsetsOf(model);
  return {
    ...{ k, hard, least, coupling, rate: 1 / (2 * temperature) },
    offsets: filledLine(offsets.map((offset) => Math.max(offset, LOG_ZERO))),
    terms: quadratic.map((term) => marginalTerm(term, k)),
    linear: linear && { dense: linear.dense, levels: linear.levels, natural: turned(linear, k) },
  };
}

/** The share that a request may leave out, of n rows. */
export function leastShare({ model, tails = false }: SweepRequest<Floats>, n: number): number {
  return tails ? 0 : negligibleShare(model.weights, n);
}

function filledLine(values: Float64Array): Float64Array {
  const line = new Float64Array(lineOf(values.length)).fill(LOG_ZERO);
  line.set(values);
  return line;
}

function marginalTerm(term: QuadraticTerm<Floats>, k: number): MarginalTerm {
  const { form, d, means, whitening, flat } = term;
  const width = widthOf(d);
  const radial = marginalRadial(term, k);
  const centres = sharedDoubles(k * width);
  for (let c = 0; c < k; c++) centres.set(means.subarray(c * d, (c + 1) * d), c * width);
  if (isMatrix(form)) {
    const count = form === 'tied' ? 1 : k;
    const factors = sharedDoubles(count * packedLength(d));
    for (let c = 0; c < count; c++) {
      const into = factors.subarray(c * packedLength(d), (c + 1) * packedLength(d));
      packExactFactor(whitening.subarray(c * d * d, (c + 1) * d * d), d, into);
    }
    return { form, d, means: centres, factors, radial, flat };
  }
  const factors = sharedDoubles(k * width);
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < d; j++) factors[c * width + j] = whitening[form === 'diag' ? c * d + j : c];
  }
  return { form, d, means: centres, factors, radial, flat };
}

/** A Student-t term by the number of columns that are there, looked up by all threads; undefined of a Gaussian one. */
function marginalRadial({ d, radial, degrees }: QuadraticTerm<Floats>, k: number): MarginalRadial | undefined {
  if (radial === undefined) return undefined;
  if (degrees?.length !== k) throw new RangeError(`degrees of freedom of ${k} components were expected`);
  const [constants, remainders] = [sharedDoubles((d + 1) * k), sharedDoubles((d + 1) * k)];
  for (let e = 0; e <= d; e++) {
    constants.set(constantsOf({ d, degrees }, k, d - e), e * k);
    degrees.forEach((nu, c) => (remainders[e * k + c] = Math.log1p(e / nu) + lessOfDegrees(nu, d, d - e)));
  }
  return { degrees, constants, remainders };
}

/** η as `[statistics, k]`. */
function turned(linear: LinearTerm<Floats>, k: number): Float64Array {
  const [width, line] = [linearWidth(linear), lineOf(k)];
  const natural = sharedDoubles(width * line);
  for (let c = 0; c < k; c++) for (let j = 0; j < width; j++) natural[j * line + c] = linear.natural[c * width + j];
  return natural;
}

/** What all rows have in common, whatever the model. */
export interface RowTotals {
  /** Σ_i a_i. */
  readonly weight: number;
  /** Σ_i a_i log h(x_i). */
  readonly base: number;
}

/** Moments of rows by a model, of the sums of their sweep. */
export function momentsOf(
  request: SweepRequest<Floats>,
  swept: MarginalModel,
  sums: Float64Array,
  all: RowTotals,
): Moments {
  const { components, epsilon } = request.model;
  const { k } = components;
  const layout = marginalSums(swept);
  const moments = emptyMoments(components, request);
  moments.weight = all.weight;
  moments.objective = -(epsilon || 1) * sums[0] - all.base;
  moments.mass.set(sums.subarray(layout.mass, layout.mass + k));
  if (moments.coupling) moments.coupling.set(unfilled(sums, layout.coupling, { rows: k, width: k, line: lineOf(k) }));
  addQuadratic(moments, components, layout.terms, sums);
  const { linear } = components;
  if (linear && moments.linear) {
    const [width, line] = [linearWidth(linear), lineOf(k)];
    for (let c = 0; c < k; c++) {
      for (let j = 0; j < width; j++) moments.linear[c * width + j] = sums[layout.linear + j * line + c];
    }
  }
  return moments;
}

/** Rows `[rows, width]` of numbers that begin at `from`, of lines that are filled up. */
function unfilled(
  sums: Float64Array,
  from: number,
  { rows, width, line }: { readonly rows: number; readonly width: number; readonly line: number },
): Float64Array {
  const own = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    own.set(sums.subarray(from + row * line, from + row * line + width), row * width);
  }
  return own;
}

function addQuadratic(
  { quadratic }: Moments,
  components: PackedShape,
  places: ReturnType<typeof marginalSums>['terms'],
  sums: Float64Array,
): void {
  const { k } = components;
  for (const [q, { form, d }] of components.quadratic.entries()) {
    const { first, second, radial } = quadratic[q];
    const width = widthOf(d);
    if (radial) {
      radial.weight.set(sums.subarray(places[q].radial, places[q].radial + k));
      radial.logarithm.set(sums.subarray(places[q].radial + lineOf(k), places[q].radial + lineOf(k) + k));
    }
    const rows = (from: number): Float64Array => unfilled(sums, from, { rows: k, width: d, line: width });
    first.set(rows(places[q].first));
    if (!isMatrix(form)) {
      second.set(rows(places[q].second));
      const missing = rows(places[q].missing);
      if (radial)
        missing.forEach((one, at) => (second[at] += one)); // whitened variances are 1
      else quadratic[q].missing = missing;
      continue;
    }
    for (let c = 0; c * d * d < second.length; c++) {
      const at = places[q].second + c * packedLength(d);
      addExactScatter(sums.subarray(at, at + packedLength(d)), d, second.subarray(c * d * d, (c + 1) * d * d));
    }
  }
}
