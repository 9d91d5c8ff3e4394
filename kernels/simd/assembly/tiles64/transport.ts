// From logits to responsibilities and the plan: the row softmin, four rows at once.

import { exp2 } from '../exp2';
import { log64 } from '../log64';
import { column, k, logits, plan, weights } from './state';

// @ts-ignore: decorators are AssemblyScript's
@inline const LOG2_E: f64 = 1.4426950408889634;
/** Logits so much under the largest, in base 2, are of no normal share. */
// @ts-ignore
@inline const NONE: f64 = -1020;

/**
 * Softmax of the logits, in their place, and the plan. A share under `least` counts as nothing in the plan. `hard`: a row is
 * the first of its likeliest components', and softmin that logit. Adds v (softmin logit − centre) to the sum at `objective`.
 */
export function transportTile64(hard: bool, least: f64, centre: f64, objective: usize): void {
  let sum = v128.load(objective);
  const middle = f64x2.splat(centre), end = usize(k) * column;
  for (let row: usize = 0; row < column; row += 32) {
    const first = logits + row, last = first + end;
    let largest0 = v128.load(first), largest1 = v128.load(first, 16);
    for (let at = first + column; at < last; at += column) {
      largest0 = f64x2.pmax(largest0, v128.load(at)); largest1 = f64x2.pmax(largest1, v128.load(at, 16));
    }
    const v0 = v128.load(weights + row), v1 = v128.load(weights + row, 16);
    let softmin0 = largest0, softmin1 = largest1;
    if (hard) {
      assign(first, last, largest0, v0); assign(first + 16, last + 16, largest1, v1);
    } else {
      let all0 = f64x2.splat(0), all1 = all0;
      for (let at = first; at < last; at += column) {
        const e0 = exponential(at, largest0), e1 = exponential(at + 16, largest1);
        v128.store(at, e0); v128.store(at, e1, 16);
        all0 = f64x2.add(all0, e0); all1 = f64x2.add(all1, e1);
      }
      softmin0 = f64x2.add(largest0, logarithms(all0)); softmin1 = f64x2.add(largest1, logarithms(all1));
      share(first, last, all0, v0, least); share(first + 16, last + 16, all1, v1, least);
    }
    sum = f64x2.add(sum, f64x2.mul(v0, f64x2.sub(softmin0, middle)));
    sum = f64x2.add(sum, f64x2.mul(v1, f64x2.sub(softmin1, middle)));
  }
  v128.store(objective, sum);
}

// @ts-ignore
@inline
function exponential(at: usize, largest: v128): v128 {
  const logit = f64x2.mul(f64x2.sub(v128.load(at), largest), f64x2.splat(LOG2_E));
  return v128.and(exp2<f64>(logit), f64x2.gt(logit, f64x2.splat(NONE)));
}

// @ts-ignore
@inline
function logarithms(x: v128): v128 {
  return f64x2.replace_lane(f64x2.splat(log64(f64x2.extract_lane(x, 0))), 1, log64(f64x2.extract_lane(x, 1)));
}

/** From exponentials to responsibilities and the plan of two rows. */
// @ts-ignore
@inline
function share(first: usize, last: usize, all: v128, weight: v128, least: f64): void {
  const inverse = f64x2.div(f64x2.splat(1), all), bound = f64x2.splat(least), to = plan - logits;
  for (let at = first; at < last; at += column) {
    const r = f64x2.mul(v128.load(at), inverse);
    v128.store(at, r);
    v128.store(at + to, v128.and(f64x2.mul(weight, r), f64x2.ge(r, bound)));
  }
}

/** All of two rows' weight to the first component that has the largest logit. */
function assign(first: usize, last: usize, largest: v128, weight: v128): void {
  let left = i64x2.splat(-1);
  const to = plan - logits, one = f64x2.splat(1);
  for (let at = first; at < last; at += column) {
    const here = v128.and(f64x2.eq(v128.load(at), largest), left);
    left = v128.andnot(left, here);
    v128.store(at, v128.and(here, one));
    v128.store(at + to, v128.and(here, weight));
  }
}

/** What is said of rows: labels (int32), softmin logits and log max r, `[b]` each; r stays where logits were. */
export function describeTile64(hard: bool, labels: usize, logSum: usize, logLargest: usize): void {
  const end = usize(k) * column;
  for (let row: usize = 0; row < column; row += 8) {
    const first = logits + row, last = first + end;
    let largest = f64.load(first), label = 0, c = 1;
    for (let at = first + column; at < last; at += column, c++) {
      if (f64.load(at) > largest) { largest = f64.load(at); label = c; }
    }
    let all: f64 = 0;
    for (let at = first; at < last; at += column) {
      const e = f64x2.extract_lane(exponentialOf(f64.load(at), largest), 0);
      f64.store(at, e);
      all += e;
    }
    for (let at = first; at < last; at += column) f64.store(at, f64.load(at) / all);
    const log = log64(all);
    i32.store(labels + (row >> 1), label);
    f64.store(logSum + row, hard ? largest : largest + log);
    f64.store(logLargest + row, -log);
  }
}

// @ts-ignore
@inline
function exponentialOf(value: f64, largest: f64): v128 {
  const logit = f64x2.splat((value - largest) * LOG2_E);
  return v128.and(exp2<f64>(logit), f64x2.gt(logit, f64x2.splat(NONE)));
}
