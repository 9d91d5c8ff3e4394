// The linear term: η times the statistics of rows into the plan, and the plan times the statistics out of it. A tile's
// columns are those of the quadratic term, then dense statistics, then one column per set of levels (levels.ts).

import { madd } from './arithmetic';
import { addLevelLogits, placeLevels, scatterLevels } from './levels';
import { d, k, plan, rate, stride } from './state';

/** Dense statistics; columns of levels after them. */
let dense: i32 = 0;
let levelColumns: i32 = 0;
/** η by statistics, `[statistics, K]` with K = k rounded up to 4; of levels see levels.ts. */
let natural: usize = 0;
/** Float32 sums Σ p t of a group, `[statistics, K]`, how many bytes they take, and the same in float64. */
let sums: usize = 0;
let sumsBytes: usize = 0;
let totals: usize = 0;
/** The plan of 8 (or 4) components by rows, `[b, 8]`, and where these rows lie in a column, bytes `[b]`. */
let shares: usize = 0;
let listed: usize = 0;

/** Floats of a block of statistics that stay in the first-level cache beside what is multiplied with them. */
// @ts-ignore: decorators are AssemblyScript's
@inline const BLOCK: usize = 4096;

/** Sets the sizes and places of a linear term; no statistics: there is none. */
export function placeLinear(
  denseColumns: i32, levelColumns_: i32, naturalAt: usize, sumsAt: usize, statistics: i32, totalsAt: usize, sharesAt: usize, listedAt: usize,
  startsAt: usize, placesAt: usize,
): void {
  dense = denseColumns; levelColumns = levelColumns_; natural = naturalAt;
  sums = sumsAt; sumsBytes = usize(statistics) * lineBytes(); totals = totalsAt;
  shares = sharesAt; listed = listedAt;
  placeLevels(levelColumns_, naturalAt, sumsAt, startsAt, placesAt);
}

/** Whether there is a linear term. */
// @ts-ignore
@inline
export function hasLinear(): bool {
  return sumsBytes != 0;
}

/** Bytes of η of one statistic. */
// @ts-ignore
@inline
export function lineBytes(): usize {
  return usize((k + 3) & ~3) << 2;
}

/** Adds ⟨t, η⟩ / ε of a tile x to the logits in `plan`. */
export function addLinearLogits(x: usize): void {
  const t = x + usize(d) * stride, line = lineBytes();
  const most = i32(BLOCK / (stride >> 2));
  for (let from = 0; from < dense; from += most) {
    const count = min(most, dense - from), first = t + usize(from) * stride, eta = natural + usize(from) * line;
    for (let row: usize = 0; row < stride; row += 32) {
      let c: usize = 0;
      for (; c + 4 <= usize(k); c += 4) fourLogits(first + row, eta + (c << 2), plan + c * stride + row, count, line);
      for (; c < usize(k); c++) oneLogit(first + row, eta + (c << 2), plan + c * stride + row, count, line);
    }
  }
  if (levelColumns) addLevelLogits(t + usize(dense) * stride);
}

/** Of 4 components × 8 rows. */
// @ts-ignore
@inline
function fourLogits(t: usize, eta: usize, logit: usize, count: i32, line: usize): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
  for (const end = eta + usize(count) * line; eta < end; eta += line, t += stride) {
    const u = v128.load(t), v = v128.load(t, 16);
    let s = v128.load32_splat(eta);
    a0 = madd(u, s, a0); a1 = madd(v, s, a1);
    s = v128.load32_splat(eta, 4);
    b0 = madd(u, s, b0); b1 = madd(v, s, b1);
    s = v128.load32_splat(eta, 8);
    c0 = madd(u, s, c0); c1 = madd(v, s, c1);
    s = v128.load32_splat(eta, 12);
    e0 = madd(u, s, e0); e1 = madd(v, s, e1);
  }
  add(logit, a0, a1); add(logit + stride, b0, b1); add(logit + 2 * stride, c0, c1); add(logit + 3 * stride, e0, e1);
}

// @ts-ignore
@inline
function oneLogit(t: usize, eta: usize, logit: usize, count: i32, line: usize): void {
  let a0 = f32x4.splat(0), a1 = a0;
  for (const end = eta + usize(count) * line; eta < end; eta += line, t += stride) {
    const s = v128.load32_splat(eta);
    a0 = madd(v128.load(t), s, a0); a1 = madd(v128.load(t, 16), s, a1);
  }
  add(logit, a0, a1);
}

// @ts-ignore
@inline
function add(logit: usize, a: v128, b: v128): void {
  const scale = f32x4.splat(2 * rate);
  v128.store(logit, madd(a, scale, v128.load(logit))); v128.store(logit, madd(b, scale, v128.load(logit, 16)), 16);
}

/** Adds Σ p t of a tile x to the sums: 8 components × 4 statistics in registers, over the rows with any of the 8. */
export function accumulateLinear(x: usize): void {
  const t = x + usize(d) * stride;
  let c: usize = 0;
  for (; c + 4 < usize(k); c += 8) {
    const rows = turnEight(c);
    if (rows == 0) continue;
    eightSums(t, sums + (c << 2), rows);
    if (levelColumns) scatterLevels(shares, listed, rows, c, true);
  }
  if (c >= usize(k)) return;
  const rows = turnFour(c);
  if (rows == 0) return;
  fourSums(t, sums + (c << 2), rows);
  if (levelColumns) scatterLevels(shares, listed, rows, c, false);
}

/** A component's plan; nothing beyond the last. */
// @ts-ignore
@inline
function planOf(c: usize, row: usize): v128 {
  return c < usize(k) ? v128.load(plan + c * stride + row) : f32x4.splat(0);
}

/** Writes the plan of 8 components from c on row by row, and lists the rows with any of them; returns their number. */
function turnEight(c: usize): i32 {
  let at = listed, to = shares;
  for (let row: usize = 0; row < stride; row += 16) {
    const a = planOf(c, row), b = planOf(c + 1, row), e = planOf(c + 2, row), f = planOf(c + 3, row);
    const g = planOf(c + 4, row), h = planOf(c + 5, row), i = planOf(c + 6, row), j = planOf(c + 7, row);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ef = v128.shuffle<f32>(e, f, 0, 4, 1, 5);
    const gh = v128.shuffle<f32>(g, h, 0, 4, 1, 5), ij = v128.shuffle<f32>(i, j, 0, 4, 1, 5);
    at = list8(at, to, row, v128.shuffle<i64>(ab, ef, 0, 2), v128.shuffle<i64>(gh, ij, 0, 2)); to = shares + ((at - listed) << 3);
    at = list8(at, to, row + 4, v128.shuffle<i64>(ab, ef, 1, 3), v128.shuffle<i64>(gh, ij, 1, 3)); to = shares + ((at - listed) << 3);
    const ba = v128.shuffle<f32>(a, b, 2, 6, 3, 7), fe = v128.shuffle<f32>(e, f, 2, 6, 3, 7);
    const hg = v128.shuffle<f32>(g, h, 2, 6, 3, 7), ji = v128.shuffle<f32>(i, j, 2, 6, 3, 7);
    at = list8(at, to, row + 8, v128.shuffle<i64>(ba, fe, 0, 2), v128.shuffle<i64>(hg, ji, 0, 2)); to = shares + ((at - listed) << 3);
    at = list8(at, to, row + 12, v128.shuffle<i64>(ba, fe, 1, 3), v128.shuffle<i64>(hg, ji, 1, 3)); to = shares + ((at - listed) << 3);
  }
  return i32((at - listed) >> 2);
}

/** Writes one row, which the next overwrites where it has nothing; returns where the next goes. */
// @ts-ignore
@inline
function list8(at: usize, to: usize, row: usize, low: v128, high: v128): usize {
  v128.store(to, low); v128.store(to, high, 16);
  i32.store(at, i32(row));
  return at + (usize(v128.any_true(v128.or(low, high))) << 2);
}

/** The same of 4. */
function turnFour(c: usize): i32 {
  let at = listed, to = shares;
  for (let row: usize = 0; row < stride; row += 16) {
    const a = planOf(c, row), b = planOf(c + 1, row), e = planOf(c + 2, row), f = planOf(c + 3, row);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ef = v128.shuffle<f32>(e, f, 0, 4, 1, 5);
    at = list4(at, to, row, v128.shuffle<i64>(ab, ef, 0, 2)); to = shares + ((at - listed) << 2);
    at = list4(at, to, row + 4, v128.shuffle<i64>(ab, ef, 1, 3)); to = shares + ((at - listed) << 2);
    const ba = v128.shuffle<f32>(a, b, 2, 6, 3, 7), fe = v128.shuffle<f32>(e, f, 2, 6, 3, 7);
    at = list4(at, to, row + 8, v128.shuffle<i64>(ba, fe, 0, 2)); to = shares + ((at - listed) << 2);
    at = list4(at, to, row + 12, v128.shuffle<i64>(ba, fe, 1, 3)); to = shares + ((at - listed) << 2);
  }
  return i32((at - listed) >> 2);
}

// @ts-ignore
@inline
function list4(at: usize, to: usize, row: usize, four: v128): usize {
  v128.store(to, four);
  i32.store(at, i32(row));
  return at + (usize(v128.any_true(four)) << 2);
}

/** Σ p t of 8 components over listed rows. */
function eightSums(t: usize, into: usize, rows: i32): void {
  const line = lineBytes(), end = listed + (usize(rows) << 2);
  let j = 0;
  for (; j + 4 <= dense; j += 4, t += 4 * stride) {
    const t1 = t + stride, t2 = t1 + stride, t3 = t2 + stride;
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
    for (let at = listed, p = shares; at < end; at += 4, p += 32) {
      const row = usize(i32.load(at)), u = v128.load(p), v = v128.load(p, 16);
      let s = v128.load32_splat(t + row);
      a0 = madd(u, s, a0); a1 = madd(v, s, a1);
      s = v128.load32_splat(t1 + row);
      b0 = madd(u, s, b0); b1 = madd(v, s, b1);
      s = v128.load32_splat(t2 + row);
      c0 = madd(u, s, c0); c1 = madd(v, s, c1);
      s = v128.load32_splat(t3 + row);
      e0 = madd(u, s, e0); e1 = madd(v, s, e1);
    }
    plus(into, a0); plus(into + 16, a1); into += line;
    plus(into, b0); plus(into + 16, b1); into += line;
    plus(into, c0); plus(into + 16, c1); into += line;
    plus(into, e0); plus(into + 16, e1); into += line;
  }
  for (; j < dense; j++, t += stride, into += line) {
    let a0 = f32x4.splat(0), a1 = a0;
    for (let at = listed, p = shares; at < end; at += 4, p += 32) {
      const s = v128.load32_splat(t + usize(i32.load(at)));
      a0 = madd(v128.load(p), s, a0); a1 = madd(v128.load(p, 16), s, a1);
    }
    plus(into, a0); plus(into + 16, a1);
  }
}

/** The same of 4. */
function fourSums(t: usize, into: usize, rows: i32): void {
  const line = lineBytes(), end = listed + (usize(rows) << 2);
  let j = 0;
  for (; j + 4 <= dense; j += 4, t += 4 * stride) {
    const t1 = t + stride, t2 = t1 + stride, t3 = t2 + stride;
    let a = f32x4.splat(0), b = a, c = a, e = a;
    for (let at = listed, p = shares; at < end; at += 4, p += 16) {
      const row = usize(i32.load(at)), u = v128.load(p);
      a = madd(u, v128.load32_splat(t + row), a); b = madd(u, v128.load32_splat(t1 + row), b);
      c = madd(u, v128.load32_splat(t2 + row), c); e = madd(u, v128.load32_splat(t3 + row), e);
    }
    plus(into, a); into += line;
    plus(into, b); into += line;
    plus(into, c); into += line;
    plus(into, e); into += line;
  }
  for (; j < dense; j++, t += stride, into += line) {
    let a = f32x4.splat(0);
    for (let at = listed, p = shares; at < end; at += 4, p += 16) a = madd(v128.load(p), v128.load32_splat(t + usize(i32.load(at))), a);
    plus(into, a);
  }
}

// @ts-ignore
@inline
function plus(into: usize, sum: v128): void {
  v128.store(into, f32x4.add(v128.load(into), sum));
}

/** Adds the sums to the float64 totals and clears them. */
export function addLinear(): void {
  for (let at: usize = 0; at < sumsBytes; at += 16) {
    const sum = v128.load(sums + at), into = totals + (at << 1);
    v128.store(into, f64x2.add(v128.load(into), f64x2.promote_low_f32x4(sum)));
    v128.store(into, f64x2.add(v128.load(into, 16), f64x2.promote_low_f32x4(v128.shuffle<i64>(sum, sum, 1, 0))), 16);
    v128.store(sums + at, f32x4.splat(0));
  }
}
