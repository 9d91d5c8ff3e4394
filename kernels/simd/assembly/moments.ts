// Sums of the plan against whitened rows: 4 × 2 coordinates × 4 rows in registers.

import { madd } from './arithmetic';
import { whitenComponent } from './logits';
import { d, extent, k, plan, stride, sums, sumsSecond, sumsSecondStep, weighted, whitened, whitenedStep } from './state';
import { addShared } from './sums';

/** Adds a component's column of the plan to its mass; returns how many rows have any of it. */
export function accumulateMass(c: i32): i32 {
  const p = plan + usize(c) * stride;
  let mass = f32x4.splat(0), count = i32x4.splat(0);
  for (let row: usize = 0; row < stride; row += 16) {
    const share = v128.load(p + row);
    mass = f32x4.add(mass, share);
    count = i32x4.sub(count, f32x4.ne(share, f32x4.splat(0)));
  }
  const at = sums + (usize(1 + c) << 4);
  v128.store(at, f32x4.add(v128.load(at), mass));
  return i32x4.extract_lane(count, 0) + i32x4.extract_lane(count, 1) + i32x4.extract_lane(count, 2) + i32x4.extract_lane(count, 3);
}

/** Σ p z and Σ p z zᵀ of a tile x. */
export function accumulateMatrix(x: usize, c: i32): void {
  const z = whitened + usize(c) * whitenedStep;
  if (!whitenedStep && k > 1) whitenComponent(x, c, z, weighted); // its logits are overwritten
  accumulateWhitened(plan + usize(c) * stride, z, c);
}

/** The same of rows that are whitened, and their plan p `[b]`. */
export function accumulateWhitened(p: usize, z: usize, c: i32): void {
  const first = sums + (usize(1 + k + c * d) << 4);
  let j = 0;
  for (; j + 4 <= d; j += 4) weighFour(p, z + usize(j) * stride, weighted + usize(j) * stride, first + (usize(j) << 4));
  for (; j < d; j++) weighOne(p, z + usize(j) * stride, weighted + usize(j) * stride, first + (usize(j) << 4));
  scatter(weighted, z, sumsSecond + usize(c) * sumsSecondStep, d);
  if (!sumsSecondStep) addShared(extent >> 2);
}

/** Four columns of p z, and their sums: as many chains of additions as hide how long each takes. */
function weighFour(p: usize, z: usize, into: usize, first: usize): void {
  let a = v128.load(first), b = v128.load(first, 16), c = v128.load(first, 32), e = v128.load(first, 48);
  let z0 = z, z1 = z0 + stride, z2 = z1 + stride, z3 = z2 + stride;
  let to0 = into, to1 = to0 + stride, to2 = to1 + stride, to3 = to2 + stride;
  for (const end = p + extent; p < end; p += 16) {
    const share = v128.load(p);
    let u = f32x4.mul(share, v128.load(z0));
    v128.store(to0, u); a = f32x4.add(a, u);
    u = f32x4.mul(share, v128.load(z1));
    v128.store(to1, u); b = f32x4.add(b, u);
    u = f32x4.mul(share, v128.load(z2));
    v128.store(to2, u); c = f32x4.add(c, u);
    u = f32x4.mul(share, v128.load(z3));
    v128.store(to3, u); e = f32x4.add(e, u);
    z0 += 16; z1 += 16; z2 += 16; z3 += 16; to0 += 16; to1 += 16; to2 += 16; to3 += 16;
  }
  v128.store(first, a); v128.store(first, b, 16); v128.store(first, c, 32); v128.store(first, e, 48);
}

/** One column of the same. */
function weighOne(p: usize, z: usize, into: usize, first: usize): void {
  let sum = v128.load(first);
  for (const end = p + extent; p < end; p += 16, z += 16, into += 16) {
    const u = f32x4.mul(v128.load(p), v128.load(z));
    v128.store(into, u);
    sum = f32x4.add(sum, u);
  }
  v128.store(first, sum);
}

/**
 * Σ_i a_i u_i u_iᵀ with u_i = Σ_k r_ik z_ik, of a_i u_i in `weighted` and row weights v. With Σ_i a_i r_i r_iᵀ this is all
 * that Σ_k Σ_i p_ik z_ik z_ikᵀ takes, components sharing W: the rest of it is differences of their means, the host's to add.
 */
export function accumulateShared(v: usize): void {
  for (let row: usize = 0; row < stride; row += 16) {
    const a = v128.load(v + row);
    const inverse = v128.and(f32x4.div(f32x4.splat(1), a), f32x4.gt(a, f32x4.splat(NEGLIGIBLE)));
    for (let j: usize = 0; j < usize(d) * stride; j += stride) {
      v128.store(whitened + j + row, f32x4.mul(v128.load(weighted + j + row), inverse));
    }
  }
  scatter(weighted, whitened, sumsSecond, d);
}

/** Rows that weigh less have no second moments: their inverse weights would be infinite. */
// @ts-ignore: decorators are AssemblyScript's
@inline const NEGLIGIBLE: f32 = 1e-30;

/**
 * acc_jl += Σ_rows u_j v_l for l ≤ j, u and v `[size, b]`. Sums lie in the order they are computed: by blocks of four j
 * and pairs of l ≤ j + 3 the eight of (j, l), (j, l+1), (j+1, l) …; what is left over of size row by row, l = 0 … j.
 */
export function scatter(u: usize, v: usize, acc: usize, size: i32): void {
  const blocked = size & ~3;
  const rows = extent;
  for (let j = 0; j < blocked; j += 4) {
    const base = u + usize(j) * stride;
    for (let l = 0; l < j + 2; l += 2) {
      let a0 = v128.load(acc), a1 = v128.load(acc, 16), b0 = v128.load(acc, 32), b1 = v128.load(acc, 48);
      let c0 = v128.load(acc, 64), c1 = v128.load(acc, 80), e0 = v128.load(acc, 96), e1 = v128.load(acc, 112);
      let f0 = base, f1 = base + stride, f2 = f1 + stride, f3 = f2 + stride;
      let g0 = v + usize(l) * stride, g1 = g0 + stride;
      const end = g0 + rows;
      while (g0 < end) {
        const y0 = v128.load(g0), y1 = v128.load(g1);
        let s = v128.load(f0);
        a0 = madd(y0, s, a0); a1 = madd(y1, s, a1);
        s = v128.load(f1);
        b0 = madd(y0, s, b0); b1 = madd(y1, s, b1);
        s = v128.load(f2);
        c0 = madd(y0, s, c0); c1 = madd(y1, s, c1);
        s = v128.load(f3);
        e0 = madd(y0, s, e0); e1 = madd(y1, s, e1);
        f0 += 16; f1 += 16; f2 += 16; f3 += 16; g0 += 16; g1 += 16;
      }
      v128.store(acc, a0); v128.store(acc, a1, 16); v128.store(acc, b0, 32); v128.store(acc, b1, 48);
      v128.store(acc, c0, 64); v128.store(acc, c1, 80); v128.store(acc, e0, 96); v128.store(acc, e1, 112);
      acc += 128;
    }
    scatterCorner(base + 2 * stride, v + usize(j + 2) * stride, acc + 64);
    acc += 128;
  }
  for (let j = blocked; j < size; j++) {
    const base = u + usize(j) * stride;
    for (let l = 0; l <= j; l++, acc += 16) {
      const other = v + usize(l) * stride;
      let a0 = v128.load(acc), a1 = f32x4.splat(0);
      for (let row: usize = 0; row < rows; row += 32) {
        a0 = madd(v128.load(base + row), v128.load(other + row), a0);
        a1 = madd(v128.load(base + row, 16), v128.load(other + row, 16), a1);
      }
      v128.store(acc, f32x4.add(a0, a1));
    }
  }
}

/** The last two j of a block of four with the last pair of l; for the first two it is above the diagonal. */
function scatterCorner(f0: usize, g0: usize, acc: usize): void {
  let a0 = v128.load(acc), a1 = v128.load(acc, 16), b0 = v128.load(acc, 32), b1 = v128.load(acc, 48);
  for (const end = g0 + extent; g0 < end; g0 += 16, f0 += 16) {
    const y0 = v128.load(g0), y1 = v128.load(g0 + stride);
    const s = v128.load(f0), t = v128.load(f0 + stride);
    a0 = madd(y0, s, a0); a1 = madd(y1, s, a1);
    b0 = madd(y0, t, b0); b1 = madd(y1, t, b1);
  }
  v128.store(acc, a0); v128.store(acc, a1, 16); v128.store(acc, b0, 32); v128.store(acc, b1, 48);
}
