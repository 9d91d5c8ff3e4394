// Whitening by triangular matrices: 4 coordinates × 4 rows in registers.

import { multiplyAdd } from '../exp2';
import { column, k, scratch } from './state';

/**
 * z `[d, b]` = (x − μ_k) W_k of every component, `zStep` bytes from one to the next, 0 where none is kept; and
 * q `[k, b]` = ‖z‖², which `slope` times goes onto what is there. W is packed as `packFactor` says.
 */
export function whitenAll64(
  x: usize, d: i32, means: usize, factors: usize, factorStep: usize, z: usize, zStep: usize, squares: usize, slope: f64,
): void {
  for (let c = 0; c < k; c++) {
    whitenOne64(x, d, means, factors, z, squares, slope);
    means += usize(d) << 3; factors += factorStep; z += zStep; squares += column;
  }
}

/** The same of one component. */
export function whitenOne64(x: usize, d: i32, mean: usize, factor: usize, z: usize, squares: usize, slope: f64): void {
  const rate = f64x2.splat(slope);
  for (let row: usize = 0; row < column; row += 32) {
    subtract(x + row, mean, d);
    fourRows(factor, d, z + row, column, squares + row, rate);
  }
}

/** Differences of four rows from a mean, to `scratch` `[d, 4]`. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function subtract(x: usize, mean: usize, d: i32): void {
  for (let to = scratch, end = scratch + (usize(d) << 5); to < end; to += 32, x += column, mean += 8) {
    const m = v128.load64_splat(mean);
    v128.store(to, f64x2.sub(v128.load(x), m)); v128.store(to, f64x2.sub(v128.load(x, 16), m), 16);
  }
}

/** z of the four differences in `scratch`, at `out`, `step` bytes from one coordinate to the next; `slope` ‖z‖² goes onto what is at `squares`. */
export function fourRows(p: usize, d: i32, out: usize, step: usize, squares: usize, slope: v128): void {
  const none = f64x2.splat(-Infinity);
  whitenFour(p, d, out, step, squares, slope, true, none, none);
}

/** `slope` ‖z‖² alone, unless what it goes onto falls, column by column, under `least` for all four: then false, and nothing is stored. */
export function likelyFour(p: usize, d: i32, squares: usize, slope: v128, least0: v128, least1: v128): bool {
  return whitenFour(p, d, 0, 0, squares, slope, false, least0, least1);
}

// @ts-ignore
@inline
function store(at: usize, z0: v128, z1: v128, keeps: bool): void {
  if (keeps) {
    v128.store(at, z0); v128.store(at, z1, 16);
  }
}

// @ts-ignore
@inline
function whitenFour(
  p: usize, d: i32, out: usize, step: usize, squares: usize, slope: v128, keeps: bool, least0: v128, least1: v128,
): bool {
  const blocked = d & ~3, before0 = v128.load(squares), before1 = v128.load(squares, 16);
  let q0 = f64x2.splat(0), q1 = q0;
  for (let j = 0; j < blocked; j += 4) {
    if (!keeps && j > 0) {
      const under0 = f64x2.lt(multiplyAdd<f64>(q0, slope, before0), least0), under1 = f64x2.lt(multiplyAdd<f64>(q1, slope, before1), least1);
      if (i64x2.all_true(v128.and(under0, under1))) return false;
    }
    let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
    let at = scratch;
    for (const end = scratch + (usize(j) << 5); at < end; at += 32, p += 32) {
      const u = v128.load(at), v = v128.load(at, 16);
      let s = v128.load64_splat(p);
      a0 = multiplyAdd<f64>(u, s, a0); a1 = multiplyAdd<f64>(v, s, a1);
      s = v128.load64_splat(p, 8);
      b0 = multiplyAdd<f64>(u, s, b0); b1 = multiplyAdd<f64>(v, s, b1);
      s = v128.load64_splat(p, 16);
      c0 = multiplyAdd<f64>(u, s, c0); c1 = multiplyAdd<f64>(v, s, c1);
      s = v128.load64_splat(p, 24);
      e0 = multiplyAdd<f64>(u, s, e0); e1 = multiplyAdd<f64>(v, s, e1);
    }
    // The four rows of W on the diagonal, without what is below it.
    let u = v128.load(at), v = v128.load(at, 16), s = v128.load64_splat(p);
    a0 = multiplyAdd<f64>(u, s, a0); a1 = multiplyAdd<f64>(v, s, a1);
    s = v128.load64_splat(p, 8);
    b0 = multiplyAdd<f64>(u, s, b0); b1 = multiplyAdd<f64>(v, s, b1);
    s = v128.load64_splat(p, 16);
    c0 = multiplyAdd<f64>(u, s, c0); c1 = multiplyAdd<f64>(v, s, c1);
    s = v128.load64_splat(p, 24);
    e0 = multiplyAdd<f64>(u, s, e0); e1 = multiplyAdd<f64>(v, s, e1);
    u = v128.load(at, 32); v = v128.load(at, 48); s = v128.load64_splat(p, 40);
    b0 = multiplyAdd<f64>(u, s, b0); b1 = multiplyAdd<f64>(v, s, b1);
    s = v128.load64_splat(p, 48);
    c0 = multiplyAdd<f64>(u, s, c0); c1 = multiplyAdd<f64>(v, s, c1);
    s = v128.load64_splat(p, 56);
    e0 = multiplyAdd<f64>(u, s, e0); e1 = multiplyAdd<f64>(v, s, e1);
    u = v128.load(at, 64); v = v128.load(at, 80); s = v128.load64_splat(p, 80);
    c0 = multiplyAdd<f64>(u, s, c0); c1 = multiplyAdd<f64>(v, s, c1);
    s = v128.load64_splat(p, 88);
    e0 = multiplyAdd<f64>(u, s, e0); e1 = multiplyAdd<f64>(v, s, e1);
    s = v128.load64_splat(p, 120);
    e0 = multiplyAdd<f64>(v128.load(at, 96), s, e0); e1 = multiplyAdd<f64>(v128.load(at, 112), s, e1);
    p += 128;
    store(out, a0, a1, keeps); out += step;
    store(out, b0, b1, keeps); out += step;
    store(out, c0, c1, keeps); out += step;
    store(out, e0, e1, keeps); out += step;
    q0 = multiplyAdd<f64>(a0, a0, q0); q1 = multiplyAdd<f64>(a1, a1, q1); q0 = multiplyAdd<f64>(b0, b0, q0); q1 = multiplyAdd<f64>(b1, b1, q1);
    q0 = multiplyAdd<f64>(c0, c0, q0); q1 = multiplyAdd<f64>(c1, c1, q1); q0 = multiplyAdd<f64>(e0, e0, q0); q1 = multiplyAdd<f64>(e1, e1, q1);
  }
  for (let j = blocked; j < d; j++) {
    let a0 = f64x2.splat(0), a1 = a0;
    for (let at = scratch, end = scratch + (usize(j + 1) << 5); at < end; at += 32, p += 8) {
      const s = v128.load64_splat(p);
      a0 = multiplyAdd<f64>(v128.load(at), s, a0); a1 = multiplyAdd<f64>(v128.load(at, 16), s, a1);
    }
    store(out, a0, a1, keeps); out += step;
    q0 = multiplyAdd<f64>(a0, a0, q0); q1 = multiplyAdd<f64>(a1, a1, q1);
  }
  store(squares, multiplyAdd<f64>(q0, slope, before0), multiplyAdd<f64>(q1, slope, before1), true);
  return true;
}
