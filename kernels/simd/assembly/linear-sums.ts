// The linear term out of the plan: sums Σ p t of a tile, lines of which lanes are components. Rows with nothing of a block of
// components are left out. Sums begin at 0 in every tile, so that float32 adds few terms one after the other.

import { madd } from './arithmetic';
import { scatterLevels } from './levels';
import { dense, levelColumns, lineBytes, linearSums, withoutZeros } from './linear';
import { sumListed } from './nonzeros';
import { d, k, plan, stride } from './state';
import { first, fourth, second, third } from './turn';

/** The plan of a block of up to 12 components row by row, of the rows with any of it, `[b, 4 · vectors]`. */
let shares: usize = 0;
/** Where these rows lie in a column, bytes `[b]`. */
let listed: usize = 0;

/** Sets the places of what a tile's plan is turned into. */
export function placeShares(sharesAt: usize, listedAt: usize): void {
  shares = sharesAt; listed = listedAt;
}

/** Adds Σ p t of a tile x to the sums, of as many components at a time as registers hold sums of. */
export function accumulateLinear(x: usize): void {
  if (withoutZeros) {
    sumListed();
    if (!levelColumns) return;
  }
  const t = x + usize(d) * stride;
  let c = 0;
  for (; c + 12 < k || (c + 4 < k && c + 8 >= k); c += 8) accumulateBlock(t, c, 2);
  if (c + 4 < k) accumulateBlock(t, c, 3);
  else if (c < k) accumulateBlock(t, c, 1);
}

/** Of so many vectors of components from c on, over the rows with any of them. */
// @ts-ignore
@inline
function accumulateBlock(t: usize, c: i32, vectors: i32): void {
  const rows = turnBlock(c, vectors);
  if (rows == 0) return;
  if (!withoutZeros) sumBlock(t, linearSums + (usize(c) << 2), rows, vectors);
  if (levelColumns) scatterLevels(shares, listed, rows, usize(c), vectors);
}

/** A component's plan; nothing beyond the last. */
// @ts-ignore
@inline
function planOf(c: i32, row: usize): v128 {
  return c < k ? v128.load(plan + usize(c) * stride + row) : f32x4.splat(0);
}

/** Writes the plan of so many vectors of components row by row, and lists the rows with any of them; returns their number. */
// @ts-ignore
@inline
function turnBlock(c: i32, vectors: i32): i32 {
  let at = listed;
  for (let row: usize = 0; row < stride; row += 16) {
    let a = planOf(c, row), b = planOf(c + 1, row), e = planOf(c + 2, row), f = planOf(c + 3, row);
    const u0 = first(a, b, e, f), u1 = second(a, b, e, f), u2 = third(a, b, e, f), u3 = fourth(a, b, e, f);
    let v0 = u0, v1 = u1, v2 = u2, v3 = u3, w0 = u0, w1 = u1, w2 = u2, w3 = u3;
    if (vectors > 1) {
      a = planOf(c + 4, row); b = planOf(c + 5, row); e = planOf(c + 6, row); f = planOf(c + 7, row);
      v0 = first(a, b, e, f); v1 = second(a, b, e, f); v2 = third(a, b, e, f); v3 = fourth(a, b, e, f);
    }
    if (vectors > 2) {
      a = planOf(c + 8, row); b = planOf(c + 9, row); e = planOf(c + 10, row); f = planOf(c + 11, row);
      w0 = first(a, b, e, f); w1 = second(a, b, e, f); w2 = third(a, b, e, f); w3 = fourth(a, b, e, f);
    }
    at = list(at, row, u0, v0, w0, vectors); at = list(at, row + 4, u1, v1, w1, vectors);
    at = list(at, row + 8, u2, v2, w2, vectors); at = list(at, row + 12, u3, v3, w3, vectors);
  }
  return i32((at - listed) >> 2);
}

/** Writes one row, over which the next goes where it has nothing; returns where the next is listed. */
// @ts-ignore
@inline
function list(at: usize, row: usize, u: v128, v: v128, w: v128, vectors: i32): usize {
  const to = shares + (at - listed) * usize(4 * vectors);
  let any = u;
  v128.store(to, u);
  if (vectors > 1) {
    v128.store(to, v, 16); any = v128.or(any, v);
  }
  if (vectors > 2) {
    v128.store(to, w, 32); any = v128.or(any, w);
  }
  i32.store(at, i32(row));
  return at + (usize(v128.any_true(any)) << 2);
}

/** Rows of the smallest tiles, as those of 64 columns or more are. */
// @ts-ignore
@inline const FEWEST: i32 = 32;

/** Σ p t over listed rows, of as many statistics at a time as registers hold sums of. */
// @ts-ignore
@inline
function sumBlock(t: usize, into: usize, rows: i32, vectors: i32): void {
  if (rows == FEWEST && stride == usize(FEWEST) << 2) sumColumns(t, into, rows, vectors, true);
  else sumColumns(t, into, rows, vectors, false);
}

/** `whole`: all rows of one of the smallest tiles, of which the compiler knows where they lie. */
// @ts-ignore
@inline
function sumColumns(t: usize, into: usize, rows: i32, vectors: i32, whole: bool): void {
  const line = lineBytes(), step = whole ? usize(FEWEST) << 2 : stride, last = shares + (usize(rows) << 4) * usize(vectors);
  // Beside sums, registers hold what is loaded for all of them, and a product where that is no multiply-add.
  const some = vectors < 3 ? 4 : ASC_FEATURE_RELAXED_SIMD ? 3 : 2;
  let j = some;
  for (; j <= dense; j += some, t += usize(some) * step, into += usize(some) * line) sumSome(t, into, last, vectors, some, whole);
  for (j -= some; j < dense; j++, t += step, into += line) sumOne(t, into, listed + (usize(rows) << 2), vectors);
}

// @ts-ignore
@inline
function sumSome(t: usize, into: usize, last: usize, vectors: i32, some: i32, whole: bool): void {
  const line = lineBytes(), step = stride;
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, b0 = a0, b1 = a0, b2 = a0, c0 = a0, c1 = a0, c2 = a0, e0 = a0, e1 = a0;
  let at = listed, x = t;
  for (let p = shares; p < last; p += usize(vectors) << 4) {
    if (!whole) {
      x = t + usize(i32.load(at)); at += 4;
    }
    const u = v128.load(p), v = vectors > 1 ? v128.load(p, 16) : u, w = vectors > 2 ? v128.load(p, 32) : u;
    let s = v128.load32_splat(x);
    a0 = madd(u, s, a0);
    if (vectors > 1) a1 = madd(v, s, a1);
    if (vectors > 2) a2 = madd(w, s, a2);
    s = whole ? v128.load32_splat(x, FEWEST << 2) : v128.load32_splat(x + step);
    b0 = madd(u, s, b0);
    if (vectors > 1) b1 = madd(v, s, b1);
    if (vectors > 2) b2 = madd(w, s, b2);
    if (some > 2) {
      s = whole ? v128.load32_splat(x, FEWEST << 3) : v128.load32_splat(x + 2 * step);
      c0 = madd(u, s, c0);
      if (vectors > 1) c1 = madd(v, s, c1);
      if (vectors > 2) c2 = madd(w, s, c2);
    }
    if (some > 3) {
      s = whole ? v128.load32_splat(x, 3 * (FEWEST << 2)) : v128.load32_splat(x + 3 * step);
      e0 = madd(u, s, e0);
      if (vectors > 1) e1 = madd(v, s, e1);
    }
    if (whole) x += 4;
  }
  plus(into, a0, a1, a2, vectors); plus(into + line, b0, b1, b2, vectors);
  if (some > 2) plus(into + 2 * line, c0, c1, c2, vectors);
  if (some > 3) plus(into + 3 * line, e0, e1, e1, vectors);
}

/** The same of one statistic. */
// @ts-ignore
@inline
function sumOne(t: usize, into: usize, end: usize, vectors: i32): void {
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0;
  for (let at = listed, p = shares; at < end; at += 4, p += usize(vectors) << 4) {
    const s = v128.load32_splat(t + usize(i32.load(at)));
    a0 = madd(v128.load(p), s, a0);
    if (vectors > 1) a1 = madd(v128.load(p, 16), s, a1);
    if (vectors > 2) a2 = madd(v128.load(p, 32), s, a2);
  }
  plus(into, a0, a1, a2, vectors);
}

// @ts-ignore
@inline
function plus(into: usize, u: v128, v: v128, w: v128, vectors: i32): void {
  v128.store(into, f32x4.add(v128.load(into), u));
  if (vectors > 1) v128.store(into, f32x4.add(v128.load(into, 16), v), 16);
  if (vectors > 2) v128.store(into, f32x4.add(v128.load(into, 32), w), 32);
}
