// Whitening by triangular matrices: 4 coordinates × 8 rows in registers.

import { madd } from './arithmetic';
import { d, extent, scratch, squareRate, stride } from './state';

/**
 * z `[d, b]` = (x − μ) W for an upper triangular W at `w`, and the logit offset − squareRate ‖z‖² `[b]`. W is packed by blocks
 * of four columns j: for i = 0 … j + 3 the four entries W_ij (0 below the diagonal); what is left over of d column by
 * column, for i = 0 … j.
 */
export function whitenMatrix(x: usize, mean: usize, w: usize, z: usize, logit: usize, offset: v128): void {
  const none = f32x4.splat(-Infinity), slope = f32x4.splat(-squareRate);
  for (let row: usize = 0, rows = extent; row < rows; row += 32) {
    subtract(x + row, mean, d);
    eightRows(w, z + row, stride, logit + row, offset, slope, d, true, false, none, none);
  }
}

/** The logits alone, of `columns` columns and with a slope of their own. */
export function logitsOfMatrix(x: usize, mean: usize, w: usize, logit: usize, offset: v128, slope: v128, columns: i32): void {
  const none = f32x4.splat(-Infinity);
  for (let row: usize = 0; row < stride; row += 32) {
    subtract(x + row, mean, columns);
    eightRows(w, 0, 0, logit + row, offset, slope, columns, false, false, none, none);
  }
}

/** z `[d, 8]` and logits of the 8 differences that lie in `scratch`. */
export function whitenScratch(w: usize, z: usize, logit: usize, offset: v128): void {
  const none = f32x4.splat(-Infinity);
  eightRows(w, z, 32, logit, offset, f32x4.splat(-squareRate), d, true, false, none, none);
}

/** The same, unless the logits, which only fall from column to column, are all under `least`: then false, and nothing is known. */
export function whitenLikely(w: usize, z: usize, logit: usize, offset: v128, least0: v128, least1: v128): bool {
  return eightRows(w, z, 32, logit, offset, f32x4.splat(-squareRate), d, true, true, least0, least1);
}

/** Differences of 8 rows from a mean, to `scratch` `[columns, 8]`. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function subtract(x: usize, mean: usize, columns: i32): void {
  let from = x, to = scratch;
  for (let m = mean, last = mean + (usize(columns) << 2); m < last; m += 4, from += stride, to += 32) {
    const centre = v128.load32_splat(m);
    v128.store(to, f32x4.sub(v128.load(from), centre));
    v128.store(to, f32x4.sub(v128.load(from, 16), centre), 16);
  }
}

// @ts-ignore
@inline
function keep(at: usize, z0: v128, z1: v128, keeps: bool): void {
  if (keeps) {
    v128.store(at, z0); v128.store(at, z1, 16);
  }
}

// @ts-ignore
@inline
function eightRows(
  w: usize, z: usize, step: usize, logit: usize, offset: v128, slope: v128, columns: i32, keeps: bool, stops: bool, least0: v128, least1: v128,
): bool {
  const blocked = columns & ~3;
  let q0 = f32x4.splat(0), q1 = q0;
  let p = w;
  let out = z;
  for (let j = 0; j < blocked; j += 4) {
    if (stops && j > 12 && (j & 7) == 4 && under(madd(q0, slope, offset), madd(q1, slope, offset), least0, least1)) return false;
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
    keep(out, a0, a1, keeps); out += step;
    keep(out, b0, b1, keeps); out += step;
    keep(out, c0, c1, keeps); out += step;
    keep(out, e0, e1, keeps); out += step;
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
    keep(out, a0, a1, keeps); out += step;
    q0 = madd(a0, a0, q0); q1 = madd(a1, a1, q1);
  }
  v128.store(logit, madd(q0, slope, offset)); v128.store(logit, madd(q1, slope, offset), 16);
  return true;
}

/** Whether 8 logits are all under some. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function under(logit0: v128, logit1: v128, least0: v128, least1: v128): bool {
  return i32x4.all_true(v128.and(f32x4.lt(logit0, least0), f32x4.lt(logit1, least1)));
}
