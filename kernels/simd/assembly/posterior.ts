// What the mixture says of single rows. Nothing is summed over rows, so whitened differences are not kept.

import { exp, log } from './arithmetic';
import { logitsAlone } from './logits';
import { k, least, plan, stride } from './state';

/**
 * Of a tile's rows: labels (int32), log Σ exp logit and log max r, each `[b]`; and r `[b, k]`, unless `shares` is 0, for which
 * places of three numbers more are needed.
 */
export function posterior(x: usize, labels: usize, logSum: usize, logLargest: usize, shares: usize): void {
  logitsAlone(x);
  for (let row: usize = 0; row < stride; row += 16) {
    const largest = labelled(row, labels);
    const last = plan + usize(k) * stride + row;
    let sum = f32x4.splat(0);
    for (let at = plan + row; at < last; at += stride) {
      const e = exp(f32x4.sub(v128.load(at), largest), f32x4.splat(least));
      if (shares) v128.store(at, e);
      sum = f32x4.add(sum, e);
    }
    if (shares) turn(row, sum, shares + (row >> 2) * (usize(k) << 2));
    const logOfSum = log(sum);
    v128.store(logSum + row, f32x4.add(largest, logOfSum));
    v128.store(logLargest + row, f32x4.neg(logOfSum));
  }
}

/** Labels of a tile's rows, and their largest logits, each `[b]`. */
export function likeliest(x: usize, labels: usize, largest: usize): void {
  logitsAlone(x);
  for (let row: usize = 0; row < stride; row += 16) v128.store(largest + row, labelled(row, labels));
}

/** Writes the labels of four rows and returns their largest logits. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function labelled(row: usize, labels: usize): v128 {
  const last = plan + usize(k) * stride + row;
  let largest = v128.load(plan + row);
  let label = i32x4.splat(0);
  let c = 1;
  for (let at = plan + stride + row; at < last; at += stride) {
    const logit = v128.load(at);
    const better = f32x4.gt(logit, largest);
    largest = f32x4.pmax(largest, logit);
    label = v128.bitselect(i32x4.splat(c++), label, better);
  }
  v128.store(labels + row, label);
  return largest;
}

/**
 * Four columns of `plan` over their sum, as rows of k numbers, four components at a time, the last first. What is written
 * beyond the last component is where the next row begins, whose own numbers are written after that.
 */
// @ts-ignore
@inline
function turn(row: usize, sum: v128, shares: usize): void {
  const line = usize(k) << 2, last = plan + usize(k - 1) * stride + row;
  for (let first = (k - 1) & ~3; first >= 0; first -= 4) {
    const at = plan + usize(first) * stride + row, to = shares + (usize(first) << 2);
    const a = f32x4.div(v128.load(at), sum), b = f32x4.div(v128.load(min(at + stride, last)), sum);
    const c = f32x4.div(v128.load(min(at + 2 * stride, last)), sum), e = f32x4.div(v128.load(min(at + 3 * stride, last)), sum);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ce = v128.shuffle<f32>(c, e, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7), ceHigh = v128.shuffle<f32>(c, e, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<i64>(ab, ce, 0, 2));
    v128.store(to + line, v128.shuffle<i64>(ab, ce, 1, 3));
    v128.store(to + 2 * line, v128.shuffle<i64>(abHigh, ceHigh, 0, 2));
    v128.store(to + 3 * line, v128.shuffle<i64>(abHigh, ceHigh, 1, 3));
  }
}
