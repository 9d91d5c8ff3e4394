// What a few coordinates of a row say of its logits. y = (x − o) P is the same for all components, and of y, whose
// distribution under component k is known, the squared distance ‖(y − E_k y) W'_k‖² is no more than that of x.

import { madd } from './arithmetic';
import {
  boundColumns, boundMeans, boundOrigin, boundProjection, boundWhitening, boundWhiteningStep, d, k, offsets, projected, rate, scratch, stride,
} from './state';
import { logitsOfMatrix, subtract } from './whiten';

/** Less than 1 by more than rounding y makes of a squared distance. */
// @ts-ignore: decorators are AssemblyScript's
@inline const SLACK: f32 = 1 - 1.0 / 4096;

/** Upper bounds of a tile's logits, of component c at `into` + c · `step`. */
export function boundTile(x: usize, into: usize, step: usize): void {
  project(x);
  const slope = f32x4.splat(-rate * SLACK);
  const meanBytes = usize(boundColumns) << 2;
  for (let c: usize = 0; c < usize(k); c++) {
    const offset = v128.load32_splat(offsets + (c << 2));
    const w = boundWhitening + c * boundWhiteningStep;
    logitsOfMatrix(projected, boundMeans + c * meanBytes, w, into + c * step, offset, slope, boundColumns);
  }
}

/** How much a bound is over its logit where the row is one of the component's: the other coordinates' squares are 1 on average. */
export function boundExcess(): f32 {
  return rate * f32(d - boundColumns);
}

/** y `[m, b]` of a tile: 4 columns × 8 rows in registers. */
function project(x: usize): void {
  const size = usize(d) << 5;
  for (let row: usize = 0; row < stride; row += 32) {
    subtract(x + row, boundOrigin, d);
    let p = boundProjection;
    let out = projected + row;
    for (let j = 0; j < boundColumns; j += 4) {
      let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
      for (let at = scratch, end = scratch + size; at < end; at += 32, p += 16) {
        const u = v128.load(at), v = v128.load(at, 16);
        let s = v128.load32_splat(p);
        a0 = madd(u, s, a0); a1 = madd(v, s, a1);
        s = v128.load32_splat(p, 4);
        b0 = madd(u, s, b0); b1 = madd(v, s, b1);
        s = v128.load32_splat(p, 8);
        c0 = madd(u, s, c0); c1 = madd(v, s, c1);
        s = v128.load32_splat(p, 12);
        e0 = madd(u, s, e0); e1 = madd(v, s, e1);
      }
      v128.store(out, a0); v128.store(out, a1, 16); out += stride;
      v128.store(out, b0); v128.store(out, b1, 16); out += stride;
      v128.store(out, c0); v128.store(out, c1, 16); out += stride;
      v128.store(out, e0); v128.store(out, e1, 16); out += stride;
    }
  }
}
