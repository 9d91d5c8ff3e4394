// Sums of the plan against differences that need no matrix: several components at a time, so that a column of the tile
// is read once for them.

import { madd } from './arithmetic';
import { active, BALL, d, DIAGONAL, k, means, path, plan, squares, stride, sums, sumsSecond, sumsSecondStep, SHARED, weighted, whitened } from './state';

/**
 * Of the first `count` components of `active` the sums Σ p (x − μ); diagonal: Σ p (x − μ)² too. These are scaled
 * by the host. Shared: x is y and μ is m, and Σ_k p_k (y − m_k) goes to `weighted`.
 */
export function accumulateDifferences(x: usize, count: i32): void {
  if (path == DIAGONAL) columns(x, count, DIAGONAL);
  else if (path == SHARED) {
    if (count == 0) memory.fill(weighted, 0, usize(d) * stride);
    columns(whitened, count, SHARED);
  } else columns(x, count, BALL);
}

// @ts-ignore
@inline
function component(i: i32): i32 {
  return i32.load(active + (usize(i) << 2));
}

// @ts-ignore
@inline
function columns(x: usize, count: i32, kind: i32): void {
  let i = 0;
  if (kind == DIAGONAL) {
    for (; i + 2 <= count; i += 2) two(x, i);
  } else {
    for (; i + 4 <= count; i += 4) four(x, i, kind);
  }
  for (; i < count; i++) one(x, planOf(component(i)), component(i), kind, i == 0);
}

// @ts-ignore
@inline
function four(x: usize, i: i32, kind: i32): void {
  const c0 = component(i), c1 = component(i + 1), c2 = component(i + 2), c3 = component(i + 3);
  const p0 = planOf(c0), p1 = planOf(c1), p2 = planOf(c2), p3 = planOf(c3);
  const m0 = meanOf(c0), m1 = meanOf(c1), m2 = meanOf(c2), m3 = meanOf(c3);
  const f0 = firstOf(c0), f1 = firstOf(c1), f2 = firstOf(c2), f3 = firstOf(c3);
  let column = x, all = weighted;
  for (let j: usize = 0; j < usize(d) << 2; j += 4, column += stride, all += stride) {
    const at = j << 2;
    const n0 = v128.load32_splat(m0 + j), n1 = v128.load32_splat(m1 + j), n2 = v128.load32_splat(m2 + j), n3 = v128.load32_splat(m3 + j);
    let a0 = v128.load(f0 + at), a1 = v128.load(f1 + at), a2 = v128.load(f2 + at), a3 = v128.load(f3 + at);
    if (kind == BALL) {
      // Two sums each, of every other four rows: one alone would wait for itself.
      let b0 = f32x4.splat(0), b1 = b0, b2 = b0, b3 = b0;
      for (let row: usize = 0; row < stride; row += 32) {
        const u = v128.load(column + row), v = v128.load(column + row, 16);
        a0 = madd(v128.load(p0 + row), f32x4.sub(u, n0), a0); a1 = madd(v128.load(p1 + row), f32x4.sub(u, n1), a1);
        a2 = madd(v128.load(p2 + row), f32x4.sub(u, n2), a2); a3 = madd(v128.load(p3 + row), f32x4.sub(u, n3), a3);
        b0 = madd(v128.load(p0 + row, 16), f32x4.sub(v, n0), b0); b1 = madd(v128.load(p1 + row, 16), f32x4.sub(v, n1), b1);
        b2 = madd(v128.load(p2 + row, 16), f32x4.sub(v, n2), b2); b3 = madd(v128.load(p3 + row, 16), f32x4.sub(v, n3), b3);
      }
      a0 = f32x4.add(a0, b0); a1 = f32x4.add(a1, b1); a2 = f32x4.add(a2, b2); a3 = f32x4.add(a3, b3);
    } else {
      for (let row: usize = 0; row < stride; row += 16) {
        const u = v128.load(column + row);
        const s0 = f32x4.mul(v128.load(p0 + row), f32x4.sub(u, n0)), s1 = f32x4.mul(v128.load(p1 + row), f32x4.sub(u, n1));
        const s2 = f32x4.mul(v128.load(p2 + row), f32x4.sub(u, n2)), s3 = f32x4.mul(v128.load(p3 + row), f32x4.sub(u, n3));
        a0 = f32x4.add(a0, s0); a1 = f32x4.add(a1, s1); a2 = f32x4.add(a2, s2); a3 = f32x4.add(a3, s3);
        const sum = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
        v128.store(all + row, i == 0 ? sum : f32x4.add(v128.load(all + row), sum));
      }
    }
    v128.store(f0 + at, a0); v128.store(f1 + at, a1); v128.store(f2 + at, a2); v128.store(f3 + at, a3);
  }
}

/** Two components with their second moments, which are all that registers hold. */
function two(x: usize, i: i32): void {
  const i0 = component(i), i1 = component(i + 1);
  const p0 = planOf(i0), p1 = planOf(i1);
  const m0 = meanOf(i0), m1 = meanOf(i1);
  const f0 = firstOf(i0), f1 = firstOf(i1);
  const g0 = secondOf(i0), g1 = secondOf(i1);
  let column = x;
  for (let j: usize = 0; j < usize(d) << 2; j += 4, column += stride) {
    const at = j << 2;
    const n0 = v128.load32_splat(m0 + j), n1 = v128.load32_splat(m1 + j);
    // Two sums each, as above.
    let a0 = v128.load(f0 + at), a1 = v128.load(f1 + at), b0 = v128.load(g0 + at), b1 = v128.load(g1 + at);
    let c0 = f32x4.splat(0), c1 = c0, e0 = c0, e1 = c0;
    for (let row: usize = 0; row < stride; row += 32) {
      const u = v128.load(column + row);
      let t = f32x4.sub(u, n0);
      let s = f32x4.mul(v128.load(p0 + row), t);
      a0 = f32x4.add(a0, s);
      b0 = madd(s, t, b0);
      t = f32x4.sub(u, n1);
      s = f32x4.mul(v128.load(p1 + row), t);
      a1 = f32x4.add(a1, s);
      b1 = madd(s, t, b1);
      const v = v128.load(column + row, 16);
      t = f32x4.sub(v, n0);
      s = f32x4.mul(v128.load(p0 + row, 16), t);
      c0 = f32x4.add(c0, s);
      e0 = madd(s, t, e0);
      t = f32x4.sub(v, n1);
      s = f32x4.mul(v128.load(p1 + row, 16), t);
      c1 = f32x4.add(c1, s);
      e1 = madd(s, t, e1);
    }
    v128.store(f0 + at, f32x4.add(a0, c0)); v128.store(f1 + at, f32x4.add(a1, c1));
    v128.store(g0 + at, f32x4.add(b0, e0)); v128.store(g1 + at, f32x4.add(b1, e1));
  }
}

// @ts-ignore
@inline
function one(x: usize, p: usize, c: i32, kind: i32, begin: bool): void {
  const mean = meanOf(c), first = firstOf(c), second = secondOf(c);
  let column = x, all = weighted;
  for (let j: usize = 0; j < usize(d) << 2; j += 4, column += stride, all += stride) {
    const at = j << 2;
    const m = v128.load32_splat(mean + j);
    let a = v128.load(first + at), b = a;
    if (kind == DIAGONAL) b = v128.load(second + at);
    for (let row: usize = 0; row < stride; row += 16) {
      const t = f32x4.sub(v128.load(column + row), m);
      const s = f32x4.mul(v128.load(p + row), t);
      a = f32x4.add(a, s);
      if (kind == DIAGONAL) b = madd(s, t, b);
      if (kind == SHARED) v128.store(all + row, begin ? s : f32x4.add(v128.load(all + row), s));
    }
    v128.store(first + at, a);
    if (kind == DIAGONAL) v128.store(second + at, b);
  }
}

/** Σ p ‖x − μ‖² of one component. */
export function accumulateSquares(c: i32): void {
  const p = planOf(c), q = squares + usize(c) * stride, at = secondOf(c);
  let a = v128.load(at), b = f32x4.splat(0);
  for (let row: usize = 0; row < stride; row += 32) {
    a = madd(v128.load(p + row), v128.load(q + row), a);
    b = madd(v128.load(p + row, 16), v128.load(q + row, 16), b);
  }
  v128.store(at, f32x4.add(a, b));
}

// @ts-ignore
@inline
function planOf(c: i32): usize {
  return plan + usize(c) * stride;
}

// @ts-ignore
@inline
function meanOf(c: i32): usize {
  return means + (usize(c * d) << 2);
}

// @ts-ignore
@inline
function firstOf(c: i32): usize {
  return sums + (usize(1 + k + c * d) << 4);
}

// @ts-ignore
@inline
function secondOf(c: i32): usize {
  return sumsSecond + usize(c) * sumsSecondStep;
}
