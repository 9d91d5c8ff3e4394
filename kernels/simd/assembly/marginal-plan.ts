// From logits to responsibilities and the plan.

import { exp2 } from './exp2';
import { log64 } from './log64';
import { k, line, logits, masses, plan, scale, total, weights } from './marginal-state';

// @ts-ignore: decorators are AssemblyScript's
@inline const LOG2_E: f64 = 1.4426950408889634;
/** Logits so much under the largest, in base 2, are of no normal share. */
// @ts-ignore
@inline const NONE: f64 = -1020;

/**
 * Softmax of the logits: responsibilities in their place, and what is said of rows. A share under
 * `least` counts as nothing in the plan. `hard`: a row is its likeliest component's, and softmin its logit. Adds
 * Σ_i v_i (softmin logit) to the number at `objective`, and v_i · share to the masses, which it begins.
 */
export function transport64(
  rows: i32, hard: bool, least: f64, objective: usize, labels: usize, logSum: usize, logLargest: usize,
): void {
  memory.fill(masses, 0, line);
  let sum: f64 = 0;
  for (let row: usize = 0; row < usize(rows); row++) {
    const at = logits + row * line, weight = f64.load(weights + (row << 3));
    let label = 0, largest = f64.load(at);
    for (let c = 1; c < k; c++) {
      const logit = f64.load(at + (usize(c) << 3));
      if (logit > largest) { largest = logit; label = c; }
    }
    const all = exponentials(at, largest);
    const into = plan + row * line;
    if (hard) {
      memory.fill(into, 0, line);
      f64.store(into + (usize(label) << 3), weight);
    } else cut(into, at, weight, all, least);
    scale(1 / all, at, line);
    for (let c: usize = 0; c < line; c += 16) v128.store(masses + c, f64x2.add(v128.load(masses + c), v128.load(into + c)));
    const log = log64(all), softmin = hard ? largest : largest + log;
    sum += weight * softmin;
    i32.store(labels + (row << 2), label);
    f64.store(logSum + (row << 3), softmin);
    f64.store(logLargest + (row << 3), -log);
  }
  f64.store(objective, f64.load(objective) + sum);
}

/** exp (logit − largest) in place, 0 for what is no component; returns the sum. */
function exponentials(at: usize, largest: f64): f64 {
  const from = f64x2.splat(largest), unit = f64x2.splat(LOG2_E), none = f64x2.splat(NONE);
  let sum = f64x2.splat(0);
  for (let c: usize = 0; c < line; c += 16) {
    const logit = f64x2.mul(f64x2.sub(v128.load(at + c), from), unit);
    const value = v128.and(exp2<f64>(logit), f64x2.gt(logit, none));
    v128.store(at + c, value);
    sum = f64x2.add(sum, value);
  }
  return total(sum);
}

/** Writes weight · share of exponentials, 0 where the share is under 2^least. */
// @ts-ignore
@inline
function cut(into: usize, at: usize, weight: f64, all: f64, least: f64): void {
  const factor = f64x2.splat(weight / all), bound = f64x2.splat(least * all);
  for (let c: usize = 0; c < line; c += 16) {
    const value = v128.load(at + c);
    v128.store(into + c, v128.and(f64x2.mul(value, factor), f64x2.ge(value, bound)));
  }
}
