import {
  linearWidth,
  type Floats,
  type LinearShape,
  type LinearTerm,
  type PackedShape,
  type PlanModel,
  type QuadraticTerm,
  type SoleQuadratic,
} from '../model.js';
import { offsetsOf } from '../logits.js';
import { Gaps, type Gap } from './gaps.js';
import { exactRadial, type ExactRadial } from './radial.js';

/** Beyond this many scales from 0 a row is shrunk before it is squared, so that which component is nearest stays known. */
const SHRINK_BEYOND = 1e100;

/** A function that writes z_k = (y − μ_k) W_k, `[k, d]`, of the row of `values` that begins at `from`. */
export type Whitener = (values: ArrayLike<number>, from: number, z: Float64Array) => void;

/** Whitens in float64, whatever the precision of the parameters. `shrink`: what differences are divided by. */
export function whitener({ form, k, d, means, whitening }: SoleQuadratic<Floats>, shrink = 1): Whitener {
  const difference = new Float64Array(d);
  const matrix = form === 'full' || form === 'tied';
  return (values, from, z) => {
    for (let c = 0; c < k; c++) {
      const at = c * d;
      for (let j = 0; j < d; j++) difference[j] = values[from + j] / shrink - means[at + j] / shrink;
      const factor = form === 'tied' ? 0 : at * d;
      for (let j = 0; j < d; j++) {
        if (matrix) {
          let sum = 0;
          for (let i = 0; i <= j; i++) sum += difference[i] * whitening[factor + i * d + j];
          z[at + j] = sum;
        } else z[at + j] = difference[j] * whitening[form === 'diag' ? at + j : c];
      }
    }
  };
}

/** What a model says of one row, in float64. Arrays are valid until the next row. */
export interface ExactRow {
  /** Whitened differences of each quadratic term, `[k, d]`, completed where columns are missing. */
  readonly z: readonly Float64Array[];
  /** What each term's columns lack; undefined where nothing is missing. */
  readonly gaps: (Gap | undefined)[];
  /** What Student-t terms weight the row's sums by; undefined of Gaussian ones. */
  readonly radial: readonly (ExactRadial | undefined)[];
  /** What z was divided by: 1 for all rows but the farthest. */
  shrink: number;
  /** Softmax of the logits, `[k]`, whatever ε. */
  readonly shares: Float64Array;
  /** The largest share, the first of equals; of rows so far out that no logit is finite, the nearest component. */
  label: number;
  /** log Σ_k exp logit_k, under hard assignment the largest logit; of numbers too low for float64 the lowest. */
  logSum: number;
  logLargest: number;
}

/** What a model says of rows, one by one. */
export interface ExactPlan {
  /** Of the row of `values` that begins at `from`. */
  of(values: ArrayLike<number>, from: number): ExactRow;
  /** Of each quadratic term the gaps of the rows so far. */
  readonly gaps: readonly Gaps[];
}

/** Evaluates rows in scaled coordinates by a model of any precision, in float64, but for what is the rows' alone. */
export function exactPlan(model: PlanModel<Floats>): ExactPlan {
  const { k, quadratic, linear } = model.components;
  const { offsets, hard, temperature } = offsetsOf(model);
  const parts = partsOf(k, quadratic);
  const squared = quadraticColumns(model.components);
  const found: ExactRow = {
    z: parts.map(({ z }) => z),
    gaps: parts.map(() => undefined),
    radial: parts.map(({ radial }) => radial),
    shrink: 1,
    shares: new Float64Array(k),
    label: 0,
    logSum: 0,
    logLargest: 0,
  };
  const { shares } = found;
  const of = (values: ArrayLike<number>, from: number): ExactRow => {
    const shrink = shrinkOf(values, from, squared);
    found.shrink = shrink;
    shares.set(offsets);
    for (const [q, { first, term, whiten, z, gaps, radial }] of parts.entries()) {
      const gap = gaps.of(values, from + first);
      found.gaps[q] = gap;
      if (gap) {
        gaps.whiten(gap, values, from + first, z);
        for (let c = 0; c < k; c++) shares[c] += gap.offsets[c] / temperature;
      } else (shrink === 1 ? whiten : whitener(term, shrink))(values, from + first, z);
      for (let c = 0; c < k; c++) {
        const square = squaredLength(z, c, term.d);
        if (radial) shares[c] -= radial.of(c, term.d - (gap?.missing.length ?? 0), square, shrink) / (2 * temperature);
        else shares[c] -= ((square * shrink) / (2 * temperature)) * shrink;
      }
    }
    if (linear) addLinear(linear, values, from + squared, 1 / temperature, shares);
    const label = firstLargest(shares);
    const largest = shares[label];
    found.label = largest === -Infinity ? nearest(parts, k) : label;
    let sum = 0;
    for (let c = 0; c < k; c++) {
      shares[c] = largest === -Infinity ? Number(c === found.label) : Math.exp(shares[c] - largest);
      sum += shares[c];
    }
    for (let c = 0; c < k; c++) shares[c] /= sum;
    found.logLargest = -Math.log(sum);
    found.logSum = Math.max(-Number.MAX_VALUE, hard ? largest : largest + Math.log(sum));
    return found;
  };
  return { of, gaps: parts.map(({ gaps }) => gaps) };
}

/** How many columns of a row belong to quadratic terms: statistics of a linear one come after them. */
export function quadraticColumns({ quadratic }: PackedShape): number {
  return quadratic.reduce((sum, { d }) => sum + d, 0);
}

/** A quadratic term, the first of its columns, and where it is whitened to. */
interface Part {
  readonly first: number;
  readonly term: SoleQuadratic<Floats>;
  readonly whiten: Whitener;
  readonly z: Float64Array;
  readonly gaps: Gaps;
  readonly radial: ReturnType<typeof exactRadial>;
}

function partsOf(k: number, quadratic: readonly QuadraticTerm<Floats>[]): Part[] {
  let next = 0;
  return quadratic.map((one) => {
    const [first, term] = [next, { k, ...one }];
    next += one.d;
    const [z, gaps, radial] = [new Float64Array(k * one.d), new Gaps(one, k), exactRadial(one, k)];
    return { first, term, whiten: whitener(term), z, gaps, radial };
  });
}

/**
 * Adds rate ⟨t, η_k⟩ to the logits `[k]`, of the statistics t that begin at `from`: also what of η is common to all.
 */
export function addLinear(
  { dense, levels, natural, common }: LinearTerm<Floats>,
  values: ArrayLike<number>,
  from: number,
  rate: number,
  logits: Float64Array,
): void {
  for (let c = 0, at = 0; c < logits.length; c++) {
    let sum = 0;
    for (let j = 0; j < dense; j++) sum += values[from + j] * (natural[at++] + (common?.[j] ?? 0));
    for (let j = 0; j < levels.length; at += levels[j++]) {
      const level = values[from + dense + j];
      if (level >= 0) sum += natural[at + level];
    }
    logits[c] += rate * sum;
  }
}

/** Adds share · t to the sums `[k, width]` of component c, of the statistics t that begin at `from`. */
export function addStatistics(
  shape: LinearShape,
  sums: Float64Array,
  c: number,
  values: ArrayLike<number>,
  from: number,
  share: number,
): void {
  const { dense, levels } = shape;
  let at = c * linearWidth(shape);
  for (let j = 0; j < dense; j++) sums[at++] += share * values[from + j];
  for (let j = 0; j < levels.length; at += levels[j++]) {
    const level = values[from + dense + j];
    if (level >= 0) sums[at + level] += share;
  }
}

/** A power of two by which a row must be divided so that no square overflows; 1 for all rows but the farthest. */
function shrinkOf(values: ArrayLike<number>, from: number, d: number): number {
  let largest = 0;
  for (let j = 0; j < d; j++) largest = Math.max(largest, Math.abs(values[from + j]));
  return largest > SHRINK_BEYOND ? 2 ** Math.ceil(Math.log2(largest / SHRINK_BEYOND)) : 1;
}

function squaredLength(z: Float64Array, c: number, d: number): number {
  let sum = 0;
  for (let at = c * d; at < (c + 1) * d; at++) sum += z[at] * z[at];
  return sum;
}

function nearest(parts: readonly Part[], k: number): number {
  const distances = parts.map(({ z, term }) => new Float64Array(k).map((_, c) => squaredLength(z, c, term.d)));
  return firstLargest(new Float64Array(k).map((_, c) => -distances.reduce((sum, one) => sum + one[c], 0)));
}

function firstLargest(values: Float64Array): number {
  let best = 0;
  for (let c = 1; c < values.length; c++) if (values[c] > values[best]) best = c;
  return best;
}
