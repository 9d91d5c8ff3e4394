// From logits to the plan: the row softmin.

import { exp, log, madd } from './arithmetic';
import { centre, hard, k, kept, plan, stride, sums } from './state';

/**
 * log 2⁻⁶⁰: a component that has less of a row than this has nothing of it, and moments leave it out. Were that all it
 * has, it would take 1e12 rows to make the 1e-6 of one row under which a component starts again (src/reseed.ts).
 */
// @ts-ignore: decorators are AssemblyScript's
@inline const SHARE: f32 = -41.6;

/** From logits to the plan v · r in place; adds v (log Σ exp logit − centre) to the objective. */
export function transport(v: usize): void {
  let objective = f32x4.splat(0);
  for (let row: usize = 0; row < stride; row += 16) {
    const last = plan + usize(k) * stride + row;
    let largest = v128.load(plan + row);
    for (let at = plan + stride + row; at < last; at += stride) largest = f32x4.pmax(largest, v128.load(at));
    const weight = v128.load(v + row);
    let logSum = largest;
    if (hard) assign(row, last, largest, weight);
    else {
      let sum = f32x4.splat(0);
      for (let at = plan + row; at < last; at += stride) {
        const less = f32x4.sub(v128.load(at), largest);
        if (!v128.any_true(f32x4.ge(less, f32x4.splat(SHARE)))) {
          v128.store(at, f32x4.splat(0));
          continue;
        }
        const e = exp(less, SHARE);
        v128.store(at, e);
        sum = f32x4.add(sum, e);
      }
      logSum = f32x4.add(largest, log(sum));
      const inverse = f32x4.div(f32x4.splat(1), sum);
      if (kept) {
        for (let at = plan + row; at < last; at += stride) v128.store(at - plan + kept, f32x4.mul(v128.load(at), inverse));
      }
      const scale = f32x4.mul(weight, inverse);
      for (let at = plan + row; at < last; at += stride) v128.store(at, f32x4.mul(v128.load(at), scale));
    }
    objective = madd(weight, f32x4.sub(logSum, f32x4.splat(centre)), objective);
  }
  v128.store(sums, f32x4.add(v128.load(sums), objective));
}

/** Hard assignment: all of a row's weight to the first component that has the largest logit. */
function assign(row: usize, last: usize, largest: v128, weight: v128): void {
  let left = i32x4.splat(-1);
  for (let at = plan + row; at < last; at += stride) {
    const here = v128.and(f32x4.eq(v128.load(at), largest), left);
    left = v128.andnot(left, here);
    v128.store(at, v128.and(here, weight));
    if (kept) v128.store(at - plan + kept, v128.and(here, f32x4.splat(1)));
  }
}
