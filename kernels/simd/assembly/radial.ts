// A Student-t term: from q = ‖z‖², which lies where logits do, to offset − rate (ν + d) log(1 + q / ν), and the plan times
// u = (ν + d) / (ν + q), which first and second moments are weighted by.

import { log1p, madd } from './arithmetic';
import { k, kept, plan, stride, view } from './state';

/** 1/ν, 1 + d/ν, −rate (ν + d) and the offset of each component, `[k, 4]`; 0: the quadratic term is a Gaussian's. */
let parameters: usize = 0;
/** u of each component, then P u, `[k, b]`; and log(1 + q/ν) − (q/ν) u, `[k, b]`. */
let factors: usize = 0, remainders: usize = 0;
/** Sums, four lanes each: Σ P `[k]`, and of P times the remainders `[k]`. */
let radialSums: usize = 0;

/** Sets the places of a Student-t term. */
export function placeRadial(parametersAt: usize, factorsAt: usize, remaindersAt: usize, sumsAt: usize): void {
  parameters = parametersAt; factors = factorsAt; remainders = remaindersAt; radialSums = sumsAt;
}

/** Whether the quadratic term is a Student-t's. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function hasRadial(): bool {
  return parameters != 0;
}

/** Squares of q / ν come near the end of float32's range beyond this; rows are as far where they weigh nothing. */
// @ts-ignore
@inline const MOST: f32 = 1e37;

/** From squared distances to logits, both in `plan`. */
export function radialLogits(): void {
  for (let c: usize = 0; c < usize(k); c++) {
    const at = parameters + (c << 4);
    const inverse = v128.load32_splat(at), scale = v128.load32_splat(at, 4), slope = v128.load32_splat(at, 8);
    const offset = v128.load32_splat(at, 12), from = c * stride;
    for (let row = from; row < from + stride; row += 32) {
      fourRows(row, inverse, scale, slope, offset); fourRows(row + 16, inverse, scale, slope, offset);
    }
  }
}

// @ts-ignore
@inline
function fourRows(row: usize, inverse: v128, scale: v128, slope: v128, offset: v128): void {
  const y = f32x4.pmin(f32x4.mul(v128.load(plan + row), inverse), f32x4.splat(MOST));
  const logarithm = log1p(y), u = f32x4.div(scale, f32x4.add(y, f32x4.splat(1)));
  v128.store(plan + row, madd(logarithm, slope, offset));
  v128.store(factors + row, u);
  v128.store(remainders + row, madd(f32x4.neg(y), u, logarithm));
}

/** Adds the sums that are of P and not of P u, and has P u be the plan until `endWeighing`, which is given this plan. */
export function weigh(): usize {
  const own = plan;
  let at = radialSums;
  for (let c: usize = 0; c < usize(k); c++, at += 16) {
    let mass = v128.load(at), sum = v128.load(at + (usize(k) << 4));
    for (let row = c * stride; row < (c + 1) * stride; row += 16) {
      const share = v128.load(own + row);
      mass = f32x4.add(mass, share);
      sum = madd(share, v128.load(remainders + row), sum);
      v128.store(factors + row, f32x4.mul(share, v128.load(factors + row)));
    }
    v128.store(at, mass); v128.store(at + (usize(k) << 4), sum);
  }
  view(stride, factors, kept);
  return own;
}

/** Has P be the plan again. */
export function endWeighing(own: usize): void {
  view(stride, own, kept);
}
