/**
 * Exponential families as the linear term of a model. A row is cut into blocks of columns, each a distribution's and
 * independent of the others given the component. Its statistics are T of each block, one block after the other; those of
 * distributions over levels are held as one index each.
 */
import { linearWidth, type Floats, type LinearShape, type PackedModel } from '../sweep/model.js';
import type { ExponentialFamily } from './exponential-family.js';
import type { Scaling } from './scaling.js';

/** Distributions of consecutive columns: either all over levels, or none. */
export type Blocks = readonly ExponentialFamily[];

/** θ of a component's block. */
export type Thetas = (component: number, block: number) => Float64Array;

/** Half a unit in the last place of 1, in float32. */
const ROUNDING = 2 ** -24;
/** Of η in float32: products with rows stay finite. Where η is larger, float32 is out of reach. */
const LARGEST = 2 ** 100;

export function linearShape(blocks: Blocks): LinearShape {
  return {
    dense: blocks.reduce((sum, { width, levels }) => sum + (levels === undefined ? width : 0), 0),
    levels: blocks.flatMap(({ levels }) => levels ?? []),
  };
}

/** The first statistic of each block, `[blocks]`. */
export function firstOf(blocks: Blocks): number[] {
  let next = 0;
  return blocks.map(({ width }) => (next += width) - width);
}

/** η of all components, `[k, width]`, and −A, `[k]`. */
export function naturals(
  blocks: Blocks,
  k: number,
  thetas: Thetas,
): { eta: Float64Array; logNormalizers: Float64Array } {
  const width = linearWidth(linearShape(blocks));
  const eta = new Float64Array(k * width);
  const logNormalizers = new Float64Array(k);
  const first = firstOf(blocks);
  for (let c = 0; c < k; c++) {
    for (const [b, block] of blocks.entries()) {
      const from = c * width + first[b];
      logNormalizers[c] -= block.natural(thetas(c, b), eta.subarray(from, from + block.width));
    }
  }
  return { eta, logNormalizers };
}

/**
 * Components packed for sweeps of statistics that are held as y = (t − shift) / scale. In float32 η of the dense ones is
 * less the middle of its range over the components.
 */
export function packLinear<Values extends Floats>(
  blocks: Blocks,
  k: number,
  thetas: Thetas,
  held: Scaling | undefined,
  toPrecision: (values: Float64Array) => Values,
): PackedModel<Values> {
  const shape = linearShape(blocks);
  const width = linearWidth(shape);
  const { eta, logNormalizers } = naturals(blocks, k, thetas);
  if (held) {
    for (let c = 0; c < k; c++) {
      for (let j = 0; j < shape.dense; j++) {
        logNormalizers[c] += held.shift[j] * eta[c * width + j];
        eta[c * width + j] *= held.scale[j];
      }
    }
  }
  const own = held && { shift: held.shift.subarray(0, shape.dense), scale: held.scale.subarray(0, shape.dense) };
  const exact = toPrecision(new Float64Array()) instanceof Float64Array;
  if (exact) return { k, logNormalizers, quadratic: [], linear: { ...shape, natural: toPrecision(eta), held: own } };
  const common = middles(eta, k, shape.dense, width);
  const rounding = roundingOf(blocks, k, thetas, { eta, common, held });
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < shape.dense; j++) {
      const own = eta[c * width + j] - common[j];
      if (Math.abs(own) > LARGEST) rounding[c] = Infinity;
      eta[c * width + j] = Math.max(-LARGEST, Math.min(own, LARGEST));
    }
  }
  return {
    k,
    logNormalizers,
    quadratic: [],
    linear: { ...shape, natural: toPrecision(eta), common, rounding, held: own },
  };
}

/** The middle of each dense statistic's range of η. */
function middles(eta: Float64Array, k: number, dense: number, width: number): Float64Array {
  return new Float64Array(dense).map((_, j) => {
    let [least, most] = [Infinity, -Infinity];
    for (let c = 0; c < k; c++) {
      least = Math.min(least, eta[c * width + j]);
      most = Math.max(most, eta[c * width + j]);
    }
    return least + (most - least) / 2;
  });
}

/**
 * 2⁻²⁴ √Σ_j ((|E y_j| + sd y_j) η_j)² of each component, `[k]`: what rounding η moves the mean logit by. What sums of
 * products err by besides differs from row to row, and nearly cancels over them.
 */
function roundingOf(
  blocks: Blocks,
  k: number,
  thetas: Thetas,
  {
    eta,
    common,
    held,
  }: { readonly eta: Float64Array; readonly common: Float64Array; readonly held: Scaling | undefined },
): Float64Array {
  const width = eta.length / k;
  const first = firstOf(blocks);
  return new Float64Array(k).map((_, c) => {
    let sum = 0;
    for (const [b, block] of blocks.entries()) {
      const theta = thetas(c, b);
      const means = block.expectation(theta);
      const variances = block.levels === undefined ? block.variance(theta) : undefined;
      for (let j = 0; j < block.width; j++) {
        const at = first[b] + j;
        const [shift, scale] = held && variances ? [held.shift[at], held.scale[at]] : [0, 1];
        const size = Math.abs(means[j] - shift) + Math.sqrt(variances?.[j] ?? 0);
        // Several statistics of one number nearly cancel, and their M-step takes differences: all of η counts.
        const centre = block.plain && at < common.length ? common[at] : 0;
        sum += ((size / scale) * (eta[c * width + at] - centre)) ** 2;
      }
    }
    return ROUNDING * Math.sqrt(sum);
  });
}
