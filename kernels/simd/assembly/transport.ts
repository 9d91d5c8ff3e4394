// From logits to the plan: the row softmin.

import { exp, log, madd } from './arithmetic';
import { centre, hard, k, kept, least, plan, stride, sums } from './state';

/** From logits to the plan v · r in place; adds v (log Σ exp logit − centre) to the objective. */
export function transport(v: usize): void {
  let objective = f32x4.splat(0);
  const end = usize(k) * stride, step = stride;
  const some = f32x4.splat(least);
  for (let row: usize = 0; row < step; row += 32) {
    const first = plan + row, last = first + end;
    let largest0 = v128.load(first), largest1 = v128.load(first, 16);
    for (let at = first + step; at < last; at += step) {
      largest0 = f32x4.pmax(largest0, v128.load(at));
      largest1 = f32x4.pmax(largest1, v128.load(at, 16));
    }
    const weight0 = v128.load(v + row), weight1 = v128.load(v + row, 16);
    let logSum0 = largest0, logSum1 = largest1;
    if (hard) {
      assign(row, last, largest0, weight0);
      assign(row + 16, last + 16, largest1, weight1);
    } else {
      let sum0 = f32x4.splat(0), sum1 = sum0;
      for (let at = first; at < last; at += step) {
        const less0 = f32x4.sub(v128.load(at), largest0), less1 = f32x4.sub(v128.load(at, 16), largest1);
        if (!v128.any_true(f32x4.ge(f32x4.pmax(less0, less1), some))) {
          v128.store(at, f32x4.splat(0)); v128.store(at, f32x4.splat(0), 16);
          continue;
        }
        const e0 = exp(less0, some), e1 = exp(less1, some);
        v128.store(at, e0); v128.store(at, e1, 16);
        sum0 = f32x4.add(sum0, e0); sum1 = f32x4.add(sum1, e1);
      }
      logSum0 = f32x4.add(largest0, log(sum0)); logSum1 = f32x4.add(largest1, log(sum1));
      const inverse0 = f32x4.div(f32x4.splat(1), sum0), inverse1 = f32x4.div(f32x4.splat(1), sum1);
      if (kept) {
        for (let at = first; at < last; at += step) {
          v128.store(at - plan + kept, f32x4.mul(v128.load(at), inverse0));
          v128.store(at - plan + kept, f32x4.mul(v128.load(at, 16), inverse1), 16);
        }
      }
      const scale0 = f32x4.mul(weight0, inverse0), scale1 = f32x4.mul(weight1, inverse1);
      for (let at = first; at < last; at += step) {
        v128.store(at, f32x4.mul(v128.load(at), scale0));
        v128.store(at, f32x4.mul(v128.load(at, 16), scale1), 16);
      }
    }
    objective = madd(weight0, f32x4.sub(logSum0, f32x4.splat(centre)), objective);
    objective = madd(weight1, f32x4.sub(logSum1, f32x4.splat(centre)), objective);
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
