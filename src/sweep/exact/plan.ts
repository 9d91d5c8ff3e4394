import { soleQuadratic, type Floats, type PlanModel, type SoleQuadratic } from '../model.js';
import { offsetsOf } from '../logits.js';

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
  /** Whitened differences, `[k, d]`. */
  readonly z: Float64Array;
  /** Softmax of the logits, `[k]`, whatever ε. */
  readonly shares: Float64Array;
  /** The largest share, the first of equals; of rows so far out that no logit is finite, the nearest component. */
  label: number;
  /** log Σ_k exp logit_k, under hard assignment the largest logit; of numbers too low for float64 the lowest. */
  logSum: number;
  logLargest: number;
}

/** Evaluates rows in scaled coordinates by a model of any precision, in float64. */
export function exactPlan(model: PlanModel<Floats>): (values: ArrayLike<number>, from: number) => ExactRow {
  const components = soleQuadratic(model.components);
  const { k, d } = components;
  const { offsets, hard, temperature } = offsetsOf(model);
  const found: ExactRow = {
    z: new Float64Array(k * d),
    shares: new Float64Array(k),
    label: 0,
    logSum: 0,
    logLargest: 0,
  };
  const { z, shares } = found;
  const whiten = whitener(components);
  return (values, from) => {
    const shrink = shrinkOf(values, from, d);
    (shrink === 1 ? whiten : whitener(components, shrink))(values, from, z);
    for (let c = 0; c < k; c++)
      shares[c] = offsets[c] - ((squaredLength(z, c, d) * shrink) / (2 * temperature)) * shrink;
    const label = firstLargest(shares);
    const largest = shares[label];
    found.label = largest === -Infinity ? nearest(z, k, d) : label;
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

function nearest(z: Float64Array, k: number, d: number): number {
  return firstLargest(new Float64Array(k).map((_, c) => -squaredLength(z, c, d)));
}

function firstLargest(values: Float64Array): number {
  let best = 0;
  for (let c = 1; c < values.length; c++) if (values[c] > values[best]) best = c;
  return best;
}
