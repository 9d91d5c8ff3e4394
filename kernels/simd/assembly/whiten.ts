// Whitening by triangular matrices: 4 coordinates × 8 rows in registers.

import { madd } from './arithmetic';
import { d, extent, rate, scratch, stride } from './state';

/**
 * z `[d, b]` = (x − μ) W for an upper triangular W at `w`, and the logit offset − rate ‖z‖² `[b]`. W is packed by blocks
 * of four columns j: for i = 0 … j + 3 the four entries W_ij (0 below the diagonal); what is left over of d column by
 * column, for i = 0 … j.
 */
export function whitenMatrix(x: usize, mean: usize, w: usize, z: usize, logit: usize, offset: v128): void {
  const none = f32x4.splat(-Infinity);
  for (let row: usize = 0, rows = extent; row < rows; row += 32) {
    eightRows(x + row, mean, w, z + row, logit + row, offset, d, false, none, none);
  }
}

/**
 * The same of 8 rows. Stops after `columns`, or where the logits, which only fall, are all under `least`; returns how
 * many columns it took. `logit` is written only where it took all.
 */
export function whitenRows(
  x: usize, mean: usize, w: usize, z: usize, logit: usize, offset: v128, columns: i32, least0: v128, least1: v128,
): i32 {
  return eightRows(x, mean, w, z, logit, offset, columns, true, least0, least1);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function eightRows(
  x: usize, mean: usize, w: usize, z: usize, logit: usize, offset: v128, columns: i32, stops: bool, least0: v128, least1: v128,
): i32 {
  const blocked = columns & ~3;
  const slope = f32x4.splat(-rate);
  let from = x, to = scratch;
  for (let m = mean, last = mean + (usize(columns) << 2); m < last; m += 4, from += stride, to += 32) {
    const centre = v128.load32_splat(m);
    v128.store(to, f32x4.sub(v128.load(from), centre));
    v128.store(to, f32x4.sub(v128.load(from, 16), centre), 16);
  }
  let q0 = f32x4.splat(0), q1 = q0;
  let p = w;
  let out = z;
  for (let j = 0; j < blocked; j += 4) {
    if (stops && j > 12 && (j & 7) == 4 && under(madd(q0, slope, offset), madd(q1, slope, offset), least0, least1)) return j;
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
    let at = scratch;
    for (const end = scratch + (usize(j) << 5); at < end; at += 32) {
      const u = v128.load(at), v = v128.load(at, 16);
      let s = v128.load32_splat(p);
      a0 = madd(u, s, a0); a1 = madd(v, s, a1);
      s = v128.load32_splat(p, 4);
      b0 = madd(u, s, b0); b1 = madd(v, s, b1);
      s = v128.load32_splat(p, 8);
      c0 = madd(u, s, c0); c1 = madd(v, s, c1);
      s = v128.load32_splat(p, 12);
      e0 = madd(u, s, e0); e1 = madd(v, s, e1);
      p += 16;
    }
    // The four rows of W on the diagonal, without what is below it.
    let u = v128.load(at), v = v128.load(at, 16), s = v128.load32_splat(p);
    a0 = madd(u, s, a0); a1 = madd(v, s, a1);
    s = v128.load32_splat(p, 4);
    b0 = madd(u, s, b0); b1 = madd(v, s, b1);
    s = v128.load32_splat(p, 8);
    c0 = madd(u, s, c0); c1 = madd(v, s, c1);
    s = v128.load32_splat(p, 12);
    e0 = madd(u, s, e0); e1 = madd(v, s, e1);
    u = v128.load(at, 32); v = v128.load(at, 48);
    s = v128.load32_splat(p, 20);
    b0 = madd(u, s, b0); b1 = madd(v, s, b1);
    s = v128.load32_splat(p, 24);
    c0 = madd(u, s, c0); c1 = madd(v, s, c1);
    s = v128.load32_splat(p, 28);
    e0 = madd(u, s, e0); e1 = madd(v, s, e1);
    u = v128.load(at, 64); v = v128.load(at, 80);
    s = v128.load32_splat(p, 40);
    c0 = madd(u, s, c0); c1 = madd(v, s, c1);
    s = v128.load32_splat(p, 44);
    e0 = madd(u, s, e0); e1 = madd(v, s, e1);
    s = v128.load32_splat(p, 60);
    e0 = madd(v128.load(at, 96), s, e0); e1 = madd(v128.load(at, 112), s, e1);
    p += 64;
    v128.store(out, a0); v128.store(out, a1, 16); out += stride;
    v128.store(out, b0); v128.store(out, b1, 16); out += stride;
    v128.store(out, c0); v128.store(out, c1, 16); out += stride;
    v128.store(out, e0); v128.store(out, e1, 16); out += stride;
    q0 = madd(a0, a0, q0); q1 = madd(a1, a1, q1); q0 = madd(b0, b0, q0); q1 = madd(b1, b1, q1);
    q0 = madd(c0, c0, q0); q1 = madd(c1, c1, q1); q0 = madd(e0, e0, q0); q1 = madd(e1, e1, q1);
  }
  for (let j = blocked; j < columns; j++) {
    let a0 = f32x4.splat(0), a1 = a0;
    const end = scratch + (usize(j + 1) << 5);
    for (let at = scratch; at < end; at += 32, p += 4) {
      const s = v128.load32_splat(p);
      a0 = madd(v128.load(at), s, a0); a1 = madd(v128.load(at, 16), s, a1);
    }
    v128.store(out, a0); v128.store(out, a1, 16); out += stride;
    q0 = madd(a0, a0, q0); q1 = madd(a1, a1, q1);
  }
  v128.store(logit, madd(q0, slope, offset)); v128.store(logit, madd(q1, slope, offset), 16);
  return columns;
}

/** Whether 8 logits are all under some. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function under(logit0: v128, logit1: v128, least0: v128, least1: v128): bool {
  return i32x4.all_true(v128.and(f32x4.lt(logit0, least0), f32x4.lt(logit1, least1)));
}
